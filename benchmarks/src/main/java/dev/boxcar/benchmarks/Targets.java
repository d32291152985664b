package dev.boxcar.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What Boxcar is to reach, each target beside the row of a table that tells whether it does. */
final class Targets {

    /**
     * A target.
     *
     * @param scenario of the row that it stands beside
     * @param contestant of that row
     * @param above whose median counts
     * @param below by whose median it is divided; null if by none
     * @param atLeast whether more is better
     */
    private record Target(
            String scenario,
            String contestant,
            String metric,
            String above,
            @Nullable String below,
            boolean atLeast,
            double bound) {}

    /**
     * How a target was met.
     *
     * @param text for example {@code to limit: target >= 0.80, reached 0.28}
     */
    record Verdict(boolean met, String text) {}

    private static final String TUNED = "boxcar-tuned";
    private static final String DEFAULT = "boxcar-default";
    private static final String LIMIT = "limit";
    private static final List<Target> ALL = all();

    private Targets() {}

    private static List<Target> all() {
        List<Target> all = new ArrayList<>();
        all.add(ratio("drain", TUNED, "drain", LIMIT, true, 0.8));
        all.add(ratio("drain", DEFAULT, "drain", LIMIT, true, 0.4));
        all.add(times("gruelbox", 50));
        all.add(times("namastack", 50));
        all.add(times("debezium", 10));
        all.add(ratio("databases", "boxcar-mariadb", "drain", LIMIT, true, 0.4));
        all.add(value("steady", DEFAULT, "1,000/s: p50", false, 3));
        all.add(value("steady", DEFAULT, "1,000/s: p99", false, 20));
        all.add(value("steady", "boxcar-polling", "1,000/s: p50", false, 10));
        all.add(value("steady", "boxcar-polling", "1,000/s: looks", false, 100));
        all.add(ratio("writer", DEFAULT, "1 message, threads: 1", "hand-written", false, 1.1));
        all.add(ratio("writer", DEFAULT, "1 message, threads: 4", "hand-written", false, 1.1));
        all.add(value("writer", DEFAULT, "500 messages, to best by hand", true, 0.7));
        for (String disturbance : List.of("old transaction", "open writer")) {
            all.add(value("hostile", DEFAULT, disturbance + " / undisturbed: rate", true, 0.95));
            all.add(value("hostile", DEFAULT, disturbance + " / undisturbed: 1/p99", true, 0.95));
            all.add(value("hostile", DEFAULT, disturbance + ", last / first tenth: read pages", false, 1.1));
        }
        for (String metric : List.of("drain", "most", "p99")) {
            all.add(value("down-destination", DEFAULT, "with as good as without: " + metric, true, 0.95));
        }
        all.add(value("backlog", DEFAULT, "last part / first part", true, 0.9));
        all.add(value("backlog", DEFAULT, "last part / fastest part", true, 0.9));
        all.add(value("backlog", DEFAULT, "heap, last half / first half", false, 1.1));
        all.add(value("backlog", DEFAULT, "least heap, last half / first half", false, 1.1));
        all.add(value("hot-key", TUNED, "one key", true, 50_000));
        for (int processors : List.of(2, 4, 8)) {
            String half = processors + " processors / half of them";
            all.add(value("scale-out", DEFAULT, half, true, 0.85));
            all.add(value("scale-out", DEFAULT, half + ScaleOutScenario.SECOND_HALF, true, 0.85));
        }
        for (String event : List.of("one more", "one closed", "one killed")) {
            all.add(value("scale-out", DEFAULT, event + ": longest delay", false, 2_000));
        }
        all.add(value("cost", DEFAULT, "write 1, deliver: WAL - payload", false, 1_024));
        all.add(value("cost", DEFAULT, "idle: statements", false, 2));
        all.add(value("large", TUNED, "in flight, most", false, 64));
        all.add(value("large", DEFAULT, "in flight, most", false, 64));
        return List.copyOf(all);
    }

    private static Target value(String scenario, String contestant, String metric, boolean atLeast, double bound) {
        return new Target(scenario, contestant, metric, contestant, null, atLeast, bound);
    }

    private static Target ratio(
            String scenario, String contestant, String metric, String below, boolean atLeast, double bound) {
        return new Target(scenario, contestant, metric, contestant, below, atLeast, bound);
    }

    /** A peer is to be slower than Boxcar by this factor. */
    private static Target times(String peer, double bound) {
        return new Target("drain", peer, "drain", TUNED, peer, true, bound);
    }

    /** Whether the target beside a row is met, if there is one and all that it needs was measured. */
    static Optional<Verdict> of(Row row, List<Row> all) {
        return ALL.stream()
                .filter(target -> row.is(target.scenario, target.contestant, target.metric))
                .map(target -> verdict(target, all))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Verdict> verdict(Target target, List<Row> all) {
        double above = median(target, target.above, all);
        double below = target.below == null ? 1 : median(target, target.below, all);
        double reached = above / below;
        if (!Double.isFinite(reached)) {
            return Optional.empty();
        }
        String of = target.below == null
                ? ""
                : target.above.equals(target.contestant) ? "to " + target.below + ": " : target.above + " to this: ";
        boolean met = target.atLeast ? reached >= target.bound : reached <= target.bound;
        return Optional.of(new Verdict(
                met,
                of + "target " + (target.atLeast ? ">= " : "<= ") + number(target.bound) + ", reached "
                        + number(reached) + (met ? "" : " (missed)")));
    }

    private static double median(Target target, String contestant, List<Row> all) {
        return all.stream()
                .filter(row -> row.is(target.scenario, contestant, target.metric))
                .mapToDouble(Row::median)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 1_000 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
