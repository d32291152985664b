package dev.boxcar.examples.bank;

import dev.boxcar.relay.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One {@code boxcar relay} in a JVM of its own. It ends with this process, however this one ends: the relay watches its standard
 * input.
 */
final class RelayProcess {

    private final String name;
    private final Process process;
    private final Path log;

    private RelayProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * @param options the relay's options, beyond its name
     * @param events told of each event, by a thread of its own
     */
    static RelayProcess start(String name, List<String> options, Path folder, Consumer<RelayEvent> events) {
        Path log = folder.resolve(name + ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // a short life
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "relay",
                "--processor-id",
                name,
                "--events",
                "-",
                "--exit-on-stdin-close"));
        command.addAll(options);
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(log.toFile()).start();
            RelayProcess relay = new RelayProcess(name, process, log);
            Thread reader = new Thread(() -> relay.read(events), name + "-events");
            reader.setDaemon(true);
            reader.start();
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a relay", e);
        }
    }

    private void read(Consumer<RelayEvent> events) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                RelayEvent.parse(line).ifPresent(events);
            }
        } catch (IOException e) {
            // The process is gone; how it ended is judged elsewhere.
        }
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As {@code kill -9} does: the relay has no chance to give anything back. */
    void kill() {
        process.destroyForcibly();
    }

    /** Asks it to end, as SIGTERM does. */
    void terminate() {
        process.toHandle().destroy(); // process.destroy() would close its streams, and its last events would be lost
    }

    /** Returns whether it has ended. */
    boolean awaitEnd(int seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    /** The end of its log. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }
}
