package dev.boxcar.examples.bank;

import dev.boxcar.examples.bank.Takeovers.Takeover;
import dev.boxcar.examples.support.RelayEvent;
import dev.boxcar.examples.support.RelayProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The relay processes of a demo. Closing it kills what still runs. Safe for use by several threads. */
final class Relays implements AutoCloseable {

    static final Duration CLAIM_DURATION = Duration.ofSeconds(2);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final List<String> options;
    private final Path folder;
    private final Progress progress;
    private final Takeovers takeovers = new Takeovers();
    private final List<RelayProcess> processes = new CopyOnWriteArrayList<>();

    Relays(String databaseUrl, String kafka, Path folder, Progress progress) {
        this.options =
                List.of("--url", databaseUrl, "--kafka", kafka, "--claim-duration", CLAIM_DURATION.toMillis() + "ms");
        this.folder = folder;
        this.progress = progress;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "demo-relays-end"));
    }

    void start(String name) {
        processes.add(RelayProcess.start(new RelayProcess.Launch(name, options), folder, this::onEvent));
    }

    private void onEvent(RelayEvent event) {
        if (event.name().equals("started")) {
            progress.event(event.relay() + " is running");
        }
        if (event.name().equals("claims-acquired") && event.takenOver() == 0 && !holds(event.relay())) {
            progress.event(event.relay() + " begins with " + event.partitions() + " partitions");
        }
        Takeover takeover = takeovers.event(event);
        if (takeover != null) {
            progress.event(String.format(
                    "%s has taken over: all %d partitions of %s are in good hands, %.1f s after the kill",
                    takeover.by(),
                    takeover.partitions(),
                    takeover.from(),
                    takeover.time().toMillis() / 1_000.0));
        }
    }

    /** Whether it holds partitions. */
    boolean holds(String name) {
        return takeovers.held().getOrDefault(name, 0) > 0;
    }

    Takeovers takeovers() {
        return takeovers;
    }

    void kill(String name) {
        RelayProcess victim = find(name);
        victim.process().kill();
        takeovers.killed(name, Instant.now());
        processes.remove(victim);
        progress.event(name + " killed with -9");
    }

    /** @throws IllegalStateException when a relay ended that nobody asked to, with the end of its log */
    void check() {
        processes.forEach(RelayProcess::requireAlive);
    }

    /** Asks all of them to end, and waits until they have. */
    void stop() {
        processes.forEach(relay -> relay.process().terminate());
        for (RelayProcess relay : processes) {
            if (!relay.process().awaitEnd(STOP_LIMIT)) {
                throw new IllegalStateException(
                        relay.name() + " does not end:\n" + relay.process().lastWords());
            }
        }
        processes.clear();
    }

    private RelayProcess find(String name) {
        return processes.stream()
                .filter(process -> process.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    @Override
    public void close() {
        processes.forEach(relay -> relay.process().kill());
    }
}
