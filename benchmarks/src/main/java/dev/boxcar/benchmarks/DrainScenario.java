package dev.boxcar.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** How fast what is waiting gets out. */
final class DrainScenario implements Scenario {

    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;
    private static final int WRITTEN_AT_ONCE = 1_000;

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
    public void run(Bench bench) throws Exception {
        bench.alternate(contestants, (contestant, warmUp) -> {
            int messages = contestant.enough(bench.size().messages());
            Load load = new Load(messages, KEYS, PAYLOAD_BYTES);
            double rate = drain(bench, contestant, load);
            if (!warmUp) {
                bench.record(contestant, "drain", "msg/s", rate);
            }
        });
    }

    private static double drain(Bench bench, Contestant contestant, Load load) throws Exception {
        try (Bench.Room room = bench.newRoom()) {
            long nanos;
            try (Deployment deployment = contestant.deploy(room.place())) {
                fill(deployment, load);
                long start = System.nanoTime();
                deployment.start();
                awaitDone(deployment, room.topic(), load.size());
                nanos = System.nanoTime() - start;
            }
            room.topic().check(load, contestant.keepsOrder());
            return load.size() / (nanos / 1e9);
        }
    }

    static void fill(Deployment deployment, Load load) throws Exception {
        for (int from = 0; from < load.size(); from += WRITTEN_AT_ONCE) {
            deployment.write(Deployment.Business.NONE, load.items(from, Math.min(load.size(), from + WRITTEN_AT_ONCE)));
        }
    }

    /** Until all is in Kafka and the contestant is done with it. */
    static void awaitDone(Deployment deployment, Topic topic, long messages) throws TimeoutException {
        long giveUp = System.nanoTime() + Bench.LONGEST_RUN.toNanos();
        while ((deployment.done() >= 0 && deployment.done() < messages) || topic.arrived() < messages) {
            if (System.nanoTime() > giveUp) {
                throw new TimeoutException("after " + Bench.LONGEST_RUN + ", " + topic.arrived() + " of " + messages
                        + " messages have arrived and " + deployment.done() + " are done");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }
}
