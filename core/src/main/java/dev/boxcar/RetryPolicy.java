package dev.boxcar;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How often and when an entry whose message failed is tried again: exponential back-off with jitter and a cap.
 *
 * <p>Only failures of the message itself count. A destination that cannot be reached uses up no attempt.
 *
 * @param maxAttempts how many times a message is tried before {@link #afterLastAttempt()} applies; at least 1; default 10
 * @param firstDelay the delay after the first failure; default 200 ms
 * @param maxDelay the longest delay; default 1 minute
 * @param multiplier by how much the delay grows with each failure; at least 1; default 2
 * @param jitter the part of the delay that is random, from 0 to 1; default 0.2: a delay of 10 s becomes 8 to 10 s
 * @param afterLastAttempt what happens after the last attempt; default {@link AfterLastAttempt#DEAD_LETTER}
 */
public record RetryPolicy(
        int maxAttempts,
        Duration firstDelay,
        Duration maxDelay,
        double multiplier,
        double jitter,
        AfterLastAttempt afterLastAttempt) {

    /** What happens to an entry after its last attempt, or after a failure that no attempt can mend. */
    public enum AfterLastAttempt {
        /** The entry moves to the dead letters, and the next one of its key goes on. */
        DEAD_LETTER,
        /**
         * The entry stays and is tried again every {@link RetryPolicy#maxDelay()}; nothing of its key overtakes it until
         * it was published or an operator buried it. With this policy a call holds no more than one entry of a key.
         */
        HOLD_KEY
    }

    /** The defaults. */
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(10, Duration.ofMillis(200), Duration.ofMinutes(1), 2.0, 0.2, AfterLastAttempt.DEAD_LETTER);

    /** Checks the settings. */
    public RetryPolicy {
        Objects.requireNonNull(firstDelay, "firstDelay");
        Objects.requireNonNull(maxDelay, "maxDelay");
        Objects.requireNonNull(afterLastAttempt, "afterLastAttempt");
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts (" + maxAttempts + ") must be at least 1");
        }
        if (firstDelay.isNegative() || firstDelay.isZero()) {
            throw new IllegalArgumentException("firstDelay (" + firstDelay + ") must be positive");
        }
        if (maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException(
                    "maxDelay (" + maxDelay + ") must not be shorter than firstDelay (" + firstDelay + ")");
        }
        if (maxDelay.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException("maxDelay (" + maxDelay + ") must not be longer than 30 days");
        }
        if (!(multiplier >= 1.0 && multiplier <= 100.0)) {
            throw new IllegalArgumentException("multiplier (" + multiplier + ") must be from 1 to 100");
        }
        if (!(jitter >= 0.0 && jitter <= 1.0)) {
            throw new IllegalArgumentException("jitter (" + jitter + ") must be from 0 to 1");
        }
    }

    /** This policy with another number of attempts. */
    public RetryPolicy withMaxAttempts(int attempts) {
        return new RetryPolicy(attempts, firstDelay, maxDelay, multiplier, jitter, afterLastAttempt);
    }

    /** This policy with other delays. */
    public RetryPolicy withDelays(Duration first, Duration max) {
        return new RetryPolicy(maxAttempts, first, max, multiplier, jitter, afterLastAttempt);
    }

    /** This policy with another random part; 0 makes the delays exact. */
    public RetryPolicy withJitter(double part) {
        return new RetryPolicy(maxAttempts, firstDelay, maxDelay, multiplier, part, afterLastAttempt);
    }

    /** This policy with another end. */
    public RetryPolicy withAfterLastAttempt(AfterLastAttempt end) {
        return new RetryPolicy(maxAttempts, firstDelay, maxDelay, multiplier, jitter, end);
    }

    /**
     * The delay after the {@code failures}-th failure.
     *
     * @param failures how many attempts have failed, at least 1
     * @param random where the jitter comes from
     */
    public Duration delayAfter(int failures, RandomGenerator random) {
        double full = (double) firstDelay.toMillis() * Math.pow(multiplier, Math.max(0, failures - 1));
        double capped = Math.min(full, (double) maxDelay.toMillis());
        return Duration.ofMillis(Math.max(1, Math.round(capped * (1 - jitter * random.nextDouble()))));
    }
}
