package dev.boxcar;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A destination that entries are published to: a broker, a web hook, a log.
 *
 * <p>Called by the processor, possibly with many calls under way at once, so it must be safe for use by several threads.
 * The processor never has two calls under way that hold entries of the same key. The application creates a publisher and
 * closes it, after the {@link Outbox}.
 */
@FunctionalInterface
public interface Publisher {

    /** The name of the destination when a publisher has only one. */
    String DEFAULT_DESTINATION = "default";

    /**
     * Starts to publish these entries and returns without waiting for the acknowledgement.
     *
     * <p>The stage completes with one result for each entry. A result {@link PublishResult.Sent} means that the
     * destination has acknowledged the message durably: the entry is deleted. An entry without a result counts as not
     * sent. A stage that completes exceptionally, or a call that throws, counts as a failure of unknown kind: the entries
     * are tried again one at a time, and an entry that then fails alone has failed by itself. Throw or complete with
     * {@link PublisherUnavailableException} to say that the destination cannot be reached.
     *
     * <p>All entries of a call have the same {@linkplain #destination(OutboxContext) destination}.
     *
     * @param entries at least one, in the order in which they must be published; not to be changed
     */
    CompletionStage<PublishResults> publish(List<ClaimedEntry> entries);

    /**
     * What the processor calls: {@link #publish(List)} in the name of a session. A publisher whose destination can refuse a
     * processor that has lost its claims overrides it, and {@link #fence}; all others ignore the lease.
     */
    default CompletionStage<PublishResults> publish(List<ClaimedEntry> entries, PublishLease lease) {
        return publish(entries);
    }

    /**
     * Makes sure that nothing takes effect any more of what a session sends which ended without giving its claims back, and
     * returns without waiting. The processor publishes nothing of the claims that it took over before the stage completes. When
     * that fails it asks again, with back-off. Default: completes at once, for destinations that cannot refuse anybody.
     *
     * @param endedSession the {@link PublishLease#session()} of another processor, or of a former life of this one
     */
    default CompletionStage<Void> fence(String endedSession) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Whether entries with the same key in one call are published in their order, and none of them takes effect when an
     * earlier one of its key in the same call failed retryably. Only then does the processor put several entries of one
     * key into one call.
     */
    default boolean keepsOrderWithinCall() {
        return false;
    }

    /**
     * How many entries a call should hold when many are waiting: so many that larger calls would not be cheaper. Counts only if
     * it is more than the {@linkplain OutboxSettings#batchSize() batch size}, and that has been left at its default. Default:
     * 1, for publishers that do not care.
     */
    default int preferredBatchSize() {
        return 1;
    }

    /**
     * The name of the destination to which a context's entries go. Availability is a matter of each destination: while
     * one is down, the others flow. One of {@link #destinations()}.
     */
    default String destination(OutboxContext context) {
        return DEFAULT_DESTINATION;
    }

    /** The names of all destinations. */
    default Set<String> destinations() {
        return Set.of(DEFAULT_DESTINATION);
    }

    /**
     * The longest time that a call can take until its stage completes, after which nothing more is sent for it.
     * Compared with the processor's publish timeout when the outbox is built. Zero when unknown.
     */
    default Duration longestCall() {
        return Duration.ZERO;
    }

    /**
     * Adapts a publisher that blocks until everything is acknowledged.
     *
     * @param executor runs the calls; use as many threads as calls may run at once
     */
    static Publisher blocking(BlockingPublisher publisher, Executor executor) {
        return new BlockingPublisher.Adapter(publisher, executor);
    }
}
