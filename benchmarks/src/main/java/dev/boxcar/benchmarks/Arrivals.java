package dev.boxcar.benchmarks;

import java.util.BitSet;

/** What arrived of a load: whether all of it, and for each key in order once duplicates are dropped. Not for several threads. */
final class Arrivals {

    private final int[] counts;
    private final BitSet[] seen;
    private final int[] last;
    private final boolean inOrder;
    private long duplicates;
    private long unknown;
    private long outOfOrder;

    /**
     * Nothing has arrived.
     *
     * @param countsByKey how many messages each key has
     * @param inOrder whether each key's messages must come in their order
     */
    Arrivals(int[] countsByKey, boolean inOrder) {
        this.counts = countsByKey.clone();
        this.inOrder = inOrder;
        this.last = new int[counts.length];
        this.seen = new BitSet[counts.length];
        for (int key = 0; key < counts.length; key++) {
            seen[key] = new BitSet(counts[key]);
            last[key] = -1;
        }
    }

    /** A message arrived. */
    void arrived(int key, int place) {
        if (key < 0 || key >= counts.length || place < 0 || place >= counts[key]) {
            unknown++;
        } else if (seen[key].get(place)) {
            duplicates++;
        } else {
            seen[key].set(place);
            if (place < last[key]) {
                outOfOrder++;
            }
            last[key] = place;
        }
    }

    /**
     * How many came more than once.
     *
     * @throws IllegalStateException when something is missing, unknown or out of order
     */
    long verdict(String where) {
        long missing = 0;
        for (int key = 0; key < counts.length; key++) {
            missing += counts[key] - seen[key].cardinality();
        }
        if (missing > 0 || unknown > 0 || (inOrder && outOfOrder > 0)) {
            throw new IllegalStateException(
                    where + ": " + missing + " messages missing, " + unknown + " that nobody wrote, " + outOfOrder
                            + " out of order, " + duplicates + " more than once: its figures are worth nothing");
        }
        return duplicates;
    }
}
