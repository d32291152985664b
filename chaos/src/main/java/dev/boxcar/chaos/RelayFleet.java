package dev.boxcar.chaos;

import dev.boxcar.StorageException;
import dev.boxcar.examples.support.RelayEvent;
import dev.boxcar.examples.support.RelayProcess;
import dev.boxcar.examples.support.RelayProcess.Launch;
import dev.boxcar.relay.Main;
import dev.boxcar.spi.StorageStatus.ProcessorStatus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The relay processes of a run. Each has a slot, and with it proxies of its own; a slot's next relay has another name. Safe for use
 * by several threads.
 */
final class RelayFleet implements AutoCloseable {

    static final Duration CLAIM_DURATION = Duration.ofSeconds(2);

    /** How many entries a relay has under way at most, and may thus send again after a failure. */
    static final int IN_FLIGHT = 2_000;

    /** Options that make it so. */
    static final List<String> BOUNDED = List.of(
            "--claim-duration",
            CLAIM_DURATION.toMillis() + "ms",
            "--max-in-flight-entries",
            Integer.toString(IN_FLIGHT));

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final World world;
    private final Path folder;
    private final List<String> options;
    private final List<String> jvmOptions;
    private final Consumer<RelayEvent> events;
    private final Map<Integer, RelayProcess> running = new ConcurrentHashMap<>();
    private int started;

    /**
     * @param options of the relays, beyond addresses and names
     * @param jvmOptions of their virtual machines
     */
    RelayFleet(World world, Path folder, List<String> options, List<String> jvmOptions, Consumer<RelayEvent> events) {
        this.world = world;
        this.folder = folder;
        this.options = List.copyOf(options);
        this.jvmOptions = List.copyOf(jvmOptions);
        this.events = events;
    }

    void start(int slot) {
        start(slot, Main.class.getName(), List.of());
    }

    /** One whose clock shows another time of day. */
    void startSkewed(int slot, Duration ahead) {
        start(slot, SkewedRelay.class.getName(), List.of("--clock-ahead", Long.toString(ahead.toMillis())));
    }

    private synchronized void start(int slot, String mainClass, List<String> further) {
        List<String> all = new ArrayList<>(world.relayAddresses(slot));
        all.addAll(options);
        all.addAll(further);
        String name = "relay-" + (slot + 1) + "." + ++started;
        running.put(slot, RelayProcess.start(new Launch(name, all, jvmOptions, mainClass), folder, events));
    }

    /** The slots that have a relay. */
    List<Integer> slots() {
        return List.copyOf(new TreeMap<>(running).keySet());
    }

    RelayProcess relay(int slot) {
        RelayProcess relay = running.get(slot);
        if (relay == null) {
            throw new IllegalStateException("no relay in slot " + slot);
        }
        return relay;
    }

    void kill(int slot) {
        relay(slot).process().kill();
        running.remove(slot);
    }

    /** Asks it to end, and waits until it has. */
    void terminate(int slot) {
        RelayProcess relay = relay(slot);
        running.remove(slot);
        relay.process().terminate();
        if (!relay.process().awaitEnd(STOP_LIMIT)) {
            relay.process().kill();
            throw new IllegalStateException(relay.name() + " did not end within " + STOP_LIMIT.toSeconds()
                    + " s after SIGTERM:\n" + relay.process().lastWords());
        }
    }

    /** @throws IllegalStateException when a relay ended that nobody asked to, with the end of its log */
    void check() {
        running.values().forEach(RelayProcess::requireAlive);
    }

    /** Waits until each has claims. */
    void awaitShares(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!allHaveClaims()) {
            check();
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("after " + limit.toSeconds() + " s some relay has no claims");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** How many partitions each relay holds, as the database tells. */
    Map<String, Integer> shares() {
        Map<String, Integer> shares = new TreeMap<>();
        for (ProcessorStatus processor : world.storage().status().processors()) {
            shares.merge(processor.processorId(), processor.partitions(), Integer::sum);
        }
        return shares;
    }

    private boolean allHaveClaims() {
        try {
            Map<String, Integer> shares = shares();
            return slots().stream()
                    .allMatch(slot -> shares.getOrDefault(relay(slot).name(), 0) > 0);
        } catch (StorageException e) {
            return false; // the database is away
        }
    }

    /** The sessions under which the relay of a slot holds claims, as a list in SQL; null when it holds none. */
    @Nullable
    String sessions(int slot) throws SQLException {
        List<String> sessions = world.texts(
                "select distinct p.session from boxcar_outbox_processor p join boxcar_outbox_claim c on c.owner = p.session"
                        + " where p.processor_id = '" + relay(slot).name() + "'");
        return sessions.isEmpty() ? null : "'" + String.join("', '", sessions) + "'";
    }

    /** Waits until nothing is claimed under these sessions any more, and everything under others; returns false after the limit. */
    boolean awaitTakeover(String sessions, Duration limit) throws SQLException {
        long end = System.nanoTime() + limit.toNanos();
        String left = "select count(*) from boxcar_outbox_claim where owner is null or owner in (" + sessions + ")";
        while (world.number(left) > 0) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return true;
    }

    /** Asks all of them to end, and waits until they have. */
    void stopAll() {
        slots().forEach(this::terminate);
    }

    /** How often relays noted that something which they had sent may arrive twice, though all could be reached. */
    long unanswered() throws IOException {
        long found = 0;
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
            for (Path log : logs) {
                try (Stream<String> lines = Files.lines(log)) {
                    found += lines.filter(line -> line.contains("may arrive twice"))
                            .count();
                }
            }
        }
        return found;
    }

    @Override
    public void close() {
        running.values().forEach(relay -> relay.process().kill());
        running.clear();
    }
}
