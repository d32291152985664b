package dev.boxcar;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A publisher whose call returns when everything is acknowledged: the simplest one to write. Made a {@link Publisher} by
 * {@link Publisher#blocking}.
 */
@FunctionalInterface
public interface BlockingPublisher {

    /**
     * Publishes these entries. A normal return means that the destination has acknowledged all of them durably.
     *
     * @throws PublishException when only some were published
     * @throws PublisherUnavailableException when the destination cannot be reached
     * @throws Exception for a failure of unknown kind; see {@link Publisher#publish}
     */
    void publish(List<ClaimedEntry> entries) throws Exception;

    /** The adapter behind {@link Publisher#blocking}. */
    final class Adapter implements Publisher {
        private final BlockingPublisher publisher;
        private final Executor executor;

        Adapter(BlockingPublisher publisher, Executor executor) {
            this.publisher = Objects.requireNonNull(publisher, "publisher");
            this.executor = Objects.requireNonNull(executor, "executor");
        }

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            CompletableFuture<PublishResults> done = new CompletableFuture<>();
            executor.execute(() -> {
                try {
                    publisher.publish(entries);
                    done.complete(PublishResults.allSent());
                } catch (PublishException e) {
                    done.complete(e.results());
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
            return done;
        }
    }
}
