package dev.boxcar;

import java.time.Duration;
import java.util.Objects;

/**
 * How a processor works. Refuses what cannot work, and says why; never repairs.
 *
 * @param processInterval how long the processor stays idle before it looks for work when nobody wakes it; default 10 s
 * @param minPollInterval how soon it looks again after it found work; the pause then grows to {@code processInterval};
 *     default 20 ms
 * @param claimDuration how long claims live without being renewed: a dead processor's work goes on elsewhere after this
 *     time and at most one second; renewed every third of it; default 2 s
 * @param publishTimeout how long a publish call may take before its entries count as unavailable; nothing is sent when
 *     less than this is left of the claim, so it must fit into half of the claim duration; default half of it
 * @param batchSize the largest number of entries in one publish call; default 20, which gives way to a publisher that
 *     {@linkplain Publisher#preferredBatchSize() prefers more}; any other value is kept
 * @param maxConcurrentCalls the largest number of publish calls under way at once, for each destination; default 64
 * @param readSize the largest number of entries in one read; default 1,000
 * @param maxInFlightEntries how many entries are held in memory at most, for each destination; default 10,000
 * @param maxInFlightBytes how many bytes they may have together, for each destination; default 64 MiB
 * @param settleDelay how long acknowledged entries may wait so that one statement deletes more of them; those that wait when
 *     the process dies are published again; default 50 ms
 * @param retryPolicy what happens to messages that fail
 * @param messageLimits how large messages may be
 */
