package dev.boxcar.chaos;

import dev.boxcar.OutboxWriter;
import dev.boxcar.chaos.Journal.Findings;
import dev.boxcar.chaos.Journal.Findings.Wrong;
import dev.boxcar.chaos.Writer.Plan;
import dev.boxcar.chaos.Writer.Style;
import dev.boxcar.examples.support.TopicReader;
import dev.boxcar.testservers.JavaProcess;
import dev.boxcar.testservers.JavaProcess.HeapUse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A long time at about half of the highest rate, with mild faults and an old transaction now and then: whether everything that could
 * creep upwards stays flat. Used once, by one thread; closing it ends all that it started.
 */
final class Soak implements AutoCloseable {

    /**
     * What a soak is like.
     *
     * @param minutes how long, beside the time in which the highest rate is measured
     * @param messagesPerSecond how fast; null for half of the highest rate
     * @param peakSeconds how long the highest rate is measured
     * @param sampleSeconds how often values are taken
     * @param seed decides which fault comes when
     */
    record Settings(
            double minutes, @Nullable Double messagesPerSecond, double peakSeconds, double sampleSeconds, long seed) {}

    private static final String RATE = "messages/s";
    private static final String DELAY = "commit to consumption p99 ms";
    private static final String HEAP = "heap after collections MB";
    private static final String RESIDENT = "resident memory MB";
    private static final String THREADS = "threads";
    private static final String CONNECTIONS = "relay connections";
    private static final String TABLE = "table and indexes MB";

    private static final int RELAYS = 2;
    private static final int WRITERS = 4;
    private static final double MESSAGES_PER_TRANSACTION = 3;
    private static final List<String> TOPICS = List.of("orders", "payments");
    private static final List<String> JVM = List.of("-Xmx128m", "-XX:+UseSerialGC");
    private static final String SIZE = "select pg_total_relation_size('boxcar_outbox')";
    private static final String OLD = "select pg_current_xact_id()";

    private final Settings settings;
    private final Progress progress;
    private final Random random;
    private final Journal journal = new Journal();
    private final FaultLog log = new FaultLog();
    private final Delays delays = new Delays();
    private final World world;
    private final RelayFleet relays;
    private final Writers writers;
    private final TopicReader reader;
    private final Curve curve = new Curve(List.of(RATE, DELAY, HEAP, RESIDENT, THREADS, CONNECTIONS, TABLE));

    /** Times since the last look. */
    private static final class Delays {
        private long[] nanos = new long[1_024];
        private int count;

        synchronized void add(long delay) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = delay;
        }

