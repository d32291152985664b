package dev.boxcar.benchmarks;

import java.time.Duration;
import java.util.List;

/** How fast a single key gets out, whose messages all have to keep their order. */
final class HotKeyScenario implements Scenario {

    private static final int PAYLOAD_BYTES = 256;

    private final List<Contestant> contestants;

    HotKeyScenario(List<Contestant> contestants) {
        this.contestants = contestants;
    }

    @Override
    public String name() {
        return "hot-key";
    }

    @Override
    public String purpose() {
        return "as drain, with all messages under one key, and so in one partition of the topic";
    }

    @Override
    public Duration time() {
        return Duration.ofMinutes(1);
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.alternateAtMost(3, contestants, (contestant, warmUp) -> {
            Load load = new Load(contestant.enough(bench.size().messages()) / 2, 1, PAYLOAD_BYTES);
            double rate = load.size() / Drain.seconds(bench, contestant, load);
            if (!warmUp) {
                bench.record(contestant, "one key", "msg/s", rate);
            }
        });
    }
}
