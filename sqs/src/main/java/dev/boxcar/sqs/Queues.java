package dev.boxcar.sqs;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;

/** Chooses the queue of an entry, and knows its address. Safe for use by several threads. */
final class Queues {

    /**
     * Where an entry goes: to a queue of this name or address, or nowhere.
     *
     * @param queue a name or an address; empty when there is none
     * @param refusal why there is none, or null
     */
    record Route(String queue, @Nullable PublishResult refusal) {

        /** SQS wants it so. */
        boolean isFifo() {
            return queue.endsWith(".fifo");
        }
    }

    private final SqsAsyncClient client;
    private final Function<ClaimedEntry, @Nullable String> choice;
    private final Duration timeout;
    private final Map<String, String> addresses = new ConcurrentHashMap<>();

    Queues(SqsAsyncClient client, Function<ClaimedEntry, @Nullable String> choice, Duration timeout) {
        this.client = client;
        this.choice = choice;
        this.timeout = timeout;
    }

    Route of(ClaimedEntry entry) {
        String queue;
        try {
            queue = choice.apply(entry);
        } catch (RuntimeException e) {
            // The text of the exception is the application's and may quote the message.
            return new Route(
                    "",
                    PublishResult.failed("the function that chooses the queue failed: "
                            + e.getClass().getName()));
        }
        if (queue == null || queue.isEmpty()) {
            return new Route(
                    "",
                    PublishResult.rejected(
                            entry.namespace().isEmpty()
                                    ? "no queue for the default namespace: write in a namespace, or set defaultQueue"
                                    : "no queue for namespace '" + entry.namespace() + "'"));
        }
        return new Route(queue, null);
    }

    /** The address of a queue; SQS is asked once for each name. */
    CompletableFuture<String> address(String queue) {
        String known = queue.contains("://") ? queue : addresses.get(queue);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        GetQueueUrlRequest request = GetQueueUrlRequest.builder()
                .queueName(queue)
                .overrideConfiguration(override -> override.apiCallTimeout(timeout))
                .build();
        try {
            return client.getQueueUrl(request).thenApply(response -> {
                addresses.put(queue, response.queueUrl());
                return response.queueUrl();
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