        synchronized double takeP99Millis() {
            Arrays.sort(nanos, 0, count);
            double p99 = count == 0 ? 0 : nanos[(int) (count * 0.99)] / 1e6;
            count = 0;
            return p99;
        }
    }

    Soak(Settings settings, Path folder, Progress progress) throws Exception {
        this.settings = settings;
        this.progress = progress;
        this.random = new Random(settings.seed);
        world = new World(DatabaseKind.POSTGRESQL);
        for (String topic : TOPICS) {
            world.createTopic(topic, Map.of());
        }
        relays = new RelayFleet(world, folder, RelayFleet.BOUNDED, JVM, event -> {});
        writers = new Writers(world.writersUrl(), OutboxWriter.create(world.storage()), journal);
        reader = new TopicReader(
                        world.kafka().bootstrapServers(), TOPICS, World.TOPIC_PARTITIONS, false, (id, payload) -> {
                            Payload message = Payload.of(payload);
                            if (journal.arrived(message.entry(), id)) {
                                log.delivered();
                                delays.add(System.nanoTime() - message.writtenAt());
                            } else {
                                log.duplicate();
                            }
                        })
                .start();
    }

    Checks run() throws Exception {
        for (int slot = 0; slot < RELAYS; slot++) {
            relays.start(slot);
        }
        relays.awaitShares(Duration.ofSeconds(60));
        Double wanted = settings.messagesPerSecond;
        for (int i = 0; i < WRITERS; i++) {
            writers.start(
                    new Plan("writer-" + i, Style.JAVA, TOPICS, wanted == null ? 0 : transactions(wanted), false),
                    random.nextLong());
        }
        double rate = wanted == null ? halfOfPeak() : wanted;
        progress.event("%,.0f messages/s for %.1f minutes", rate, settings.minutes);
        sampleAndDisturb();
        writers.stop();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        world.writersProxy().close();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        journal.resolve(world::isMarked);
        while (journal.waitingCount() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        relays.stopAll();
        return checks(rate);
    }

    Curve curve() {
        return curve;
    }

    private static double transactions(double messagesPerSecond) {
        return messagesPerSecond / WRITERS / MESSAGES_PER_TRANSACTION;
    }

    /** Writers without a limit; what arrives then is what the whole can do. */
    private double halfOfPeak() {
        Faults.hold(random, settings.peakSeconds / 2, settings.peakSeconds / 2);
        long before = journal.deliveredCount();
        double start = progress.seconds();
        Faults.hold(random, settings.peakSeconds / 2, settings.peakSeconds / 2);
        double peak = (journal.deliveredCount() - before) / (progress.seconds() - start);
        progress.event("the highest rate is %,.0f messages/s", peak);
        writers.rate(transactions(peak / 2));
        while (journal.waitingCount() > peak) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return peak / 2;
    }

    private void sampleAndDisturb() throws Exception {
        double start = progress.seconds();
        double total = settings.minutes * 60;
        Thread disturbing = new Thread(() -> disturb(start + total * 0.95), "mild-faults");
        disturbing.setDaemon(true);
        disturbing.start();
        delays.takeP99Millis();
        long before = journal.deliveredCount();
        double last = progress.seconds();
        while (progress.seconds() - start < total) {
            Faults.hold(random, settings.sampleSeconds, settings.sampleSeconds);
            double now = progress.seconds();
            long delivered = journal.deliveredCount();
            double perSecond = (delivered - before) / (now - last);
            double p99 = delays.takeP99Millis();
            curve.add(
                    now - start,
                    perSecond,
                    p99,
                    most(process -> lastOf(process.heap())),
                    most(process -> process.residentKilobytes().orElse(0) / 1024.0),
                    most(process -> process.threads().orElse(0)),
                    world.numbers(world.kind().relayConnections()).size(),
                    world.number(SIZE) / 1048576.0);
            progress.standing(
                    "%,.0f messages/s   p99 %.0f ms   on the way %,d", perSecond, p99, journal.waitingCount());
            before = delivered;
            last = now;
            writers.check();
            reader.check();
        }
        disturbing.join();
    }

    private double most(ToDoubleFunction<JavaProcess> value) {
        return relays.slots().stream()
                .mapToDouble(slot -> value.applyAsDouble(relays.relay(slot).process()))
                .max()
                .orElse(0);
    }

    private static double lastOf(List<HeapUse> collections) {
        return collections.isEmpty()
                ? 0
                : collections.get(collections.size() - 1).megabytes();
    }

    /** In turn: a transaction that stays open, connections that break, a relay that is started anew. */
    private void disturb(double until) {
        double pause = Math.min(45, settings.minutes * 60 / 12);
        int turn = 0;
        while (progress.seconds() + pause < until) {
            Faults.hold(random, pause * 0.8, pause * 1.2);
            try {
                disturb(turn++ % 3, Math.min(60, pause));
            } catch (SQLException | RuntimeException e) {
                log.notRecovered("mild fault", e.toString());
            }
        }
    }

    private void disturb(int kind, double seconds) throws SQLException {
        switch (kind) {
            case 0 -> {
                progress.event("* a transaction stays open for %.0f s", seconds);
                try (Connection connection = DriverManager.getConnection(world.url());
                        Statement statement = connection.createStatement()) {
                    connection.setAutoCommit(false);
                    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                    statement.execute(OLD);
                    Faults.hold(random, seconds, seconds);
                    connection.rollback();
                }
            }
            case 1 -> {
                int slot = random.nextInt(RELAYS);
                progress.event("* connections of relay %d are reset", slot + 1);
                log.begin("connections-reset", 1);
                world.databaseProxy(slot).resetAll();
                world.brokerProxy(slot).resetAll();
                log.end("connections-reset");
            }
            default -> {
                int slot = random.nextInt(RELAYS);
                progress.event("* relay %d is started anew", slot + 1);
                log.begin("relay-restart", 1);
                relays.terminate(slot);
                relays.start(slot);
                relays.awaitShares(Duration.ofSeconds(60));
                log.end("relay-restart");
            }
        }
    }

    private Checks checks(double rate) {
        Findings found = journal.findings();
        Checks checks = new Checks();
        checks.add(
                "nothing is lost, invented or out of order",
                found.wrong().equals(new Wrong(0, 0, 0, 0, 0)) && found.committed() > 0,
                "%,d messages, %,d delivered, %s, %,d duplicates",
                found.committed(),
                found.delivered(),
                found.wrong(),
                found.duplicates());
        FaultLog.Summary faults = log.summary();
        checks.add("recovers from mild faults", faults.unrecovered().isEmpty(), "%s", faults.counts());
        flat(checks, RATE, 0.85, 0, false);
        checks.add(
                "keeps up with the writers",
                curve.median(RATE, 2 / 3.0, 1) >= rate * 0.8,
                "%,.0f messages/s wanted",
                rate);
        flat(checks, DELAY, 2, 100, true);
        flat(checks, HEAP, 1.25, 8, true);
        flat(checks, RESIDENT, 1.2, 16, true);
        flat(checks, THREADS, 1, 3, true);
        flat(checks, CONNECTIONS, 1, 2, true);
        flat(checks, TABLE, 1.5, 32, true);
        return checks;
    }

    /** Compares the medians of the last and the first third. */
    private void flat(Checks checks, String name, double factor, double further, boolean mayNotGrow) {
        double first = curve.median(name, 0, 1 / 3.0);
        double last = curve.median(name, 2 / 3.0, 1);
        double limit = first * factor + further;
        checks.add(
                name + " stay flat",
                mayNotGrow ? last <= limit : last >= limit,
                "%,.1f in the first third, %,.1f in the last; %s %,.1f",
                first,
                last,
                mayNotGrow ? "at most" : "at least",
                limit);
    }

    @Override
    public void close() {
        writers.close();
        relays.close();
        reader.close();
        world.close();
    }
}
