package dev.boxcar.benchmarks;

import dev.boxcar.benchmarks.HostileRun.Disturbance;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Whether messages flow as if nothing were there while somebody keeps old row versions alive. Autovacuum is off and the same
 * readers scan the tables at the same pace in all runs, so that the runs differ by the age of the snapshots only.
 */
final class HostileScenario implements Scenario {

    /** The share of what the fastest drains in a second at which messages are written, so that nobody is short of processor time. */
    private static final double PACE = 0.1;

    private static final int LEAST_PER_SECOND = 100;

    private final List<Contestant> contestants;

    HostileScenario(List<Contestant> contestants) {
        this.contestants = contestants;
    }

    @Override
    public String name() {
        return "hostile";
    }

    @Override
    public String purpose() {
        return "messages at a steady pace while a transaction stays open (one that never touched the outbox, then one that wrote to "
                + "it) and four REPEATABLE READ readers scan; autovacuum off. Undisturbed: the same readers without old snapshots";
    }

    @Override
    public void run(Bench bench) throws Exception {
        Duration patience = Duration.ofSeconds(bench.size().quick() ? 5 : 60);
        for (Contestant contestant : contestants) {
            int perSecond = Math.max(LEAST_PER_SECOND, (int) (contestant.enough(200_000) * PACE));
            int messages =
                    contestant.enough(bench.size().messages()) * (bench.size().quick() ? 1 : 10);
            bench.say(contestant.name() + " (" + contestant.setup() + "): " + messages + " messages, " + perSecond
                    + " a second");
            new HostileRun(contestant, Disturbance.NONE, messages / 10, perSecond, patience).measure(bench); // warm-up
            Map<Disturbance, HostileRun.Outcome> outcomes = new EnumMap<>(Disturbance.class);
            for (Disturbance disturbance : Disturbance.values()) {
                // Nothing grows in the last kind of run, so it need not last.
                int enough = disturbance == Disturbance.LARGE_WRITER ? messages / 5 : messages;
                HostileRun.Outcome outcome =
                        new HostileRun(contestant, disturbance, enough, perSecond, patience).measure(bench);
                outcomes.put(disturbance, outcome);
                report(bench, contestant, disturbance.label + ": ", outcome);
            }
            compare(bench, contestant, outcomes);
        }
    }

    private static void report(Bench bench, Contestant contestant, String label, HostileRun.Outcome outcome) {
        bench.record(contestant, label + "rate", "msg/s", outcome.rate());
        bench.record(contestant, label + "p50", "ms", outcome.delays().millis(0.5));
        bench.record(contestant, label + "p99", "ms", outcome.delays().millis(0.99));
        bench.record(contestant, label + "max", "ms", outcome.delays().millis(1));
        List<HostileRun.Slice> slices = outcome.slices();
        report(bench, contestant, label + "first tenth, ", slices.get(0));
        report(bench, contestant, label + "last tenth, ", slices.get(slices.size() - 1));
        bench.record(contestant, label + "restart, first", "ms", outcome.restartMillis());
        bench.record(contestant, label + "restart, drain", "msg/s", outcome.restartRate());
        bench.record(contestant, label + "last commit", "ms", outcome.lastCommitMillis());
    }

    private static void report(Bench bench, Contestant contestant, String label, HostileRun.Slice slice) {
        DatabaseWork work = slice.work();
        bench.record(contestant, label + "rate", "msg/s", slice.rate());
        bench.record(contestant, label + "p99", "ms", slice.delays().millis(0.99));
        bench.record(contestant, label + "pages a read", "pages", work.readBlocks() / Math.max(1, work.reads()));
        bench.record(contestant, label + "read pages", "1/msg", work.readBlocks() / slice.messages());
        bench.record(contestant, label + "all pages", "1/msg", work.blocks() / slice.messages());
        bench.record(contestant, label + "index entries", "1/msg", work.indexEntries() / slice.messages());
        bench.record(contestant, label + "database time", "us/msg", work.millis() * 1_000 / slice.messages());
    }

    private static void compare(Bench bench, Contestant contestant, Map<Disturbance, HostileRun.Outcome> outcomes) {
        HostileRun.Outcome base = outcomes.remove(Disturbance.NONE);
        if (base == null) {
            throw new IllegalStateException("nothing to compare with");
        }
        outcomes.forEach((disturbance, outcome) -> {
            String label = disturbance.label + " / undisturbed: ";
            bench.record(contestant, label + "rate", "x", outcome.rate() / base.rate());
            bench.record(
                    contestant,
                    label + "1/p50",
                    "x",
                    base.delays().millis(0.5) / outcome.delays().millis(0.5));
            bench.record(
                    contestant,
                    label + "1/p99",
                    "x",
                    base.delays().millis(0.99) / outcome.delays().millis(0.99));
            bench.record(contestant, label + "restart", "x", outcome.restartRate() / base.restartRate());
        });
    }
}
