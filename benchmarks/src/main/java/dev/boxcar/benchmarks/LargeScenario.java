package dev.boxcar.benchmarks;

import dev.boxcar.OutboxSettings;
import java.time.Duration;
import java.util.List;

/** How fast large payloads get out, and how much memory they take on their way. */
final class LargeScenario implements Scenario {

    private static final int KEYS = 1_000;
    private static final int PAYLOAD_BYTES = 100 * 1024;
    private static final double MIB = 1024 * 1024;

    /** All contestants that tell how much they hold in memory have this limit. */
    private static final long MOST_IN_FLIGHT = OutboxSettings.defaults().maxInFlightBytes();

    private final List<Contestant> contestants;

    LargeScenario(List<Contestant> contestants) {
        this.contestants = contestants;
    }

    @Override
    public String name() {
        return "large";
    }

    @Override
    public String purpose() {
        return "as drain, with payloads of 100 KiB, and what is held in memory meanwhile";
    }

    @Override
    public Duration time() {
        return Duration.ofSeconds(50);
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.alternateAtMost(3, contestants, (contestant, warmUp) -> {
            int messages = Math.max(20, contestant.enough(bench.size().messages()) / 200);
            Load load = new Load(messages, KEYS, PAYLOAD_BYTES);
            try (Bench.Room room = bench.newRoom()) {
                try (Deployment deployment = contestant.deploy(room.place())) {
                    Drain.fill(deployment, load, 0, load.size(), 20);
                    MemoryWatch memory = new MemoryWatch(deployment);
                    double seconds;
                    try (memory) {
                        seconds = Drain.seconds(deployment, room.topic(), load.size());
                    }
                    if (memory.mostInFlight() > MOST_IN_FLIGHT) {
                        throw new IllegalStateException(contestant.name() + " held " + memory.mostInFlight()
                                + " bytes in memory, more than the limit of " + MOST_IN_FLIGHT);
                    }
                    if (!warmUp) {
                        double bytes = (double) load.size() * PAYLOAD_BYTES;
                        bench.record(contestant, "100 KiB", "MiB/s", bytes / MIB / seconds);
                        if (memory.mostInFlight() >= 0) {
                            bench.record(contestant, "in flight, most", "MiB", memory.mostInFlight() / MIB);
                        }
                        if (memory.mostHeap() > 0) {
                            bench.record(contestant, "heap, most after a GC", "MiB", memory.mostHeap() / MIB);
                        }
                    }
                }
                Drain.check(bench, contestant, room.topic(), load);
            }
        });
    }
}
