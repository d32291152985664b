package dev.boxcar.internal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** A pause that doubles with each failure, from a first to a longest one, a fifth of it random. */
final class Backoff {

    private final long first;
    private final long longest;
    private final RandomGenerator random;
    private long pause;

    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first.toNanos();
        this.longest = longest.toNanos();
        this.random = random;
    }

    /** The pause after one more failure, in nanoseconds. */
    long next() {
        pause = pause == 0 ? first : Math.min(longest, pause * 2);
        return pause - (long) (pause * 0.2 * random.nextDouble());
    }

    void reset() {
        pause = 0;
    }
}
