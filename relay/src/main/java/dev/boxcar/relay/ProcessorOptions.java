package dev.boxcar.relay;

import dev.boxcar.MessageLimits;
import dev.boxcar.OutboxSettings;
import dev.boxcar.RetryPolicy;
import dev.boxcar.RetryPolicy.AfterLastAttempt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the processor works: {@link OutboxSettings} as options, with defaults that fit a process of its own. */
final class ProcessorOptions implements SettingOptions {

    @Option(
            names = "--processor-id",
            paramLabel = "NAME",
            description = "What this relay is called in logs and in 'boxcar status'. "
                    + "Default: host name, process id and four random characters.")
    @Nullable
    String processorId;

    @Option(
            names = "--process-interval",
            paramLabel = "TIME",
            defaultValue = "500ms",
            description =
                    "How long it stays idle before it looks for work. Nobody wakes a relay, so this is the longest "
                            + "delay of a message after a quiet time.")
    Duration processInterval = Duration.ofMillis(500);

    @Option(
            names = "--min-poll-interval",
            paramLabel = "TIME",
            defaultValue = "20ms",
            description = "How soon it looks again after it found work; the pause then grows to --process-interval.")
    Duration minPollInterval = Duration.ofMillis(20);

    @Option(
            names = "--claim-duration",
            paramLabel = "TIME",
            defaultValue = "2s",
            description =
                    "How long claims live without being renewed: a dead relay's work goes on elsewhere after this "
                            + "time and at most one second.")
    Duration claimDuration = OutboxSettings.DEFAULT_CLAIM_DURATION;

    @Option(
            names = "--publish-timeout",
            paramLabel = "TIME",
            description = "How long a publish call may take before the broker counts as unavailable. "
                    + "Default: half of --claim-duration, which is the longest.")
    @Nullable
    Duration publishTimeout;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "The largest number of messages in one publish call. "
                    + "Default: what the destination prefers, such as 500 for Kafka; 20 if it does not mind.")
    @Nullable
    Integer batchSize;

    @Option(
            names = "--max-concurrent-calls",
            paramLabel = "N",
            defaultValue = "64",
            description = "The largest number of publish calls under way at once, for each destination.")
    int maxConcurrentCalls = 64;

    @Option(
            names = "--read-size",
            paramLabel = "N",
            defaultValue = "1000",
            description = "The largest number of messages in one read from the database.")
    int readSize = 1_000;

    @Option(
            names = "--max-in-flight-entries",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many messages are held in memory at most, for each destination.")
    int maxInFlightEntries = 10_000;

    @Option(
            names = "--max-in-flight-bytes",
            paramLabel = "SIZE",
            defaultValue = "64MiB",
            converter = Units.BytesConverter.class,
            description = "How many bytes they may have together, for each destination.")
    long maxInFlightBytes = 64L << 20;

    @Option(
            names = "--settle-delay",
            paramLabel = "TIME",
            defaultValue = "50ms",
            description =
                    "How long acknowledged messages may wait so that one statement deletes more of them; those that wait "
                            + "when the relay dies are sent again.")
    Duration settleDelay = Duration.ofMillis(50);

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many times a message that fails by its own fault is tried.")
    int maxAttempts = RetryPolicy.DEFAULT.maxAttempts();

    @Option(
            names = "--first-retry-delay",
            paramLabel = "TIME",
            defaultValue = "200ms",
            description = "The delay after the first failure; it grows by --retry-multiplier with each further one.")
    Duration firstRetryDelay = RetryPolicy.DEFAULT.firstDelay();

    @Option(
            names = "--max-retry-delay",
            paramLabel = "TIME",
            defaultValue = "1m",
            description = "The longest delay between two attempts.")
    Duration maxRetryDelay = RetryPolicy.DEFAULT.maxDelay();

    @Option(
            names = "--retry-multiplier",
            paramLabel = "X",
            defaultValue = "2",
            description = "By how much the delay grows with each failure.")
    double retryMultiplier = RetryPolicy.DEFAULT.multiplier();

    @Option(
            names = "--retry-jitter",
            paramLabel = "X",
            defaultValue = "0.2",
            description = "The part of the delay that is random, from 0 to 1.")
    double retryJitter = RetryPolicy.DEFAULT.jitter();

    @Option(
            names = "--after-last-attempt",
            paramLabel = "WHAT",
            defaultValue = "dead-letter",
            converter = AfterLastAttemptConverter.class,
            description =
                    "What becomes of a message after its last attempt: dead-letter sets it aside and goes on with the "
                            + "next one of its key; hold-key keeps trying and holds back its key.")
    AfterLastAttempt afterLastAttempt = AfterLastAttempt.DEAD_LETTER;

    @Option(
            names = "--max-payload-bytes",
            paramLabel = "SIZE",
            defaultValue = "8MiB",
            converter = Units.BytesConverter.class,
            description = "The largest payload that writers may write; --max-in-flight-bytes must hold one of them.")
    long maxPayloadBytes = MessageLimits.DEFAULT.maxPayloadBytes();

    @Override
    public String heading() {
        return "Processing";
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException when they contradict each other
     */
    OutboxSettings settings() {
        OutboxSettings.Builder builder = OutboxSettings.builder()
                .processInterval(processInterval)
                .minPollInterval(minPollInterval)
                .claimDuration(claimDuration)
                .maxConcurrentCalls(maxConcurrentCalls)
                .readSize(readSize)
                .maxInFlightEntries(maxInFlightEntries)
                .maxInFlightBytes(maxInFlightBytes)
                .settleDelay(settleDelay)
                .retryPolicy(new RetryPolicy(
                        maxAttempts, firstRetryDelay, maxRetryDelay, retryMultiplier, retryJitter, afterLastAttempt))
                .messageLimits(new MessageLimits(
                        MessageLimits.DEFAULT.maxKeyBytes(),
                        (int) Math.min(maxPayloadBytes, Integer.MAX_VALUE),
                        MessageLimits.DEFAULT.maxHeaderBytes()));
        Integer batch = batchSize;
        if (batch != null) {
            builder.batchSize(batch);
        }
        Duration timeout = publishTimeout;
        if (timeout != null) {
            builder.publishTimeout(timeout);
        }
        return builder.build();
    }

    /** {@code dead-letter} and {@code hold-key}. */
    static final class AfterLastAttemptConverter implements picocli.CommandLine.ITypeConverter<AfterLastAttempt> {
        @Override
        public AfterLastAttempt convert(String value) {
            return switch (value) {
                case "dead-letter" -> AfterLastAttempt.DEAD_LETTER;
                case "hold-key" -> AfterLastAttempt.HOLD_KEY;
                default ->
                    throw new picocli.CommandLine.TypeConversionException(
                            "'" + value + "' is neither dead-letter nor hold-key");
            };
        }
    }
}
