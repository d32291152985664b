package dev.boxcar.benchmarks;

import dev.boxcar.OutboxSettings;
import dev.boxcar.testservers.JavaProcess.HeapUse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** Whether a relay with a small heap works off a big backlog evenly, and what becomes of new messages meanwhile. */
final class BacklogScenario implements Scenario {

    private static final int KEYS = 10_000;
    private static final int PARTS = 10;
    private static final int HEAP_MEGABYTES = 96;
    private static final int NEW_PER_SECOND = 10;
    private static final int MESSAGES = 3_000_000;

    /** What an entry takes at most, in the database with its log and in Kafka. */
    private static final long BYTES_ON_DISK = 2_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "backlog";
    }

    @Override
    public String purpose() {
        return "a relay with -Xmx" + HEAP_MEGABYTES
                + "m and no other setting works off what waits, from part to part; beside it a "
                + "new message every 100 ms";
    }

    @Override
    public void run(Bench bench) throws Exception {
        int messages = bench.size().messages(MESSAGES);
        long free = Path.of("/").toFile().getUsableSpace();
        while (messages * BYTES_ON_DISK > free) {
            messages /= 2;
            bench.say("only " + (free >> 30) + " GiB are free: " + messages + " entries must do");
        }
        run(bench, new SqlFill(messages, KEYS));
    }

    /** What was seen when a part of the messages had arrived. */
    private record Mark(long nanos, double relaySecond, double residentMegabytes) {}

    private static void run(Bench bench, SqlFill waiting) throws Exception {
        Flow fresh = new Flow((int) Bench.LONGEST_RUN.toSeconds() * NEW_PER_SECOND, 100, 256, 1);
        try (Bench.Room room = bench.newRoom();
                Topic freshTopic = new Topic(room.kafka(), room.topic().name() + "-new");
                FlowWatch watch = new FlowWatch(room.kafka(), freshTopic.name(), fresh, true);
                Node writer = Node.toKafka(room.url(), OutboxSettings.defaults(), room.kafka())) {
            long began = System.nanoTime();
            waiting.fill(room.dataSource(), room.topic().name());
            bench.say(String.format(
                    Locale.ROOT,
                    "%,d entries wait, written in %.0f s",
                    waiting.messages(),
                    (System.nanoTime() - began) / 1e9));
            execute(room.dataSource(), "checkpoint");
            try (ChildRelay relay = ChildRelay.start(room.url(), room.kafka(), HEAP_MEGABYTES);
                    FreshMessages writing = new FreshMessages(fresh, items -> writer.write(freshTopic.name(), items))) {
                List<Mark> marks = drain(relay, room.topic(), waiting.messages());
                int written = writing.stop();
                watch.await(written, PATIENCE);
                watch.verdict("backlog, new messages", written);
                requireEmpty(room.dataSource());
                report(bench, waiting.messages(), marks, relay.heap());
                Delays delays = fresh.delays(0, written);
                record(bench, "new messages p50", "ms", delays.millis(0.5));
                record(bench, "new messages max", "ms", delays.millis(1));
            }
            room.topic().check(waiting.countsByKey(), true);
        }
    }

    private static List<Mark> drain(ChildRelay relay, Topic topic, long messages) throws Exception {
        List<Mark> marks = new ArrayList<>();
        long giveUp = System.nanoTime() + Bench.LONGEST_RUN.toNanos();
        while (marks.size() <= PARTS) {
            // The first mark is the first arrival: before that the relay starts.
            long arrived = topic.arrived();
            while (marks.size() <= PARTS && arrived >= Math.max(1, messages * marks.size() / PARTS)) {
                marks.add(new Mark(
                        System.nanoTime(),
                        relay.second(),
                        relay.residentKilobytes().orElse(0) / 1024.0));
            }
            relay.requireAlive();
            if (System.nanoTime() > giveUp) {
                throw new TimeoutException(
                        "after " + Bench.LONGEST_RUN + ", " + arrived + " of " + messages + " messages have arrived");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return marks;
    }

    private static void report(Bench bench, long messages, List<Mark> marks, List<HeapUse> heap) {
        double perPart = messages / (double) PARTS;
        double[] rates = new double[PARTS];
        double[] heaps = new double[PARTS];
        for (int part = 0; part < PARTS; part++) {
            Mark from = marks.get(part);
            Mark to = marks.get(part + 1);
            rates[part] = perPart * 1e9 / (to.nanos - from.nanos);
            heaps[part] = heap(heap, from, to).max().orElse(0);
            String label = "part " + (part + 1) + " of " + PARTS + ": ";
            record(bench, label + "rate", "msg/s", rates[part]);
            record(bench, label + "heap", "MiB", heaps[part]);
            record(bench, label + "resident", "MiB", to.residentMegabytes);
        }
        record(bench, "rate", "msg/s", messages * 1e9 / (marks.get(PARTS).nanos - marks.get(0).nanos));
        record(bench, "first part", "msg/s", rates[0]);
        record(bench, "last part", "msg/s", rates[PARTS - 1]);
        record(bench, "last part / first part", "x", rates[PARTS - 1] / rates[0]);
        // The first part is what a relay does that has just started: the last one must stand beside the best as well.
        record(bench, "last part / fastest part", "x", rates[PARTS - 1] / most(rates, 0, PARTS));
        double before = most(heaps, 0, PARTS / 2);
        double after = most(heaps, PARTS / 2, PARTS);
        // Otherwise it was too short to need a collection.
        if (before > 0 && after > 0) {
            record(bench, "heap after a GC, most", "MiB", Math.max(before, after));
            record(bench, "heap, last half / first half", "x", after / before);
            // The least that a collection left is what lives; the most has garbage in it that was young.
            int livedBefore = least(heap, marks.get(0), marks.get(PARTS / 2));
            int livedAfter = least(heap, marks.get(PARTS / 2), marks.get(PARTS));
            record(bench, "heap after a GC, least", "MiB", Math.min(livedBefore, livedAfter));
            record(bench, "least heap, last half / first half", "x", livedAfter / (double) livedBefore);
        }
        record(
                bench,
                "resident, most",
                "MiB",
                marks.stream().mapToDouble(Mark::residentMegabytes).max().orElse(0));
    }

    private static double most(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).max().orElse(Double.NaN);
    }

    private static void record(Bench bench, String metric, String unit, double value) {
        bench.record(BoxcarContestant.DEFAULT, metric, unit, value);
    }

    private static int least(List<HeapUse> heap, Mark from, Mark to) {
        return heap(heap, from, to).min().orElse(0);
    }

    /** What collections left between two marks, in MiB. */
    private static IntStream heap(List<HeapUse> heap, Mark from, Mark to) {
        return heap.stream()
                .filter(use -> use.second() >= from.relaySecond && use.second() < to.relaySecond)
                .mapToInt(HeapUse::megabytes);
    }

    private static void execute(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What has arrived is deleted a little later. */
    private static void requireEmpty(DataSource dataSource) throws SQLException, TimeoutException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            while (true) {
                try (ResultSet row = statement.executeQuery("select 1 from boxcar_outbox limit 1")) {
                    if (!row.next()) {
                        return;
                    }
                }
                if (System.nanoTime() > giveUp) {
                    throw new TimeoutException("all has arrived, but the table does not get empty");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }
}
