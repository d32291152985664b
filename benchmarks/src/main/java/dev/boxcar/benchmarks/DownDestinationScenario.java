package dev.boxcar.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether one destination notices that another one is down, with many entries waiting for it. */
final class DownDestinationScenario implements Scenario {

    private static final int MOST_ROUNDS = 2;

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
    public void run(Bench bench) throws Exception {
        int messages = bench.size().messages();
        int waiting = messages * (bench.size().quick() ? 1 : 5);
        bench.say(waiting + " entries wait for the destination that is down, " + messages + " for the other one");
        new DownDestinationRun(0, messages / 4).measure(bench); // warm-up
        Map<String, List<Double>> without = new LinkedHashMap<>();
        Map<String, List<Double>> with = new LinkedHashMap<>();
        for (int round = 0; round < Math.min(MOST_ROUNDS, bench.size().rounds()); round++) {
            keep(bench, "without: ", new DownDestinationRun(0, messages).measure(bench), without);
            keep(bench, "with: ", new DownDestinationRun(waiting, messages).measure(bench), with);
        }
        ratio(bench, "drain", with, without);
        ratio(bench, "most", with, without);
        ratio(bench, "p50", without, with);
        ratio(bench, "p99", without, with);
    }

    private static void keep(
            Bench bench, String label, DownDestinationRun.Outcome outcome, Map<String, List<Double>> kept) {
        keep(bench, label, "first after start", "ms", outcome.firstMillis(), kept);
        keep(bench, label, "drain", "msg/s", outcome.drainRate(), kept);
        keep(bench, label, "p50", "ms", outcome.delays().millis(0.5), kept);
        keep(bench, label, "p99", "ms", outcome.delays().millis(0.99), kept);
        keep(bench, label, "max", "ms", outcome.delays().millis(1), kept);
        keep(bench, label, "most", "msg/s", outcome.mostRate(), kept);
    }

    private static void keep(
            Bench bench, String label, String metric, String unit, double value, Map<String, List<Double>> kept) {
        bench.record(BoxcarContestant.DEFAULT, label + metric, unit, value);
        kept.computeIfAbsent(metric, name -> new ArrayList<>()).add(value);
    }

    private static void ratio(
            Bench bench, String metric, Map<String, List<Double>> above, Map<String, List<Double>> below) {
        double ratio = Report.median(above.getOrDefault(metric, List.of()))
                / Report.median(below.getOrDefault(metric, List.of()));
        bench.record(BoxcarContestant.DEFAULT, "with as good as without: " + metric, "x", ratio);
    }
}
