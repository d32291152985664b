package dev.boxcar.benchmarks;

import java.util.Arrays;
import java.util.stream.LongStream;

/** Measured times, in order of size. */
final class Quantiles {

    private final long[] sorted;

    /** Takes times in nanoseconds, at least one. */
    Quantiles(LongStream nanos) {
        this.sorted = nanos.toArray();
        Arrays.sort(sorted);
    }

    /** The time in milliseconds that this share of all does not exceed: 0.5 for the median, 1 for the longest. */
    double millis(double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, index)] / 1e6;
    }
}
