package dev.boxcar.benchmarks;

import dev.boxcar.testservers.JavaProcess;
import dev.boxcar.testservers.JavaProcess.HeapUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A {@code boxcar relay} in a JVM of its own, with a heap of a given size. It ends with this process at the latest. */
final class ChildRelay implements AutoCloseable {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final JavaProcess process;
    private final long started = System.nanoTime();

    private ChildRelay(Path folder, JavaProcess process) {
        this.folder = folder;
        this.process = process;
    }

    /** Starts one with its own defaults. */
    static ChildRelay start(String url, String kafka, int heapMegabytes) throws IOException {
        Path folder = Files.createTempDirectory("boxcar-relay-");
        return new ChildRelay(
                folder,
                JavaProcess.builder("dev.boxcar.relay.Main", folder.resolve("relay.log"))
                        .jvmOptions(List.of("-Xmx" + heapMegabytes + "m"))
                        .arguments(List.of("relay", "--url", url, "--kafka", kafka, "--exit-on-stdin-close"))
                        .start());
    }

    /** @throws IllegalStateException with its last words, when it has ended */
    void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "the relay has ended with " + process.exitCode() + ":\n" + process.lastWords());
        }
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.kill();
    }

    /** How long it has been there. */
    double second() {
        return (System.nanoTime() - started) / 1e9;
    }

    /** Its memory, all of it; nothing where the system does not tell. */
    OptionalLong residentKilobytes() {
        return process.residentKilobytes();
    }

    /** What all garbage collections so far left. */
    List<HeapUse> heap() {
        return process.heap();
    }

    /** Asks it to end, as SIGTERM does, and waits. */
    @Override
    public void close() throws IOException {
        process.terminate();
        if (!process.awaitEnd(STOP_LIMIT)) {
            kill();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(ChildRelay::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
