package dev.boxcar.benchmarks;

import dev.boxcar.benchmarks.HostileRun.Disturbance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Whether messages flow as if nothing were there while somebody keeps old row versions alive. Autovacuum is off and the same
 * readers scan the tables at the same pace in all runs, so that the runs differ by the age of the snapshots only.
 */
final class HostileScenario implements Scenario {

    /** The share of what the fastest drains in a second at which messages are written, so that nobody is short of processor time. */
    private static final double PACE = 0.1;

    private static final int LEAST_PER_SECOND = 100;
    private static final int MESSAGES = 400_000;
    private static final int MOST_ROUNDS = 2;

    /** The first is what the others are compared with. */
    private static final List<Disturbance> COMPARED =
            List.of(Disturbance.NONE, Disturbance.OLD_TRANSACTION, Disturbance.OPEN_WRITER);

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
    public Duration time() {
        return Duration.ofSeconds(170);
    }

    @Override
    public void run(Bench bench) throws Exception {
        Duration patience = Duration.ofSeconds(bench.size().quick() ? 5 : 60);
        for (Contestant contestant : contestants) {
            int perSecond = Math.max(LEAST_PER_SECOND, (int) (contestant.enough(200_000) * PACE));
            int messages = contestant.enough(bench.size().messages(MESSAGES));
            bench.say(contestant.name() + ": " + messages + " messages, " + perSecond + " a second");
            bench.warmUp(() ->
                    new HostileRun(contestant, Disturbance.NONE, messages / 10, perSecond, patience).measure(bench));
            // Nothing grows in this kind of run, so it need not last.
            measure(bench, contestant, Disturbance.LARGE_WRITER, messages / 5, perSecond, patience);
            bench.rounds(MOST_ROUNDS, round -> {
                List<Disturbance> order = new ArrayList<>(COMPARED);
                if (round % 2 == 1) {
                    Collections.reverse(order);
                }
                for (Disturbance disturbance : order) {
                    measure(bench, contestant, disturbance, messages, perSecond, patience);
                }
            });
            for (Disturbance disturbance : COMPARED.subList(1, COMPARED.size())) {
                compare(bench, contestant, disturbance);
            }
        }
    }

    private static void measure(
            Bench bench, Contestant contestant, Disturbance disturbance, int messages, int perSecond, Duration patience)
            throws Exception {
        report(
                bench,
                contestant,
                disturbance.label + ": ",
                new HostileRun(contestant, disturbance, messages, perSecond, patience).measure(bench));
    }

    private static void report(Bench bench, Contestant contestant, String label, HostileRun.Outcome outcome) {
        bench.record(contestant, label + "rate", "msg/s", outcome.rate());
        bench.record(contestant, label + "p50", "ms", outcome.delays().millis(0.5));
        bench.record(contestant, label + "p99", "ms", outcome.delays().millis(0.99));
        bench.record(contestant, label + "max", "ms", outcome.delays().millis(1));
        List<HostileRun.Slice> slices = outcome.slices();
        for (int i = 0; i < slices.size(); i++) {
            String step = label + "tenth " + (i + 1) + " of " + slices.size() + ": ";
            bench.record(contestant, step + "p99", "ms", slices.get(i).delays().millis(0.99));
            bench.record(
                    contestant, step + "pages a read", "pages", slices.get(i).pagesOfRead());
        }
        // Of the whole run: the server tells of these up to a second late.
        bench.record(
                contestant,
                label + "index entries",
                "1/msg",
                slices.stream()
                                .mapToDouble(slice -> slice.work().indexEntries())
                                .sum()
                        / slices.stream().mapToInt(HostileRun.Slice::messages).sum());
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
        bench.record(contestant, label + "pages a read", "pages", slice.pagesOfRead());
        bench.record(contestant, label + "read pages", "1/msg", work.readBlocks() / slice.messages());
        bench.record(contestant, label + "all pages", "1/msg", work.blocks() / slice.messages());
        bench.record(contestant, label + "database time", "us/msg", work.millis() * 1_000 / slice.messages());
    }

    private static void compare(Bench bench, Contestant contestant, Disturbance disturbance) {
        String with = disturbance.label + ": ";
        String without = Disturbance.NONE.label + ": ";
        String ratio = disturbance.label + " / undisturbed: ";
        bench.recordRatio(contestant, ratio + "rate", with + "rate", without + "rate");
        bench.recordRatio(contestant, ratio + "1/p50", without + "p50", with + "p50");
        bench.recordRatio(contestant, ratio + "1/p99", without + "p99", with + "p99");
        bench.recordRatio(contestant, ratio + "restart", with + "restart, drain", without + "restart, drain");
        bench.recordRatio(contestant, ratio + "index entries", with + "index entries", without + "index entries");
        // Dead rows gather from the first tenth to the last: who visits them visits more and more.
        for (String work : List.of("read pages", "pages a read")) {
            bench.recordRatio(
                    contestant,
                    disturbance.label + ", last / first tenth: " + work,
                    with + "last tenth, " + work,
                    with + "first tenth, " + work);
        }
    }
}
