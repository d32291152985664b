package dev.boxcar.benchmarks;

import java.time.Duration;
import java.util.List;

/** How fast what is waiting gets out. */
final class DrainScenario implements Scenario {

    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;

    private final List<Contestant> contestants;

    DrainScenario(List<Contestant> contestants) {
        this.contestants = contestants;
    }

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public String purpose() {
        return "waiting messages of 256 bytes, 10,000 keys at random, from the start until all are acknowledged and done with";
    }

    @Override
    public Duration time() {
        return Duration.ofMinutes(3);
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.alternate(contestants, (contestant, warmUp) -> {
            int messages = contestant.enough(bench.size().messages());
            Load load = new Load(messages, KEYS, PAYLOAD_BYTES);
            double rate = load.size() / Drain.seconds(bench, contestant, load);
            if (!warmUp) {
                bench.record(contestant, "drain", "msg/s", rate);
            }
        });
    }
}
