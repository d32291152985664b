package dev.boxcar.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@code boxcar relay} in a JVM of its own, with a heap of a given size. It ends with this process at the latest. */
final class ChildRelay implements AutoCloseable {

    /** What a garbage collection left in the heap, and the seconds of the relay's life at which it did. */
    record HeapUse(double second, int megabytes) {}

    private static final Pattern COLLECTION = Pattern.compile("\\[([0-9.]+)s].* \\d+M->(\\d+)M\\(\\d+M\\).*");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private final Path folder;
    private final Process process;
    private final long started = System.nanoTime();

    private ChildRelay(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Starts one with its own defaults. */
    static ChildRelay start(String url, String kafka, int heapMegabytes) throws IOException {
        Path folder = Files.createTempDirectory("boxcar-relay-");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-Xlog:gc:file=" + folder.resolve("gc.log") + ":uptime",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.boxcar.relay.Main",
                "relay",
                "--url",
                url,
                "--kafka",
                kafka,
                "--exit-on-stdin-close");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("relay.log").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("BOXCAR_"));
        return new ChildRelay(folder, builder.start());
    }

    /** @throws IllegalStateException with its last words, when it has ended */
    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            String log = Files.readString(folder.resolve("relay.log"));
            throw new IllegalStateException("the relay has ended with " + process.exitValue() + ":\n"
                    + log.substring(Math.max(0, log.length() - 3_000)));
        }
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** How long it has been there. */
    double second() {
        return (System.nanoTime() - started) / 1e9;
    }

    /** Its memory, all of it; nothing where the system does not tell. */
    OptionalLong residentKilobytes() {
        try {
            Matcher matcher =
                    RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** What all garbage collections so far left. */
    List<HeapUse> heap() throws IOException {
        List<HeapUse> found = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("gc.log"))) {
            Matcher matcher = COLLECTION.matcher(line);
            if (matcher.matches()) {
                found.add(new HeapUse(Double.parseDouble(matcher.group(1)), Integer.parseInt(matcher.group(2))));
            }
        }
        return found;
    }

    /** Asks it to end, as SIGTERM does, and waits. */
    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
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
