package dev.boxcar.testservers;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A server that this JVM starts and ends. */
final class LocalServer implements TestServer {

    static final String DATA = "data";

    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final int LOG_TAIL = 3_000;

    private static final Set<LocalServer> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(LocalServer::closeAll, "test-servers-end"));
    }

    private final Recipe recipe;
    private final Path directory;
    private final Path data;
    private final Path log;
    private List<Integer> ports;

    private @Nullable ProcessIdentity process;

    private LocalServer(Recipe recipe, int port) {
        this.recipe = recipe;
        directory = StateFolder.get().newServerFolder(recipe.kind());
        data = directory.resolve(DATA);
        log = directory.resolve("server.log");
        ports = choosePorts(port);
    }

    /** Starts a server with fresh data. */
    static LocalServer start(Recipe recipe, int port) {
        LocalServer server = new LocalServer(recipe, port);
        OPEN.add(server);
        try {
            server.prepare();
            server.launchOnFreePort(port);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private void prepare() {
        String version = recipe.name().toLowerCase(Locale.ROOT).replace(' ', '-');
        Path prepared = StateFolder.get().program(version + "-data", folder -> {
            Path fresh = StateFolder.createDirectory(folder.resolve(DATA));
            if (recipe.withoutRoot()) {
                StateFolder.giveToNobody(fresh);
            }
            recipe.prepareData(fresh);
        });
        Processes.run(List.of("cp", "-a", prepared.resolve(DATA).toString(), data.toString()), directory, false);
    }

    private void launchOnFreePort(int wanted) {
        for (int attempt = 1; ; attempt++) {
            try {
                launch();
                return;
            } catch (PortTakenException e) {
                if (wanted != 0 || attempt == 5) {
                    throw e;
                }
                ports = choosePorts(0);
            }
        }
    }

    private List<Integer> choosePorts(int first) {
        List<Integer> chosen = new ArrayList<>();
        chosen.add(first != 0 ? first : Ports.free());
        while (chosen.size() < recipe.portCount()) {
            int port = Ports.free();
            if (!chosen.contains(port)) {
                chosen.add(port);
            }
        }
        return List.copyOf(chosen);
    }

    private synchronized void launch() {
        long before = Files.exists(log) ? log.toFile().length() : 0;
        Process child =
                Processes.startServer(recipe.command(directory, data, ports), directory, log, recipe.withoutRoot());
        ProcessIdentity started = ProcessIdentity.of(child.pid()).orElse(null);
        if (started != null) {
            process = started;
            StateFolder.recordProcesses(directory, List.of(started));
        }
        boolean ready =
                Processes.await(START_LIMIT, () -> logSince(before).contains(recipe.readyLine()) || !child.isAlive());
        if (!ready || !child.isAlive()) {
            String text = logSince(before);
            killIfRunning();
            String tail = text.substring(Math.max(0, text.length() - LOG_TAIL));
            String message =
                    name() + (ready ? " ended while starting" : " is not ready after " + START_LIMIT) + ":\n" + tail;
            throw text.contains("ddress already in use") || text.contains("Address in use")
                    ? new PortTakenException(message)
                    : new IllegalStateException(message);
        }
        report();
    }

    @Override
    public String name() {
        return recipe.name();
    }

    @Override
    public synchronized int port() {
        return ports.get(0);
    }

    /** Its own port, then those of {@link Recipe#portCount()} that follow. */
    synchronized List<Integer> ports() {
        return ports;
    }

    @Override
    public long pid() {
        return running().pid();
    }

    @Override
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public synchronized void stop() {
        end(recipe.stopSignal());
    }

    @Override
    public synchronized void kill() {
        Processes.killTree(running());
        process = null;
    }

    @Override
    public synchronized void pause() {
        StateFolder.recordProcesses(directory, Processes.freeze(running()));
    }

    @Override
    public synchronized void resume() {
        Processes.signal("CONT", running().tree());
    }

    @Override
    public synchronized void restart() {
        stop();
        launch();
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Path logFile() {
        return log;
    }

    @Override
    public synchronized void close() {
        if (OPEN.remove(this)) {
            end(recipe.discardSignal());
            StateFolder.deleteServer(directory);
        }
    }

    private synchronized ProcessIdentity running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException(name() + " is not running; its log is " + log);
        }
        return process;
    }

    private void end(String signal) {
        ProcessIdentity current = process;
        if (current == null) {
            return;
        }
        List<ProcessIdentity> tree = current.tree();
        if (signal.equals("KILL")) {
            Processes.killTree(current);
        } else {
            Processes.signal("CONT", tree);
            Processes.signal(signal, List.of(current));
            Processes.await(STOP_LIMIT, () -> tree.stream().noneMatch(ProcessIdentity::isAlive));
            Processes.kill(tree);
        }
        process = null;
    }

    private void killIfRunning() {
        if (process != null) {
            Processes.killTree(process);
            process = null;
        }
    }

    private String logSince(long position) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, file.length() - position)];
            file.seek(position);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets a test run tell which servers it has used, and check that all have gone. */
    private void report() {
        Settings.get("BOXCAR_SERVERS_REPORT").ifPresent(file -> {
            try {
                Files.writeString(
                        Path.of(file),
                        running() + "\t" + name() + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write BOXCAR_SERVERS_REPORT", e);
            }
        });
    }

    private static void closeAll() {
        List<LocalServer> open = List.copyOf(OPEN);
        open.parallelStream().forEach(LocalServer::close);
        if (!open.isEmpty()) {
            StateFolder.get().deleteOwn();
        }
    }

    private static final class PortTakenException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        PortTakenException(String message) {
            super(message);
        }
    }
}
