package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishLease;
import dev.boxcar.PublishResults;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How calls get to the brokers: each record by itself, or calls as a whole in transactions. Safe for use by several threads. */
interface Delivery extends AutoCloseable {

    /**
     * Takes a call and returns at once.
     *
     * @param lease in whose name it is made, or null for the publisher's own
     */
    CompletionStage<PublishResults> publish(List<ClaimedEntry> entries, @Nullable PublishLease lease);

    /** See {@link dev.boxcar.Publisher#fence}. */
    CompletionStage<Void> fence(String endedSession);

    /** Refuses new calls, brings the others to their end, and returns when that is done, at the latest after a call's time. */
    @Override
    void close();
}
