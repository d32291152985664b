package dev.boxcar.spi;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers about a storage.
 *
 * @param pending how many entries are waiting, counted up to {@link #COUNT_LIMIT}
 * @param pendingEstimate the same as {@code pending} below the limit; beyond it, what the database estimates without counting,
 *     which may be off, and is never less than the limit
 * @param oldestPending how long the first of them has been waiting, or null when there is none
 * @param deadLetters how many dead letters there are, counted up to {@link #COUNT_LIMIT}
 * @param processors the sessions that are alive, by processor id
 */
public record StorageStatus(
        long pending,
        long pendingEstimate,
        @Nullable Duration oldestPending,
        long deadLetters,
        List<ProcessorStatus> processors) {

    /** Nothing is counted further than this, so that a big backlog costs no more than a small one. */
    public static final int COUNT_LIMIT = 10_000;

    /** For storages that cannot estimate: what was counted is all that is known. */
    public StorageStatus(
            long pending, @Nullable Duration oldestPending, long deadLetters, List<ProcessorStatus> processors) {
        this(pending, pending, oldestPending, deadLetters, processors);
    }

    /**
     * One processor.
     *
     * @param processorId its id
     * @param partitions how many partitions it holds
     * @param expiresIn when its claims end unless it renews them
     */
    public record ProcessorStatus(String processorId, int partitions, Duration expiresIn) {}
}
