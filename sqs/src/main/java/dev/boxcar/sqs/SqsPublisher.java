package dev.boxcar.sqs;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/**
 * Publishes entries to queues of Amazon SQS: the queue has the name of the entry's namespace unless
 * {@linkplain Builder#queue(Function) chosen otherwise}. The payload is the message's body, and {@link BoxcarAttributes} names the
 * attributes that tell the rest. Messages go in batches of up to ten.
 *
 * <p>In a FIFO queue, whose name ends with {@code .fifo}, the key is the message group, so SQS keeps the order of each key; a message
 * without a key is a group of its own. The message id is the deduplication id: SQS drops what it has seen in the last five minutes. A key
 * or an id that is not 1 to 128 visible characters of ASCII is {@code sha256:} and its SHA-256 there. A standard queue keeps no order
 * and drops no duplicates.
 *
 * <p>What failures mean:
 *
 * <ul>
 *   <li>too large, characters that SQS does not allow, any fault of the sender: the entry is rejected, and not tried again;
 *   <li>a queue that does not exist: the entry has failed, and is tried again;
 *   <li>no connection, no answer in time, throttling, an error of SQS's own, wrong credentials or no permission: SQS is unavailable, and
 *       no attempt is used up.
 * </ul>
 *
 * <p>Safe for use by several threads. The application closes it, after the outbox, and then the client, which is not closed here.
 */
public final class SqsPublisher implements Publisher, AutoCloseable {

    private static final int PREFERRED_BATCH_SIZE = 100;

    private final Sender sender;
    private final Duration publishTimeout;

    private SqsPublisher(Builder builder) {
        publishTimeout = builder.publishTimeout;
        Queues queues = new Queues(builder.client, builder.choice(), publishTimeout.dividedBy(4));
        sender = new Sender(builder.client, queues, builder.maxConcurrentRequests, publishTimeout);
    }

    /** A publisher with the defaults of {@link #builder}. */
    public static SqsPublisher create(SqsAsyncClient client) {
        return builder(client).build();
    }

    /**
     * A builder.
     *
     * @param client knows region and credentials, and repeats requests as it was told, within their time
     */
    public static Builder builder(SqsAsyncClient client) {
        return new Builder(client);
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        return sender.add(entries);
    }

    @Override
    public int preferredBatchSize() {
        return PREFERRED_BATCH_SIZE;
    }

    @Override
    public Duration longestCall() {
        return publishTimeout;
    }

    /**
     * Waits for the requests under way, at most for the publish timeout. Whatever is published afterwards is unavailable. May be
     * called again.
     */
    @Override
    public void close() {
        sender.close();
    }

    @Override
    public String toString() {
        return "SqsPublisher[publishTimeout=" + publishTimeout + "]";
    }

    /** Collects what a publisher needs. Not safe for use by several threads. */
    public static final class Builder {

        private final SqsAsyncClient client;
        private @Nullable String defaultQueue;
        private @Nullable Function<ClaimedEntry, @Nullable String> chosen;
        private int maxConcurrentRequests = 32;
        private Duration publishTimeout = Duration.ofSeconds(1);

        private Builder(SqsAsyncClient client) {
            this.client = Objects.requireNonNull(client, "client");
        }

        private Function<ClaimedEntry, @Nullable String> choice() {
            Function<ClaimedEntry, @Nullable String> own = chosen;
            String byDefault = defaultQueue;
            return own != null ? own : entry -> entry.namespace().isEmpty() ? byDefault : entry.namespace();
        }

        /**
         * The queue of the default (empty) namespace, by name or address. Without it, messages written outside any namespace are
         * rejected.
         */
        public Builder defaultQueue(String queue) {
            defaultQueue = Objects.requireNonNull(queue, "queue");
            return this;
        }

        /**
         * Chooses the queue of each entry, by name or, to spare the permission {@code sqs:GetQueueUrl}, by address. Default: the queue
         * has the name of the entry's namespace.
         *
         * @param choice must be quick, safe for use by several threads, and always answer the same for the same entry; null or
         *     an empty name rejects the entry
         */
        public Builder queue(Function<ClaimedEntry, @Nullable String> choice) {
            chosen = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** How many requests, each of up to ten messages, may be under way at once; default 32, the client has 50 connections. */
        public Builder maxConcurrentRequests(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxConcurrentRequests must be positive, not " + value);
            }
            maxConcurrentRequests = value;
            return this;
        }

        /**
         * How long a call may take before what was not answered counts as unavailable; default 1 s. A request is begun in the first
         * half of its call, and has a quarter of this time. Must not exceed the outbox's setting of the same name.
         */
        public Builder publishTimeout(Duration value) {
            if (value.compareTo(Duration.ofMillis(4)) < 0) {
                throw new IllegalArgumentException(
                        "publishTimeout must be 4 ms at least, not " + value.toMillis() + " ms");
            }
            publishTimeout = value;
            return this;
        }

        /**
         * The publisher. Connects when it sends.
         *
         * @throws IllegalArgumentException when the default queue is set and has no effect
         */
        public SqsPublisher build() {
            if (chosen != null && defaultQueue != null) {
                throw new IllegalArgumentException("defaultQueue (" + defaultQueue
                        + ") has no effect: queue(…) chooses for the default namespace too");
            }
            return new SqsPublisher(this);
        }
    }
}
