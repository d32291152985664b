package dev.boxcar.nats;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import io.nats.client.Options;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Publishes entries to NATS JetStream and waits for the acknowledgements of its streams: to the subject that has the name of the
 * entry's namespace, unless {@linkplain Builder#subject chosen otherwise}. The payload is the body, and {@link BoxcarHeaders} names
 * the headers that tell the rest; by one of them a stream drops duplicates within its window. It makes no streams.
 *
 * <p>What failures mean:
 *
 * <ul>
 *   <li>larger than the server or the stream allows, no subject, a header that NATS does not allow: the entry is rejected, and not tried
 *       again;
 *   <li>no stream takes the subject: the entry has failed, and is tried again;
 *   <li>no acknowledgement in time, no connection, no permission, a stream that is full or has no leader: NATS is unavailable, and
 *       no attempt is used up;
 *   <li>no acknowledgement in time while NATS acknowledges others: the entry is skipped, and goes with a later call.
 * </ul>
 *
 * <p>One connection, one entry of a key at a time: JetStream may refuse a message and take the next one, so nothing is promised about
 * the order within a call. The client's reconnection is off: what was not acknowledged when a connection ended is
 * unavailable, and only the outbox sends it again.
 *
 * <p>Safe for use by several threads. The application closes it, after the outbox.
 */
public final class NatsPublisher implements Publisher, AutoCloseable {

    private static final int PREFERRED_BATCH_SIZE = 200;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    static final ThreadFactory THREADS = task -> {
        Thread thread = new Thread(task, "boxcar-nats-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    };

    private final Sender sender;
    private final Duration publishTimeout;
    private final String target;

    private NatsPublisher(Sender sender, Duration publishTimeout, String target) {
        this.sender = sender;
        this.publishTimeout = publishTimeout;
        this.target = target;
    }

    /**
     * A publisher to these servers with the defaults of {@link #builder(String)}.
     *
     * @throws IllegalArgumentException when an address is not valid
     */
    public static NatsPublisher create(String urls) {
        return builder(urls).build();
    }

    /**
     * A builder.
     *
     * @param urls of the servers of a cluster, such as {@code tls://user:password@host:4222}, separated by commas
     * @throws IllegalArgumentException when an address is not valid
     */
    public static Builder builder(String urls) {
        try {
            return new Builder(new Options.Builder().server(urls).build());
        } catch (IllegalArgumentException e) {
            // Without the cause: it quotes the address, which may hold a password.
            throw new IllegalArgumentException(
                    "the address of NATS must look like nats://host:4222, or several of them, separated by commas");
        }
    }

    /** A builder for connections with options of one's own: with a credentials file or certificates, for example. */
    public static Builder builder(Options options) {
        return new Builder(options);
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        return sender.publish(entries);
    }

    @Override
    public Duration longestCall() {
        return publishTimeout;
    }

    @Override
    public int preferredBatchSize() {
        return PREFERRED_BATCH_SIZE;
    }

    /**
     * Waits for the acknowledgements under way, at most for the publish timeout, and closes the connection. Whatever is published
     * afterwards is unavailable. May be called again.
     */
    @Override
    public void close() {
        sender.close();
    }

    @Override
    public String toString() {
        return "NatsPublisher[" + target + "]";
    }

    /** Collects what a publisher needs. Not safe for use by several threads. */
    public static final class Builder {

        /** Connecting to a busy server may take longer than publishing; calls do not wait for it longer than they may. */
        private static final Duration SHORTEST_CONNECT_TIMEOUT = Duration.ofSeconds(5);

        private final Options options;
        private @Nullable String defaultSubject;
        private @Nullable Function<ClaimedEntry, @Nullable String> choice;
        private @Nullable CloudEvents events;
        private int maxUnacknowledged = 1_000;
        private Duration publishTimeout = Duration.ofSeconds(1);

        private Builder(Options options) {
            this.options = options;
        }

        /** The subject of the default (empty) namespace. Without it, messages written outside any namespace are rejected. */
        public Builder defaultSubject(String subject) {
            defaultSubject = Objects.requireNonNull(subject, "subject");
            return this;
        }

        /**
         * Chooses the subject of each entry. Default: it has the name of the entry's namespace.
         *
         * @param function must be quick and safe for use by several threads; null or an empty name rejects the entry
         */
        public Builder subject(Function<ClaimedEntry, @Nullable String> function) {
            choice = Objects.requireNonNull(function, "function");
            return this;
        }

        /**
         * Sends CloudEvents in binary mode: the payload is the body, and the attributes are headers that begin with
         * {@code ce-}, as the NATS binding says.
         */
        public Builder cloudEvents(CloudEvents cloudEvents) {
            events = Objects.requireNonNull(cloudEvents, "cloudEvents");
            return this;
        }

        /** How many messages may wait for their acknowledgement at once; default 1,000. */
        public Builder maxUnacknowledged(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxUnacknowledged must be positive, not " + value);
            }
            maxUnacknowledged = value;
            return this;
        }

        /**
         * How long a call may take before what is not acknowledged counts as unavailable; default 1 s. Must not exceed the
         * outbox's setting of the same name.
         */
        public Builder publishTimeout(Duration value) {
            if (value.compareTo(Duration.ofMillis(2)) < 0) {
                throw new IllegalArgumentException(
                        "publishTimeout must be 2 ms at least, not " + value.toMillis() + " ms");
            }
            publishTimeout = value;
            return this;
        }

        /**
         * The publisher. Connects when it publishes.
         *
         * @throws IllegalArgumentException when settings contradict each other
         */
        public NatsPublisher build() {
            Function<ClaimedEntry, @Nullable String> function = choice;
            if (function != null && defaultSubject != null) {
                throw new IllegalArgumentException(
                        "defaultSubject is refused together with subject(function): it chooses for all namespaces");
            }
            Subjects subjects =
                    function != null ? Subjects.chosenBy(function) : Subjects.namedAsNamespaces(defaultSubject);
            String target = options.getServers().stream()
                    .map(server -> server.getHost() + ":" + server.getPort())
                    .collect(Collectors.joining(","));
            Sender.Limits limits = new Sender.Limits(maxUnacknowledged, publishTimeout);
            Sender sender = new Sender(settings(), subjects, new Messages(events), limits, target);
            return new NatsPublisher(sender, publishTimeout, target);
        }

        private Options settings() {
            return new Options.Builder(options)
                    .noReconnect()
                    .reportNoResponders()
                    .connectionTimeout(
                            publishTimeout.compareTo(SHORTEST_CONNECT_TIMEOUT) > 0
                                    ? publishTimeout
                                    : SHORTEST_CONNECT_TIMEOUT)
                    .build();
        }
    }
}
