package dev.boxcar.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** How long a committed message takes to be acknowledged while transactions come at a steady rate. */
final class SteadyScenario implements Scenario {

    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;
    private static final int WRITERS = 6;
    private static final int ROUNDS = 3;

    /** Of a stretch, the part at its beginning that does not count. */
    private static final double WARM_UP = 0.2;

    private final List<Contestant> contestants;

    SteadyScenario(List<Contestant> contestants) {
        this.contestants = contestants;
    }

    @Override
    public String name() {
        return "steady";
    }

    @Override
    public String purpose() {
        return "business transactions with one message each, from just after the commit (or just before it) until the Kafka"
                + " client learns of the acknowledgement";
    }

    @Override
    public Duration time() {
        return Duration.ofMinutes(5);
    }

    /**
     * Transactions that come at one rate.
     *
     * @param name what it is called; nothing of one without a name is recorded
     * @param perSecond how many begin in a second; 0 for as many as the writers manage
     */
    private record Stretch(String name, int perSecond, int messages) {}

    /**
     * What a stretch was like, but for its latencies.
     *
     * @param transactions in a second
     * @param statements of the delivering side in a second; NaN when it does not tell
     * @param looks those of them that looked for messages
     */
    private record Pace(Stretch stretch, double transactions, double statements, double looks) {}

    @Override
    public void run(Bench bench) throws Exception {
        bench.alternateAtMost(ROUNDS, contestants, (contestant, warmUp) -> {
            // 4 s each at the usual size, and 20,000 transactions
            double seconds = Math.max(0.2, bench.size().messages() / 50_000.0);
            int most = Math.max(100, contestant.enough(bench.size().messages()) / 10);
            // A compiler that still works takes its time from a machine with few cores: warm is who has done a lot.
            List<Stretch> stretches = warmUp
                    ? List.of(new Stretch("", 0, 2 * most), new Stretch("", 1_000, (int) (1_000 * seconds)))
                    : List.of(
                            new Stretch("", 1_000, (int) (500 * seconds)),
                            new Stretch("100/s: ", 100, (int) (100 * seconds)),
                            new Stretch("1,000/s: ", 1_000, (int) (1_000 * seconds)),
                            new Stretch("most: ", 0, most));
            run(bench, contestant, warmUp, stretches);
        });
    }

    private static void run(Bench bench, Contestant contestant, boolean warmUp, List<Stretch> stretches)
            throws Exception {
        Load load = new Load(stretches.stream().mapToInt(Stretch::messages).sum(), KEYS, PAYLOAD_BYTES);
        try (Bench.Room room = bench.newRoom(contestant);
                AckTimes acks = new AckTimes(room.topic())) {
            Orders orders = new Orders(room.dataSource());
            Probe probe = new Probe(room.dataSource());
            Place place = new Place(
                    room.url(), probe.dataSource(), room.kafka(), room.topic().name(), probe::watch);
            try (Deployment deployment = contestant.deploy(place);
                    Writers writers = new Writers(deployment, orders, probe, load)) {
                deployment.start();
                List<Pace> paces = new ArrayList<>();
                int written = 0;
                for (Stretch stretch : stretches) {
                    paces.add(write(deployment, writers, stretch, written));
                    written += stretch.messages();
                    acks.await(deployment, written);
                }
                if (!warmUp) {
                    record(bench, contestant, paces, writers, acks.byNumber(load));
                }
            }
            Drain.check(bench, contestant, room.topic(), load);
            orders.check(load.size());
        }
    }

    private static Pace write(Deployment deployment, Writers writers, Stretch stretch, int from) throws Exception {
        long statements = deployment.statements();
        long looks = deployment.looks();
        double seconds = writers.write(from, from + stretch.messages(), WRITERS, stretch.perSecond());
        return new Pace(
                stretch,
                stretch.messages() / seconds,
                statements < 0 ? Double.NaN : (deployment.statements() - statements) / seconds,
                looks < 0 ? Double.NaN : (deployment.looks() - looks) / seconds);
    }

    private static void record(
            Bench bench, Contestant contestant, List<Pace> paces, Writers writers, long[] acknowledged) {
        int from = 0;
        for (Pace pace : paces) {
            String name = pace.stretch().name();
            int first = from + (int) (pace.stretch().messages() * WARM_UP);
            int end = from + pace.stretch().messages();
            from = end;
            if (name.isEmpty()) {
                continue;
            }
            // An acknowledgement can come before the writer is told that it has committed.
            Quantiles afterCommit =
                    quantiles(first, end, number -> Math.max(0, acknowledged[number] - writers.committed[number]));
            Quantiles withCommit = quantiles(first, end, number -> acknowledged[number] - writers.committing[number]);
            bench.record(contestant, name + "p50", "ms", afterCommit.millis(0.5));
            bench.record(contestant, name + "p95", "ms", afterCommit.millis(0.95));
            bench.record(contestant, name + "p99", "ms", afterCommit.millis(0.99));
            bench.record(contestant, name + "max", "ms", afterCommit.millis(1));
            bench.record(contestant, name + "p50 with commit", "ms", withCommit.millis(0.5));
            bench.record(contestant, name + "p99 with commit", "ms", withCommit.millis(0.99));
            bench.record(contestant, name + "committed", "tx/s", pace.transactions());
            bench.record(contestant, name + Tables.DELIVERED, "msg/s", delivered(first, end, writers, acknowledged));
            if (!Double.isNaN(pace.statements())) {
                bench.record(contestant, name + "statements", "1/s", pace.statements());
                bench.record(contestant, name + "looks", "1/s", pace.looks());
            }
        }
    }

    /** As many in a second as came between the first commit and the last acknowledgement. */
    private static double delivered(int first, int end, Writers writers, long[] acknowledged) {
        long begin = IntStream.range(first, end)
                .mapToLong(number -> writers.committed[number])
                .min()
                .orElseThrow();
        long last = IntStream.range(first, end)
                .mapToLong(number -> acknowledged[number])
                .max()
                .orElseThrow();
        return (end - first) * 1e9 / (last - begin);
    }

    private static Quantiles quantiles(int first, int end, IntToLongFunction nanos) {
        return new Quantiles(IntStream.range(first, end).mapToLong(nanos));
    }
}
