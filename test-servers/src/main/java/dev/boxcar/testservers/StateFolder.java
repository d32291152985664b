package dev.boxcar.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which all servers of a user live; {@code BOXCAR_SERVERS_DIR} moves it.
 *
 * <pre>
 * programs/    unpacked servers and initialised data folders, shared by all JVMs
 * run/JVM/     the servers of one JVM, which holds a lock on the file "owner" as long as it lives
 *   SERVER/    data, log, and the list of processes
 * </pre>
 *
 * <p>The lock tells whether a JVM lives, however it ended and whatever has taken its process number since. The first server
 * of a JVM sweeps: servers whose JVM is gone are killed, their folders deleted.
 */
final class StateFolder {

    static final int NOBODY = 65534;

    private static final String OWNER = "owner";
    private static final String PROCESSES = "processes";

    /** Systems clear the temporary folder of files that nobody used for some days; programs are unpacked anew before. */
    private static final Duration PROGRAM_LIFETIME = Duration.ofDays(3);

    private static @Nullable StateFolder instance;

    private final Path root;
    private final Path ownFolder;
    private final AtomicInteger serverNumber = new AtomicInteger();

    /** Held until this JVM ends. */
    @SuppressWarnings({"unused", "FieldCanBeLocal"})
    private final FileLock ownerLock;

    /** The folder, swept and locked for this JVM at the first call. */
    static synchronized StateFolder get() {
        if (instance == null) {
            instance = new StateFolder(Settings.get("BOXCAR_SERVERS_DIR")
                    .map(Path::of)
                    .orElseGet(() -> Path.of(
                            System.getProperty("java.io.tmpdir"),
                            "boxcar-servers-" + System.getProperty("user.name"))));
        }
        return instance;
    }

    private StateFolder(Path root) {
        this.root = root.toAbsolutePath();
        try {
            Files.createDirectories(this.root);
            if (Processes.isRoot()) {
                requireReachableForNobody();
            }
            Path run = Files.createDirectories(this.root.resolve("run"));
            Files.createDirectories(this.root.resolve("programs"));
            // One JVM at a time: none may see the folder of another one before that holds its lock.
            try (FileChannel channel = open(this.root.resolve("lock"));
                    FileLock lock = channel.lock()) {
                assert lock.isValid();
                sweep(run);
                ownFolder =
                        Files.createTempDirectory(run, ProcessHandle.current().pid() + "-");
                makeReadable(ownFolder);
                ownerLock = open(ownFolder.resolve(OWNER)).lock();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the folder for test servers " + root, e);
        }
    }

    /** A new folder for one server. */
    Path newServerFolder(String kind) {
        return createDirectory(ownFolder.resolve(kind + "-" + serverNumber.incrementAndGet()));
    }

    /** Notes which processes belong to a server, for the sweep. */
    static void recordProcesses(Path serverFolder, Iterable<ProcessIdentity> processes) {
        StringBuilder lines = new StringBuilder();
        processes.forEach(process -> lines.append(process).append('\n'));
        try {
            Files.writeString(serverFolder.resolve(PROCESSES), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the folder of this JVM, at its end. */
    void deleteOwn() {
        delete(ownFolder);
    }

    /** A shared folder that is filled once by whoever needs it first. */
    Path program(String name, Consumer<Path> fill) {
        long period = System.currentTimeMillis() / PROGRAM_LIFETIME.toMillis();
        Path programs = root.resolve("programs");
        Path folder = programs.resolve(name + "-" + period);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        synchronized (StateFolder.class) {
            try (FileChannel channel = open(programs.resolve(name + ".lock"));
                    FileLock lock = channel.lock()) {
                assert lock.isValid();
                if (!Files.isDirectory(folder)) {
                    Path half = programs.resolve(name + "-" + period + ".half");
                    delete(half);
                    createDirectory(half);
                    fill.accept(half);
                    Files.move(half, folder);
                }
                return folder;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot prepare " + folder, e);
            }
        }
    }

    /** Hands a folder to the user as which PostgreSQL runs when this JVM is root's. */
    static void giveToNobody(Path folder) {
        if (Processes.isRoot()) {
            try {
                Files.setAttribute(folder, "unix:gid", NOBODY);
                Files.setAttribute(folder, "unix:uid", NOBODY);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static Path createDirectory(Path folder) {
        try {
            return makeReadable(Files.createDirectory(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the folder of a server that has ended. */
    static void deleteServer(Path folder) {
        PostgresRecipe.releaseSharedMemory(folder.resolve(LocalServer.DATA));
        delete(folder);
    }

    /** Deletes a folder, also while somebody else is still busy in it. */
    static void delete(Path folder) {
        for (int attempt = 1; Files.exists(folder); attempt++) {
            try {
                Files.walkFileTree(folder, new Deleter());
            } catch (IOException e) {
                if (attempt == 5) {
                    throw new UncheckedIOException("cannot delete " + folder, e);
                }
            }
        }
    }

    private void sweep(Path run) throws IOException {
        for (Path jvm : list(run)) {
            try (FileChannel channel = open(jvm.resolve(OWNER));
                    FileLock lock = channel.tryLock()) {
                if (lock == null) {
                    continue;
                }
                for (Path server : list(jvm)) {
                    endOrphan(server);
                }
                delete(jvm);
            }
        }
        Instant outdated = Instant.now().minus(PROGRAM_LIFETIME.multipliedBy(3));
        for (Path program : list(root.resolve("programs"))) {
            if (Files.isDirectory(program)
                    && Files.getLastModifiedTime(program).toInstant().isBefore(outdated)) {
                delete(program);
            }
        }
    }

    private static void endOrphan(Path server) throws IOException {
        Path processes = server.resolve(PROCESSES);
        if (!Files.isRegularFile(processes)) {
            return;
        }
        for (String line : Files.readAllLines(processes)) {
            ProcessIdentity.parse(line).ifPresent(Processes::killTree);
        }
        deleteServer(server);
    }

    private void requireReachableForNobody() throws IOException {
        for (Path folder = root; folder != null; folder = folder.getParent()) {
            int mode = (Integer) Files.getAttribute(folder, "unix:mode");
            if ((mode & 1) == 0) {
                throw new IllegalStateException("as root, PostgreSQL runs as the user nobody, who cannot enter "
                        + folder + "; choose another folder with the setting BOXCAR_SERVERS_DIR");
            }
        }
    }

    private static Path makeReadable(Path folder) throws IOException {
        Files.setAttribute(folder, "unix:mode", 0755);
        return folder;
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private static final class Deleter extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
