package dev.boxcar.redis;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import io.lettuce.core.RedisURI;
import io.lettuce.core.XAddArgs;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Publishes entries to Redis Streams: each is one {@code XADD} to the stream that has the name of the entry's namespace, unless
 * {@linkplain Builder#stream chosen otherwise}; the commands of a call leave together. {@link BoxcarFields} names the fields.
 *
 * <p>Acknowledged means what Redis means by it. How long that lasts is set there: {@code appendfsync always} makes it
 * durable; with {@code everysec}, the default of its log, a crash of the machine loses up to a second of what the outbox has
 * deleted already, and a fail-over loses what had not reached the replica.
 *
 * <p>What failures mean:
 *
 * <ul>
 *   <li>no stream, larger than {@linkplain Builder#maxPayloadBytes allowed}: the entry is rejected, and not tried again;
 *   <li>a name that is taken by something else ({@code WRONGTYPE}), a Redis that knows no streams: the entry has failed, and is
 *       tried again;
 *   <li>no answer in time, no connection, no permission, no memory ({@code OOM}), a replica ({@code READONLY}), a server that is
 *       loading its data or cannot write to its disk: Redis is unavailable, and no attempt is used up;
 *   <li>no answer in time while Redis answers others: the entry is skipped, and goes with a later call.
 * </ul>
 *
 * <p>One connection, one entry of a key at a time: Redis may refuse a message and take the next one, so nothing is promised about
 * the order within a call. The client's reconnection is off: what was not answered when the connection ended is unavailable, and
 * only the outbox sends it again. For one Redis, with replicas and Sentinel if wanted; not for Redis Cluster.
 *
 * <p>Safe for use by several threads. The application closes it, after the outbox.
 */
public final class RedisPublisher implements Publisher, AutoCloseable {

    private static final int PREFERRED_BATCH_SIZE = 200;

    private final Sender sender;
    private final Duration publishTimeout;
    private final String target;

    private RedisPublisher(Sender sender, Duration publishTimeout, String target) {
        this.sender = sender;
        this.publishTimeout = publishTimeout;
        this.target = target;
    }

    /**
     * A publisher to this Redis with the defaults of {@link #builder(String)}.
     *
     * @throws IllegalArgumentException when the URI is not valid
     */
    public static RedisPublisher create(String uri) {
        return builder(uri).build();
    }

    /**
     * A builder.
     *
     * @param uri such as {@code rediss://user:password@host:6379/0}, or {@code redis-sentinel://host,host/0#name}
     * @throws IllegalArgumentException when it is not valid
     */
    public static Builder builder(String uri) {
        try {
            return new Builder(RedisURI.create(uri));
        } catch (IllegalArgumentException e) {
            // Without the cause: it quotes the URI, which may hold a password.
            throw new IllegalArgumentException(
                    "the address of Redis must look like redis://user:password@host:6379/0, or begin with rediss://");
        }
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
     * Waits for the answers under way, at most for the publish timeout, and closes the connection. Whatever is published afterwards
     * is unavailable. May be called again.
     */
    @Override
    public void close() {
        sender.close();
    }

    @Override
    public String toString() {
        return "RedisPublisher[" + target + "]";
    }

    /** Collects what a publisher needs. Not safe for use by several threads. */
    public static final class Builder {

        private final RedisURI uri;
        private @Nullable String defaultStream;
        private @Nullable Function<ClaimedEntry, @Nullable String> choice;
        private @Nullable XAddArgs trimming;
        private int maxPayloadBytes = Integer.MAX_VALUE;
        private Duration publishTimeout = Duration.ofSeconds(1);

        private Builder(RedisURI uri) {
            this.uri = uri;
        }

        /** The stream of the default (empty) namespace. Without it, messages written outside any namespace are rejected. */
        public Builder defaultStream(String stream) {
            defaultStream = Objects.requireNonNull(stream, "stream");
            return this;
        }

        /**
         * Chooses the stream of each entry. Default: it has the name of the entry's namespace.
         *
         * @param function must be quick and safe for use by several threads; null or an empty name rejects the entry
         */
        public Builder stream(Function<ClaimedEntry, @Nullable String> function) {
            choice = Objects.requireNonNull(function, "function");
            return this;
        }

        /**
         * Lets Redis trim streams to about so many entries with each message ({@code MAXLEN ~}): also of entries that no
         * consumer has read. Default: streams grow until somebody else trims them.
         */
        public Builder maxLength(long entries) {
            if (entries < 1) {
                throw new IllegalArgumentException("maxLength must be positive, not " + entries);
            }
            trimming = XAddArgs.Builder.maxlen(entries).approximateTrimming();
            return this;
        }

        /**
         * The largest payload; larger ones are rejected. Default: none. Redis closes the connection on a value larger than its
         * {@code proto-max-bulk-len}, by default 512 MiB, without saying which: set this if that has been lowered.
         */
        public Builder maxPayloadBytes(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxPayloadBytes must be positive, not " + bytes);
            }
            maxPayloadBytes = bytes;
            return this;
        }

        /**
         * How long a call may take before what is not answered counts as unavailable; default 1 s. Must not exceed the outbox's
         * setting of the same name.
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
        public RedisPublisher build() {
            Function<ClaimedEntry, @Nullable String> function = choice;
            if (function != null && defaultStream != null) {
                throw new IllegalArgumentException(
                        "defaultStream is refused together with stream(function): it chooses for all namespaces");
            }
            Streams streams = function != null ? Streams.chosenBy(function) : Streams.namedAsNamespaces(defaultStream);
            String target = uri.getHost() != null
                    ? uri.getHost() + ":" + uri.getPort()
                    : "'" + uri.getSentinelMasterId() + "' of Sentinel";
            Sender sender =
                    new Sender(uri, streams, new Sender.Shape(trimming, maxPayloadBytes), publishTimeout, target);
            return new RedisPublisher(sender, publishTimeout, target);
        }
    }
}
