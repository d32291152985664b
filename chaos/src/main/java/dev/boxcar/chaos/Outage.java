package dev.boxcar.chaos;

import dev.boxcar.Message;
import dev.boxcar.OutboxWriter;
import dev.boxcar.chaos.Journal.Entry;
import dev.boxcar.chaos.Journal.Findings;
import dev.boxcar.chaos.Journal.Findings.Wrong;
import dev.boxcar.examples.support.RelayEvent;
import dev.boxcar.examples.support.RelayProcess;
import dev.boxcar.examples.support.RelayProcess.Launch;
import dev.boxcar.examples.support.TopicReader;
import dev.boxcar.relay.Main;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.testservers.JavaProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The broker is away while a backlog piles up: what a relay with a small heap does meanwhile, and how fast it works off the backlog
 * afterwards. Used once, by one thread; closing it ends all that it started.
 */
final class Outage implements AutoCloseable {

    private static final String TOPIC = "orders";
    private static final int KEYS = 1_000;
    private static final int WRITERS = 2;
    private static final int PER_TRANSACTION = 500;
    private static final int PAYLOAD_BYTES = 200;
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(20);
    private static final List<String> JVM = List.of("-Xmx96m", "-XX:+UseSerialGC");

    /** A second of the relay's life. */
    private record Second(double cpu, double residentMegabytes) {}

    private final long messages;
    private final double shortestSeconds;
    private final Progress progress;
    private final Journal journal = new Journal();
    private final int[][] keys = new int[WRITERS][KEYS / WRITERS];
    private final Map<String, AtomicLong> events = new ConcurrentHashMap<>();
    private final World world;
    private final OutboxWriter<Connection> outbox;
    private final TopicReader reader;
    private final RelayProcess relay;

    /**
     * @param messages how many pile up
     * @param shortestSeconds how long the broker is away at least
     * @param folder where the relay's log goes
     */
    Outage(long messages, double shortestSeconds, Path folder, Progress progress) throws Exception {
        this.messages = messages;
        this.shortestSeconds = shortestSeconds;
        this.progress = progress;
        for (int[] some : keys) {
            Arrays.setAll(some, i -> journal.newKey());
        }
        world = new World(DatabaseKind.POSTGRESQL);
        world.createTopic(TOPIC, Map.of());
        outbox = OutboxWriter.create(world.storage());
        reader = new TopicReader(
                        world.kafka().bootstrapServers(),
                        List.of(TOPIC),
                        World.TOPIC_PARTITIONS,
                        false,
                        (id, payload) -> journal.arrived(Payload.of(payload).entry(), id))
                .start();
        // What the relay does undisturbed is the measure for what it does after the outage.
        write(messages / 5);
        List<String> options = new ArrayList<>(world.directAddresses());
        relay = RelayProcess.start(new Launch("relay-1", options, JVM, Main.class.getName()), folder, this::relayEvent);
    }

    private void relayEvent(RelayEvent event) {
        events.computeIfAbsent(event.name(), name -> new AtomicLong()).incrementAndGet();
    }

    private long told(String event) {
        AtomicLong count = events.get(event);
        return count == null ? 0 : count.get();
    }

    Checks run() throws Exception {
        double usual = drain();
        progress.event("undisturbed, the relay carries %,.0f messages/s", usual);
        long awayBefore = told("destination-unavailable");
        world.kafka().stop();
        progress.event("the broker is away");
        int linesBefore = logLines();
        double start = progress.seconds();
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(() -> write(messages), task -> new Thread(task).start());
        List<Second> seconds = watch(writing, start);
        writing.join();
        progress.event("%,d messages wait after %.0f s", messages, progress.seconds() - start);
        long burned =
                world.number("select count(*) from boxcar_outbox where attempts > 0 or next_attempt_at is not null");
        StorageStatus status = world.storage().status();
        int lines = logLines() - linesBefore;
        long unavailable = told("destination-unavailable") - awayBefore;
        world.kafka().restart();
        progress.event("the broker is back");
        double after = drain();
        progress.event("the backlog is gone, %,.0f messages/s", after);
        relay.requireAlive();
        JavaProcess process = relay.process();
        int heap = process.heap().stream()
                .mapToInt(JavaProcess.HeapUse::megabytes)
                .max()
                .orElse(0);
        process.terminate();
        process.awaitEnd(Duration.ofSeconds(30));
        Findings found = journal.findings();
        Checks checks = new Checks();
        checks.add(
                "nothing is lost, invented or out of order",
                found.wrong().equals(new Wrong(0, 0, 0, 0, 0)),
                "%,d messages, %,d delivered, %s, %,d duplicates",
                found.committed(),
                found.delivered(),
                found.wrong(),
                found.duplicates());
        checks.add("no attempt is used up", burned == 0, "%,d messages with an attempt", burned);
        checks.add(
                "no dead letter",
                world.storage().status().deadLetters() == 0,
                "%,d",
                world.storage().status().deadLetters());
        checks.add(
                "the outage is told once",
                unavailable == 1 && lines <= 2,
                "%d event, %d lines in the log during the outage, %d event at its end",
                unavailable,
                lines,
                told("destination-available"));
        checks.add(
                "its end is told once",
                told("destination-available") == told("destination-unavailable"),
                "%d times away, %d times back",
                told("destination-unavailable"),
                told("destination-available"));
        checks.add(
                "the status says so",
                status.pending() == Math.min(messages, StorageStatus.COUNT_LIMIT) && status.oldestPending() != null,
                "%,d messages pending (no more are counted), the oldest for %d s",
                status.pending(),
                status.oldestPending() == null ? 0 : status.oldestPending().toSeconds());
        flat(checks, seconds, heap);
        checks.add(
                "the backlog drains at full speed",
                after >= usual / 2,
                "%,.0f messages/s, undisturbed %,.0f",
                after,
                usual);
        return checks;
    }