public record OutboxSettings(
        Duration processInterval,
        Duration minPollInterval,
        Duration claimDuration,
        Duration publishTimeout,
        int batchSize,
        int maxConcurrentCalls,
        int readSize,
        int maxInFlightEntries,
        long maxInFlightBytes,
        Duration settleDelay,
        RetryPolicy retryPolicy,
        MessageLimits messageLimits) {

    /** The default of {@link #processInterval()}. */
    public static final Duration DEFAULT_PROCESS_INTERVAL = Duration.ofSeconds(10);

    /** The default of {@link #claimDuration()}. */
    public static final Duration DEFAULT_CLAIM_DURATION = Duration.ofSeconds(2);

    /** The default of {@link #batchSize()}. */
    public static final int DEFAULT_BATCH_SIZE = 20;

    private static final Duration LONGEST = Duration.ofDays(1);

    /** Checks every setting and how they fit together. */
    public OutboxSettings {
        Objects.requireNonNull(retryPolicy, "retryPolicy");
        Objects.requireNonNull(messageLimits, "messageLimits");
        positive("processInterval", processInterval);
        positive("minPollInterval", minPollInterval);
        positive("claimDuration", claimDuration);
        positive("publishTimeout", publishTimeout);
        positive("batchSize", batchSize);
        positive("maxConcurrentCalls", maxConcurrentCalls);
        positive("readSize", readSize);
        positive("maxInFlightEntries", maxInFlightEntries);
        positive("maxInFlightBytes", maxInFlightBytes);
        Objects.requireNonNull(settleDelay, "settleDelay");
        if (settleDelay.isNegative() || settleDelay.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("settleDelay (" + text(settleDelay) + ") must be from 0 to 1 s");
        }
        if (claimDuration.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("claimDuration (" + text(claimDuration) + ") must be at least 100 ms: "
                    + "it is renewed every third of it, over the network");
        }
        if (minPollInterval.compareTo(processInterval) > 0) {
            throw new IllegalArgumentException("minPollInterval (" + text(minPollInterval)
                    + ") must not exceed processInterval (" + text(processInterval) + ")");
        }
        if (publishTimeout.multipliedBy(2).compareTo(claimDuration) > 0) {
            throw new IllegalArgumentException("claimDuration (" + text(claimDuration)
                    + ") must be at least twice publishTimeout (" + text(publishTimeout)
                    + "): otherwise another processor may take over a message that is still being sent");
        }
        if (batchSize > maxInFlightEntries) {
            throw new IllegalArgumentException(
                    "batchSize (" + batchSize + ") must not exceed maxInFlightEntries (" + maxInFlightEntries + ")");
        }
        if (messageLimits.maxPayloadBytes() > maxInFlightBytes) {
            throw new IllegalArgumentException(
                    "maxInFlightBytes (" + maxInFlightBytes + ") must hold at least one message of "
                            + "messageLimits.maxPayloadBytes (" + messageLimits.maxPayloadBytes() + ")");
        }
    }

    /** The defaults. */
    public static OutboxSettings defaults() {
        return builder().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    private static void positive(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " (" + value.toMillis() + " ms) must be positive");
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " (" + value + ") must not be longer than a day");
        }
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " (" + value + ") must be at least 1");
        }
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** Collects settings; what is not set has its default. Not safe for use by several threads. */
    public static final class Builder {
        private Duration processInterval = DEFAULT_PROCESS_INTERVAL;
        private @org.jspecify.annotations.Nullable Duration minPollInterval;
        private Duration claimDuration = DEFAULT_CLAIM_DURATION;
        private @org.jspecify.annotations.Nullable Duration publishTimeout;
        private int batchSize = DEFAULT_BATCH_SIZE;
        private int maxConcurrentCalls = 64;
        private int readSize = 1_000;
        private int maxInFlightEntries = 10_000;
        private long maxInFlightBytes = 64L * 1024 * 1024;
        private Duration settleDelay = Duration.ofMillis(50);
        private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
        private MessageLimits messageLimits = MessageLimits.DEFAULT;

        private Builder() {}

        /** See {@link OutboxSettings#processInterval()}. */
        public Builder processInterval(Duration value) {
            processInterval = value;
            return this;
        }

        /** See {@link OutboxSettings#minPollInterval()}. */
        public Builder minPollInterval(Duration value) {
            minPollInterval = value;
            return this;
        }

        /** See {@link OutboxSettings#claimDuration()}. */
        public Builder claimDuration(Duration value) {
            claimDuration = value;
            return this;
        }

        /** See {@link OutboxSettings#publishTimeout()}. */
        public Builder publishTimeout(Duration value) {
            publishTimeout = value;
            return this;
        }

        /** See {@link OutboxSettings#batchSize()}. */
        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        /** See {@link OutboxSettings#maxConcurrentCalls()}. */
        public Builder maxConcurrentCalls(int value) {
            maxConcurrentCalls = value;
            return this;
        }

        /** See {@link OutboxSettings#readSize()}. */
        public Builder readSize(int value) {
            readSize = value;
            return this;
        }

        /** See {@link OutboxSettings#maxInFlightEntries()}. */
        public Builder maxInFlightEntries(int value) {
            maxInFlightEntries = value;
            return this;
        }

        /** See {@link OutboxSettings#maxInFlightBytes()}. */
        public Builder maxInFlightBytes(long value) {
            maxInFlightBytes = value;
            return this;
        }

        /** See {@link OutboxSettings#settleDelay()}. */
        public Builder settleDelay(Duration value) {
            settleDelay = value;
            return this;
        }

        /** See {@link OutboxSettings#retryPolicy()}. */
        public Builder retryPolicy(RetryPolicy value) {
            retryPolicy = value;
            return this;
        }

        /** See {@link OutboxSettings#messageLimits()}. */
        public Builder messageLimits(MessageLimits value) {
            messageLimits = value;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException naming the setting, its value and why it cannot work
         */
        public OutboxSettings build() {
            Objects.requireNonNull(processInterval, "processInterval");
            Objects.requireNonNull(claimDuration, "claimDuration");
            Duration poll = minPollInterval != null
                    ? minPollInterval
                    : processInterval.compareTo(Duration.ofMillis(20)) < 0 ? processInterval : Duration.ofMillis(20);
            Duration timeout = publishTimeout != null ? publishTimeout : claimDuration.dividedBy(2);
            return new OutboxSettings(
                    processInterval,
                    poll,
                    claimDuration,
                    timeout,
                    batchSize,
                    maxConcurrentCalls,
                    readSize,
                    maxInFlightEntries,
                    maxInFlightBytes,
                    settleDelay,
                    retryPolicy,
                    messageLimits);
        }
    }
}
