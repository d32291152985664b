package dev.boxcar.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What writing a message costs a business transaction. The contestants take turns several times a second, because a
 * disk's mood changes from one second to the next.
 */
final class WriterScenario implements Scenario {

    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;
    private static final int BULK = 500;
    private static final int TURNS = 16;
    private static final int ROUNDS = 2;

    /** What the slow ones have written must be delivered in the end: they write many at once less often. */
    private static final int SLOW_TURNS = 4;

    private static final List<Integer> THREADS = List.of(1, 4);

    /** The first is what all are compared with. */
    private static final List<HandWritten> BY_HAND =
            List.of(HandWritten.INSERT, HandWritten.INSERT_PLAIN, HandWritten.NOTHING);

    private final List<Contestant> contestants;

    /** Measures these beside what is written by hand. */
    WriterScenario(List<Contestant> contestants) {
        this.contestants = contestants;
    }

    @Override
    public String name() {
        return "writer";
    }

    @Override
    public String purpose() {
        return "a business transaction that writes one message, and one that writes " + BULK
                + ", beside an INSERT by hand; nothing is delivered meanwhile";
    }

    @Override
    public void run(Bench bench) throws Exception {
        List<TransactionTimes> all = new ArrayList<>();
        try {
            for (Contestant contestant : BY_HAND) {
                all.add(deployed(bench, contestant));
            }
            for (Contestant contestant : contestants) {
                all.add(deployed(bench, contestant));
            }
            for (int round = 0; round < rounds(bench); round++) {
                round(bench, all, round == 0 && !bench.size().tiny());
            }
            for (TransactionTimes each : all) {
                if (each.contestant() instanceof HandWritten byHand) {
                    each.check(byHand == HandWritten.NOTHING ? 0 : messages(bench, byHand));
                } else {
                    each.deliver(bench);
                }
            }
        } finally {
            for (TransactionTimes each : all) {
                each.close();
            }
        }
    }

    private static void round(Bench bench, List<TransactionTimes> all, boolean warmUp) throws Exception {
        for (int threads : THREADS) {
            for (int turn = 0; turn < TURNS; turn++) {
                for (TransactionTimes each : inOrder(all, turn)) {
                    each.single(singles(bench), threads);
                }
            }
            for (TransactionTimes each : all) {
                double millis = each.take().millis(0.5);
                if (!warmUp) {
                    bench.record(each.contestant(), "1 message, threads: " + threads, "ms/tx", millis);
                }
            }
        }
        for (int turn = 0; turn < TURNS; turn++) {
            for (TransactionTimes each : inOrder(all, turn)) {
                if (turn < bulkTurns(bench, each.contestant())) {
                    each.bulk(bulks(bench, each.contestant()), BULK);
                }
            }
        }
        Map<Contestant, Double> rates = new HashMap<>();
        for (TransactionTimes each : all) {
            rates.put(each.contestant(), BULK / each.take().millis(0.5) * 1_000);
        }
        double base = Math.max(
                rates.getOrDefault(HandWritten.INSERT, 0.0), rates.getOrDefault(HandWritten.INSERT_PLAIN, 0.0));
        for (TransactionTimes each : all) {
            if (!warmUp && each.contestant() != HandWritten.NOTHING) {
                double rate = rates.getOrDefault(each.contestant(), Double.NaN);
                bench.record(each.contestant(), BULK + " messages", "msg/s", rate);
                bench.record(each.contestant(), BULK + " messages, to best by hand", "x", rate / base);
            }
        }
    }

    /** Forwards and backwards, so that nobody always comes after the same one. */
    private static List<TransactionTimes> inOrder(List<TransactionTimes> all, int turn) {
        List<TransactionTimes> order = new ArrayList<>(all);
        if (turn % 2 == 1) {
            Collections.reverse(order);
        }
        return order;
    }

    private static TransactionTimes deployed(Bench bench, Contestant contestant) throws Exception {
        return new TransactionTimes(
                bench.newRoom(contestant), contestant, new Load(messages(bench, contestant), KEYS, PAYLOAD_BYTES));
    }

    private static int rounds(Bench bench) {
        return Math.min(ROUNDS, bench.size().rounds()) + (bench.size().tiny() ? 0 : 1);
    }

    /** Transactions of one message in a turn. */
    private static int singles(Bench bench) {
        return Math.max(5, Math.min(50, bench.size().messages() / 4_000));
    }

    private static int bulkTurns(Bench bench, Contestant contestant) {
        int messages = bench.size().messages();
        return contestant.enough(messages) * 8 < messages ? SLOW_TURNS : TURNS;
    }

    /** Transactions of many messages in a turn. */
    private static int bulks(Bench bench, Contestant contestant) {
        return Math.max(1, contestant.enough(bench.size().messages()) / 160_000);
    }

    /** All that is written in a run. */
    private static int messages(Bench bench, Contestant contestant) {
        return rounds(bench)
                * (TURNS * THREADS.size() * singles(bench)
                        + bulkTurns(bench, contestant) * bulks(bench, contestant) * BULK);
    }
}
