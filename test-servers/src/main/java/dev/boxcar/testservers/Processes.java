package dev.boxcar.testservers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** Starts processes, sends them signals and waits for them. */
final class Processes {

    private static final Duration POLL = Duration.ofMillis(10);

    /**
     * Forks the servers. Linux can end a child when its parent ends, but means by parent the thread that forked it;
     * therefore this thread lives as long as the JVM.
     */
    private static final ExecutorService FORK = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "test-servers-fork");
        thread.setDaemon(true);
        return thread;
    });

    private static final boolean ENDS_WITH_PARENT = canRun(List.of("setpriv", "--pdeathsig", "KILL", "--", "true"));

    private Processes() {}

    /** Starts a server that ends with this JVM, even if this JVM is killed. */
    static Process startServer(List<String> command, Path directory, Path log, boolean withoutRoot) {
        List<String> whole = new ArrayList<>();
        if (ENDS_WITH_PARENT) {
            whole.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
            if (withoutRoot && isRoot()) {
                whole.addAll(nobody());
            }
            whole.add("--");
        } else if (withoutRoot) {
            requireNotRoot();
        }
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("LC_ALL", "C");
        return fork(builder);
    }

    /** The command of a process that ends with this JVM, where the system can do that. */
    static List<String> endingWithParent(List<String> command) {
        List<String> whole = new ArrayList<>();
        if (ENDS_WITH_PARENT) {
            whole.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        }
        whole.addAll(command);
        return whole;
    }

    /** Starts a process from the thread that lives as long as this JVM. */
    static Process fork(ProcessBuilder builder) {
        String program = builder.command().get(0);
        try {
            return FORK.submit(builder::start).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot run " + program, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting " + program, e);
        }
    }

    /** Runs a command to its end and returns what it wrote; a failure carries the output. */
    static String run(List<String> command, Path directory, boolean withoutRoot) {
        List<String> whole = new ArrayList<>();
        if (withoutRoot && isRoot()) {
            if (!ENDS_WITH_PARENT) {
                requireNotRoot();
            }
            whole.add("setpriv");
            whole.addAll(nobody());
            whole.add("--");
        }
        whole.addAll(command);
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(whole).directory(directory.toFile()).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            String output;
            try (InputStream in = process.getInputStream()) {
                output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException(command.get(0) + " ended with " + code + ":\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command.get(0), e);
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Sends a signal such as {@code STOP}; processes that have gone are left out. */
    static void signal(String signal, Collection<ProcessIdentity> processes) {
        List<String> pids = processes.stream()
                .filter(ProcessIdentity::isAlive)
                .map(process -> Long.toString(process.pid()))
                .toList();
        if (pids.isEmpty()) {
            return;
        }
        // The shell's own kill exists everywhere. It fails when one has just gone, which is no failure here.
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "kill -s \"$0\" \"$@\" 2>/dev/null || true", signal));
        command.addAll(pids);
        run(command, Path.of("/"), false);
    }

    /** Stops a process and its children where they are and returns them all; none can have escaped by forking. */
    static Set<ProcessIdentity> freeze(ProcessIdentity root) {
        Set<ProcessIdentity> frozen = new LinkedHashSet<>();
        while (true) {
            List<ProcessIdentity> fresh = root.tree().stream()
                    .filter(process -> !frozen.contains(process))
                    .toList();
            if (fresh.isEmpty()) {
                return frozen;
            }
            signal("STOP", fresh);
            frozen.addAll(fresh);
        }
    }

    /** Ends a process and its children as {@code kill -9} does, and waits until they have gone. */
    static void killTree(ProcessIdentity root) {
        Set<ProcessIdentity> all = freeze(root);
        kill(all);
    }

    static void kill(Collection<ProcessIdentity> processes) {
        signal("KILL", processes);
        if (!await(Duration.ofSeconds(20), () -> processes.stream().noneMatch(ProcessIdentity::isAlive))) {
            throw new IllegalStateException("still there after kill -9: " + processes);
        }
    }

    static boolean await(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for a server", e);
            }
        }
        return true;
    }

    /** PostgreSQL refuses to run as root; 65534 is nobody everywhere. */
    private static List<String> nobody() {
        String id = Integer.toString(StateFolder.NOBODY);
        return List.of("--reuid=" + id, "--regid=" + id, "--clear-groups");
    }

    private static void requireNotRoot() {
        if (isRoot()) {
            throw new IllegalStateException("PostgreSQL does not run as root, and the command setpriv, with which"
                    + " another user could be taken, is missing: install util-linux, or run as another user");
        }
    }

    private static boolean canRun(List<String> command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
