package dev.boxcar.testservers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program of this JVM's class path in a JVM of its own. It ends with this JVM, even if this JVM is killed and the program is
 * paused: the operating system sees to it on Linux, and everywhere the program's standard input ends. Safe for use by several
 * threads.
 */
public final class JavaProcess implements AutoCloseable {

    /**
     * What a garbage collection left in the heap.
     *
     * @param second the seconds of the program's life at which it did
     * @param megabytes how much it left
     */
    public record HeapUse(double second, int megabytes) {}

    private static final Pattern COLLECTION = Pattern.compile("\\[([0-9.]+)s].* \\d+M->(\\d+)M\\(\\d+M\\).*");
    private static final Duration KILL_LIMIT = Duration.ofSeconds(20);
    private static final int LAST_WORDS = 10;

    private final Process process;
    private final Path log;
    private final Path collections;

    private JavaProcess(Process process, Path log, Path collections) {
        this.process = process;
        this.log = log;
        this.collections = collections;
    }

    /**
     * A program that is yet to be started.
     *
     * @param mainClass the name of its class
     * @param log what it writes to standard error, and also to standard output unless somebody reads that, goes there
     */
    public static Builder builder(String mainClass, Path log) {
        return new Builder(mainClass, log);
    }

    /** Its number. */
    public long pid() {
        return process.pid();
    }

    /** Whether it has not ended; a paused program is alive. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it at once, as {@code kill -9} does, and waits until it has gone. */
    public void kill() {
        process.destroyForcibly();
        if (!awaitEnd(KILL_LIMIT)) {
            throw new IllegalStateException("still there after kill -9: process " + pid());
        }
    }

    /** Asks it to end, as SIGTERM does. */
    public void terminate() {
        process.toHandle().destroy(); // process.destroy() would close its streams, and its last lines would be lost
    }

    /** Freezes it, as SIGSTOP does. */
    public void pause() {
        Processes.signal("STOP", identity());
    }

    /** Lets it go on, as SIGCONT does. */
    public void resume() {
        Processes.signal("CONT", identity());
    }

    private List<ProcessIdentity> identity() {
        return ProcessIdentity.of(pid()).stream().toList();
    }

    /** Returns whether it has ended, after waiting for it. */
    public boolean awaitEnd(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How it ended: its exit code, or 128 and the number of the signal. */
    public int exitCode() {
        return process.exitValue();
    }

    /** Its log so far. */
    public List<String> logLines() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The end of its log. */
    public String lastWords() {
        List<String> lines = logLines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
    }

    /** Its memory, all of it; nothing where the system does not tell. */
    public OptionalLong residentKilobytes() {
        return status("VmRSS:\\s+(\\d+) kB");
    }

    /** Its threads; nothing where the system does not tell. */
    public OptionalLong threads() {
        return status("Threads:\\s+(\\d+)");
    }

    private OptionalLong status(String pattern) {
        try {
            Matcher matcher = Pattern.compile(pattern)
                    .matcher(Files.readString(Path.of("/proc", Long.toString(pid()), "status")));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** The processor time that it has used; zero where the system does not tell. */
    public Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** What all garbage collections so far left. */
    public List<HeapUse> heap() {
        List<HeapUse> found = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(collections)) {
                Matcher matcher = COLLECTION.matcher(line);
                if (matcher.matches()) {
                    found.add(new HeapUse(Double.parseDouble(matcher.group(1)), Integer.parseInt(matcher.group(2))));
                }
            }
        } catch (IOException e) {
            return found; // before the first one there is no file
        }
        return found;
    }

    /** Kills it if it is alive. */
    @Override
    public void close() {
        kill();
    }

    private void read(Consumer<String> lines) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.accept(line);
            }
        } catch (IOException e) {
            // The process is gone; how it ended is judged elsewhere.
        }
    }

    /** What a program is started with. Not safe for use by several threads. */
    public static final class Builder {

        private final String mainClass;
        private final Path log;
        private List<String> jvmOptions = List.of("-Xmx192m", "-XX:+UseSerialGC");
        private List<String> arguments = List.of();
        private @Nullable Consumer<String> output;

        private Builder(String mainClass, Path log) {
            this.mainClass = mainClass;
            this.log = log;
        }

        /** Options of the JVM; default {@code -Xmx192m -XX:+UseSerialGC}. */
        public Builder jvmOptions(List<String> options) {
            jvmOptions = List.copyOf(options);
            return this;
        }

        /** The program's arguments. */
        public Builder arguments(List<String> values) {
            arguments = List.copyOf(values);
            return this;
        }

        /** Who is told of each line that it writes to standard output, by a thread of its own. */
        public Builder output(Consumer<String> lines) {
            output = lines;
            return this;
        }

        /** Starts it. Settings of Boxcar in this process's environment are not handed on. */
        public JavaProcess start() {
            Path collections = log.resolveSibling(log.getFileName() + ".gc");
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmOptions);
            command.addAll(List.of(
                    "-Xlog:gc:file=" + collections + ":uptime",
                    "-cp",
                    System.getProperty("java.class.path"),
                    mainClass));
            command.addAll(arguments);
            ProcessBuilder builder =
                    new ProcessBuilder(Processes.endingWithParent(command)).redirectError(log.toFile());
            Consumer<String> reader = output;
            if (reader == null) {
                builder.redirectErrorStream(true).redirectOutput(log.toFile());
            }
            builder.environment().keySet().removeIf(name -> name.startsWith("BOXCAR_"));
            JavaProcess started = new JavaProcess(Processes.fork(builder), log, collections);
            if (reader != null) {
                Thread thread = new Thread(() -> started.read(reader), log.getFileName() + "-output");
                thread.setDaemon(true);
                thread.start();
            }
            return started;
        }
    }
}
