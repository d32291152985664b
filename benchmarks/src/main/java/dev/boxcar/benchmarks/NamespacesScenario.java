package dev.boxcar.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** Whether many namespaces, each with a topic of its own, are slower than one. */
final class NamespacesScenario implements Scenario {

    private static final int NAMESPACES = 1_000;
    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;

    private final List<Contestant> contestants;

    /** Measures contestants that can {@linkplain Deployment#writeTo write to several topics}. */
    NamespacesScenario(List<Contestant> contestants) {
        this.contestants = contestants;
    }

    @Override
    public String name() {
        return "namespaces";
    }

    @Override
    public String purpose() {
        return "as drain, with the same messages for one topic of " + Topic.PARTITIONS
                + " partitions, and for many namespaces (1,000 at full size) with a topic of one partition each";
    }

    @Override
    public void run(Bench bench) throws Exception {
        int count = Math.min(NAMESPACES, Math.max(10, bench.size().messages() / 200));
        List<String> names = Stream.generate(bench::newName).limit(count).toList();
        // Kafka takes long to make so many: all runs use the same ones.
        try (Topic many = new Topic(bench.kafka().bootstrapServers(), names, 1)) {
            bench.alternateAtMost(2, contestants, (contestant, warmUp) -> {
                Load load = new Load(contestant.enough(bench.size().messages()) / 2, KEYS, PAYLOAD_BYTES);
                double one = load.size() / Drain.seconds(bench, contestant, load);
                double all = load.size() / seconds(bench, contestant, load, names, many);
                if (!warmUp) {
                    bench.record(contestant, "1 namespace", "msg/s", one);
                    bench.record(contestant, String.format("%,d namespaces", count), "msg/s", all);
                    bench.record(contestant, "many to one", "x", all / one);
                }
            });
        }
    }

    private static double seconds(Bench bench, Contestant contestant, Load load, List<String> names, Topic many)
            throws Exception {
        many.beginAnew();
        try (Bench.Room room = bench.newRoom()) {
            double seconds;
            try (Deployment deployment = contestant.deploy(room.place())) {
                Drain.fill(deployment, load, key -> names.get(key % names.size()));
                seconds = Drain.seconds(deployment, many, load.size());
            }
            Drain.check(bench, contestant, many, load);
            return seconds;
        }
    }
}
