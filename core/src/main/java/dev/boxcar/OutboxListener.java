package dev.boxcar;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Told of everything that happens, for metrics, logs and tests. All methods do nothing by default.
 *
 * <p>Except for {@link #messagesWritten}, which runs in the writer's thread, the methods are called by the processor's
 * thread: they must return quickly and must not block. One that throws is logged once and changes nothing.
 */
public interface OutboxListener {

    /** Messages were written into a transaction, which may still roll back. */
    default void messagesWritten(OutboxContext context, List<Message> messages) {}

    /** Processing began, in the background or by hand. */
    default void started(String processorId) {}

    /** Processing ended. */
    default void stopped(String processorId) {}

    /**
     * Claims were taken.
     *
     * @param partitions how many
     * @param takenOver how many of them had an owner that died
     */
    default void claimsAcquired(int partitions, int takenOver) {}

    /** Claims were given back on purpose: to share the work, or at the end. */
    default void claimsReleased(int partitions) {}

    /** Claims ran out or were taken away; what is under way for them may be published by another processor too. */
    default void claimsLost(int partitions) {}

    /**
     * Entries were acknowledged by their destination.
     *
     * @param destination its name
     * @param entries the entries
     * @param callTime how long the publish call took
     */
    default void published(String destination, List<ClaimedEntry> entries, Duration callTime) {}

    /** Acknowledged entries were deleted from the storage, or written down as failed. */
    default void settled(int entries) {}

    /** An attempt failed by the message's own fault; there will be another one. */
    default void retryScheduled(ClaimedEntry entry, String reason, Duration delay) {}

    /** An entry was given up and goes to the dead letters. */
    default void deadLettered(ClaimedEntry entry, String reason) {}

    /** An entry has used up its attempts and now holds back its key, as the retry policy wants. */
    default void keyHeld(ClaimedEntry entry, String reason) {}

    /** A destination cannot be reached; it is probed with back-off until it can. Told once, not for every probe. */
    default void destinationUnavailable(String destination, String reason) {}

    /** A destination can be reached again. */
    default void destinationAvailable(String destination, Duration outage) {}

    /** A namespace was paused. */
    default void namespacePaused(String namespace) {}

    /** A namespace was resumed. */
    default void namespaceResumed(String namespace) {}

    /** The storage failed; told once until it works again. */
    default void storageFailed(String operation, Throwable cause) {}

    /** The storage works again. */
    default void storageRecovered(@Nullable Duration outage) {}
}