    /** The later part of the outage is like the earlier one. */
    private static void flat(Checks checks, List<Second> seconds, int heap) {
        List<Second> first = seconds.subList(0, seconds.size() / 3);
        List<Second> last = seconds.subList(seconds.size() - seconds.size() / 3, seconds.size());
        double memoryBefore =
                first.stream().mapToDouble(Second::residentMegabytes).max().orElse(0);
        double memoryAfter =
                last.stream().mapToDouble(Second::residentMegabytes).max().orElse(0);
        double cpuBefore = first.stream().mapToDouble(Second::cpu).average().orElse(0);
        double cpuAfter = last.stream().mapToDouble(Second::cpu).average().orElse(0);
        checks.add(
                "its memory stays flat",
                memoryAfter <= memoryBefore * 1.15 + 16,
                "%.0f MB resident at first, %.0f MB at last; at most %d MB of heap left by a collection",
                memoryBefore,
                memoryAfter,
                heap);
        checks.add(
                "it idles meanwhile",
                cpuAfter <= Math.max(0.25, cpuBefore * 1.5),
                "%.1f %% of a core at first, %.1f %% at last",
                cpuBefore * 100,
                cpuAfter * 100);
    }

    private List<Second> watch(CompletableFuture<Void> writing, double start) {
        List<Second> seconds = new ArrayList<>();
        long before = relay.process().cpuTime().toNanos();
        while (!writing.isDone() || progress.seconds() - start < shortestSeconds) {
            double from = progress.seconds();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            long cpu = relay.process().cpuTime().toNanos();
            double memory = relay.process().residentKilobytes().orElse(0) / 1024.0;
            Second second = new Second((cpu - before) / 1e9 / (progress.seconds() - from), memory);
            before = cpu;
            seconds.add(second);
            if (seconds.size() % 5 == 0) {
                progress.standing(
                        "written %,d   relay %.1f %% of a core, %.0f MB",
                        journal.committedCount(), second.cpu * 100, second.residentMegabytes);
            }
        }
        return seconds;
    }

    private int logLines() {
        return (int) relay.process().logLines().stream()
                .filter(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT.*"))
                .count();
    }

    /** Waits until all that was written has arrived; returns messages per second, from the first arrival on. */
    private double drain() {
        long end = System.nanoTime() + DRAIN_LIMIT.toNanos();
        long before = journal.deliveredCount();
        while (journal.deliveredCount() == before) {
            step(end);
        }
        long first = System.nanoTime();
        long already = journal.deliveredCount();
        while (journal.waitingCount() > 0) {
            step(end);
        }
        return (journal.deliveredCount() - already) * 1e9 / Math.max(1, System.nanoTime() - first);
    }

    private void step(long end) {
        relay.requireAlive();
        reader.check();
        if (System.nanoTime() - end > 0) {
            throw new IllegalStateException(journal.waitingCount() + " messages have not arrived in " + DRAIN_LIMIT);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }

    /** Writes so many messages, by several writers with keys of their own. */
    private void write(long count) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int[] some : keys) {
            running.add(
                    CompletableFuture.runAsync(() -> write(some, count / WRITERS), task -> new Thread(task).start()));
        }
        running.forEach(CompletableFuture::join);
    }

    private void write(int[] some, long count) {
        try (Connection connection = DriverManager.getConnection(world.url())) {
            connection.setAutoCommit(false);
            for (long done = 0; done < count; ) {
                List<Entry> entries = new ArrayList<>();
                List<Message> batch = new ArrayList<>();
                for (; batch.size() < PER_TRANSACTION && done < count; done++) {
                    Entry entry = journal.next(some[(int) (done % some.length)]);
                    entries.add(entry);
                    batch.add(Message.of(
                            "key-" + entry.key(), new Payload(entry, System.nanoTime()).bytes(PAYLOAD_BYTES)));
                }
                outbox.inNamespace(TOPIC).publish(connection, batch);
                connection.commit();
                journal.committed(entries);
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException("cannot write", e);
        }
    }

    @Override
    public void close() {
        relay.process().kill();
        reader.close();
        world.close();
    }
}
