package dev.boxcar.benchmarks;

import dev.boxcar.OutboxSettings;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Whether processors that share a table stand in each other's way, and what it costs when they come and go. */
final class ScaleOutScenario implements Scenario {

    private static final List<Integer> STEPS = List.of(1, 2, 4, 8);
    private static final int MOST_ROUNDS = 2;

    /** When the partitions are shared out. */
    static final String SECOND_HALF = ", second half";

    private static final int KEYS = 10_000;
    private static final int MESSAGES = 400_000;

    @Override
    public String name() {
        return "scale-out";
    }

    @Override
    public String purpose() {
        return "1, 2, 4 and 8 processors drain one table; then the longest delay of a message while processors come, go and die";
    }

    @Override
    public Duration time() {
        return Duration.ofSeconds(90);
    }

    @Override
    public void run(Bench bench) throws Exception {
        int messages = bench.size().messages(MESSAGES);
        bench.warmUp(() -> drain(bench, 1, messages / 2));
        bench.rounds(MOST_ROUNDS, round -> {
            for (int processors : STEPS) {
                Outcome outcome = drain(bench, processors, messages);
                String label = processors + " processors";
                record(bench, label, "msg/s", outcome.rate);
                record(bench, label + SECOND_HALF, "msg/s", outcome.laterRate);
                record(bench, label + ": database time", "us/msg", outcome.millisOfDatabase * 1_000 / messages);
                record(bench, label + ": read pages", "1/msg", outcome.readPages / messages);
            }
        });
        for (int processors : STEPS.subList(1, STEPS.size())) {
            bench.recordRatio(
                    BoxcarContestant.DEFAULT,
                    processors + " processors / half of them",
                    processors + " processors",
                    processors / 2 + " processors");
            bench.recordRatio(
                    BoxcarContestant.DEFAULT,
                    processors + " processors / half of them" + SECOND_HALF,
                    processors + " processors" + SECOND_HALF,
                    processors / 2 + " processors" + SECOND_HALF);
        }
        new TakeoverRun(bench.size().quick())
                .measure(bench)
                .forEach((label, millis) -> record(bench, label + ": longest delay", "ms", millis));
    }

    private static void record(Bench bench, String metric, String unit, double value) {
        bench.record(BoxcarContestant.DEFAULT, metric, unit, value);
    }

    /**
     * What a drain has shown.
     *
     * @param rate from the start of all processors at once, which share the partitions out first, until everything was done with
     * @param laterRate of the second half of the messages
     * @param millisOfDatabase what the database did for all of it
     */
    private record Outcome(double rate, double laterRate, double millisOfDatabase, double readPages) {}

    private static Outcome drain(Bench bench, int processors, int messages) throws Exception {
        SqlFill waiting = new SqlFill(messages, KEYS);
        List<Node> nodes = new ArrayList<>();
        try (Bench.Room room = bench.newRoom();
                Connection observer = room.dataSource().getConnection()) {
            DatabaseWork.begin(observer);
            Outcome outcome;
            try {
                for (int i = 0; i < processors; i++) {
                    nodes.add(Node.toKafka(DatabaseWork.watched(room.url()), OutboxSettings.defaults(), room.kafka()));
                }
                waiting.fill(room.dataSource(), room.topic().name());
                DatabaseWork before = DatabaseWork.soFar(observer);
                long start = System.nanoTime();
                nodes.forEach(Node::start);
                await(nodes, room.topic(), messages / 2);
                long half = System.nanoTime();
                await(nodes, room.topic(), messages);
                long end = System.nanoTime();
                DatabaseWork work = DatabaseWork.soFar(observer).since(before);
                outcome = new Outcome(
                        messages * 1e9 / (end - start),
                        messages / 2.0 * 1e9 / (end - half),
                        work.millis(),
                        work.readBlocks());
            } finally {
                for (Node node : nodes) {
                    node.close();
                }
            }
            room.topic().check(waiting.countsByKey(), true);
            return outcome;
        }
    }

    /** Until so many have arrived and been deleted. */
    private static void await(List<Node> nodes, Topic topic, long messages) throws TimeoutException {
        long giveUp = System.nanoTime() + Bench.LONGEST_RUN.toNanos();
        while (nodes.stream().mapToLong(Node::settled).sum() < messages || topic.arrived() < messages) {
            if (System.nanoTime() > giveUp) {
                throw new TimeoutException("after " + Bench.LONGEST_RUN + ", " + topic.arrived() + " of " + messages
                        + " messages have arrived from " + nodes.size() + " processors");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }
}
