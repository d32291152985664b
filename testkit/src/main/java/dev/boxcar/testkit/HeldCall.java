package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResults;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A publish call that a {@link RecordingPublisher} holds until the test ends it. Safe for use by several threads. */
public final class HeldCall {

    private final List<ClaimedEntry> entries;
    private final Function<List<ClaimedEntry>, PublishResults> deliver;
    private final CompletableFuture<PublishResults> stage = new CompletableFuture<>();

    HeldCall(List<ClaimedEntry> entries, Function<List<ClaimedEntry>, PublishResults> deliver) {
        this.entries = entries;
        this.deliver = deliver;
    }

    /** The entries of the call. */
    public List<ClaimedEntry> entries() {
        return entries;
    }

    /** Publishes the entries now, as the script of the publisher says, and answers. */
    public void complete() {
        stage.complete(deliver.apply(entries));
    }

    /** Answers without publishing anything. */
    public void completeWith(PublishResults results) {
        stage.complete(results);
    }

    /** Fails without publishing anything. */
    public void fail(Throwable failure) {
        stage.completeExceptionally(failure);
    }

    CompletableFuture<PublishResults> stage() {
        return stage;
    }
}
