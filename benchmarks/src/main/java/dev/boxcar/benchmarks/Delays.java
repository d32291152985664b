package dev.boxcar.benchmarks;

import java.util.Arrays;
import java.util.stream.LongStream;

/** How long each of some messages took. */
final class Delays {

    private final long[] sorted;

    /** Takes times in nanoseconds, at least one. One below zero, of a message that came before its writer was told, is zero. */
    Delays(LongStream nanos) {
        this.sorted = nanos.map(each -> Math.max(0, each)).toArray();
        Arrays.sort(sorted);
    }

    /** What this share of the messages did not exceed, in milliseconds; 1 for the longest delay. */
    double millis(double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, index)] / 1e6;
    }
}
