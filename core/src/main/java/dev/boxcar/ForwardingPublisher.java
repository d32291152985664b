package dev.boxcar;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Stands around another publisher, for what wants to trace, measure or change its calls. Everything else is as the other says. Closes
 * nothing: close the other one.
 */
public abstract class ForwardingPublisher implements Publisher {

    private final Publisher publisher;

    /** Around this publisher. */
    protected ForwardingPublisher(Publisher publisher) {
        this.publisher = Objects.requireNonNull(publisher, "publisher");
    }

    /**
     * Makes a call.
     *
     * @param entries those of the call
     * @param call calls the other publisher with entries: with these, or with others of the same ids
     */
    protected abstract CompletionStage<PublishResults> publish(
            List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call);

    @Override
    public final CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        return publish(entries, publisher::publish);
    }

    @Override
    public final CompletionStage<PublishResults> publish(List<ClaimedEntry> entries, PublishLease lease) {
        return publish(entries, given -> publisher.publish(given, lease));
    }

    @Override
    public CompletionStage<Void> fence(String endedSession) {
        return publisher.fence(endedSession);
    }

    @Override
    public boolean keepsOrderWithinCall() {
        return publisher.keepsOrderWithinCall();
    }

    @Override
    public int preferredBatchSize() {
        return publisher.preferredBatchSize();
    }

    @Override
    public String destination(OutboxContext context) {
        return publisher.destination(context);
    }

    @Override
    public Set<String> destinations() {
        return publisher.destinations();
    }

    @Override
    public Duration longestCall() {
        return publisher.longestCall();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + publisher + "]";
    }
}
