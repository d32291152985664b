package dev.boxcar.benchmarks;

import java.time.Duration;
import java.util.List;

/** Whether one destination notices that another one is down, with many entries waiting for it. */
final class DownDestinationScenario implements Scenario {

    private static final int MOST_ROUNDS = 2;
    private static final String WITH = "with: ";
    private static final String WITHOUT = "without: ";

    /** For the destination that is down. */
    private static final int WAITING = 1_000_000;

    /** For the other one at most, and at least if there are so many. */
    private static final int MESSAGES = 200_000;

    private static final int LEAST = 40_000;

    @Override
    public String name() {
        return "down-destination";
    }

    @Override
    public String purpose() {
        return "one destination works, another one has an address where nobody listens and entries waiting for it; beside that the "
                + "same processor when nothing waits for the other one";
    }

    @Override
    public Duration time() {
        return Duration.ofMinutes(2);
    }

    @Override
    public void run(Bench bench) throws Exception {
        int waiting = bench.size().messages(WAITING);
        int messages = Math.min(MESSAGES, Math.max(waiting / 5, Math.min(waiting, LEAST)));
        bench.say(waiting + " entries wait for the destination that is down, " + messages + " for the other one");
        bench.warmUp(() -> new DownDestinationRun(0, messages / 4).measure(bench));
        bench.rounds(MOST_ROUNDS, round -> {
            // In turn, so that nobody is always the second.
            boolean withFirst = round % 2 == 1;
            record(bench, withFirst, new DownDestinationRun(withFirst ? waiting : 0, messages).measure(bench));
            record(bench, !withFirst, new DownDestinationRun(withFirst ? 0 : waiting, messages).measure(bench));
        });
        for (String more : List.of("drain", "most")) {
            ratio(bench, more, WITH + more, WITHOUT + more);
        }
        for (String less : List.of("p50", "p99")) {
            ratio(bench, less, WITHOUT + less, WITH + less);
        }
    }

    private static void record(Bench bench, boolean with, DownDestinationRun.Outcome outcome) {
        String label = with ? WITH : WITHOUT;
        record(bench, label + "first after start", "ms", outcome.firstMillis());
        record(bench, label + "drain", "msg/s", outcome.drainRate());
        record(bench, label + "p50", "ms", outcome.delays().millis(0.5));
        record(bench, label + "p99", "ms", outcome.delays().millis(0.99));
        record(bench, label + "max", "ms", outcome.delays().millis(1));
        record(bench, label + "most", "msg/s", outcome.mostRate());
    }

    private static void record(Bench bench, String metric, String unit, double value) {
        bench.record(BoxcarContestant.DEFAULT, metric, unit, value);
    }

    private static void ratio(Bench bench, String metric, String above, String below) {
        bench.recordRatio(BoxcarContestant.DEFAULT, "with as good as without: " + metric, above, below);
    }
}
