package dev.boxcar.rabbitmq;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.ConnectionFactory;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Publishes entries to RabbitMQ (AMQP 0-9-1), as persistent messages with publisher confirms: to the queue that has the name of the
 * entry's namespace, or to an {@linkplain Builder#exchange exchange} with the namespace as routing key, unless
 * {@linkplain Builder#route chosen otherwise}. The payload is the body; {@code message-id}, {@code type} and
 * {@code content-type} are properties; {@link BoxcarHeaders} names the headers that tell the rest. It declares nothing.
 *
 * <p>What failures mean:
 *
 * <ul>
 *   <li>larger than RabbitMQ's {@code max_message_size}, or than AMQP can hold, no route: the entry is rejected, and not tried again;
 *   <li>no queue gets it (a mandatory message that is returned), an exchange that does not exist: the entry has failed, and is
 *       tried again;
 *   <li>no confirmation in time, no connection, no permission, an alarm of memory or disk, a queue that is full and rejects
 *       ({@code basic.nack}): RabbitMQ is unavailable, and no attempt is used up;
 *   <li>no confirmation in time while RabbitMQ confirms others, or a channel that was closed because of another message: the
 *       entry is skipped, and goes with a later call.
 * </ul>
 *
 * <p>One connection, one channel, one entry of a key at a time: RabbitMQ may refuse a message and take the next one, so nothing is
 * promised about the order within a call. The client's automatic recovery is off: what was unconfirmed when a connection or a
 * channel ended is unavailable or skipped, and only the outbox sends it again.
 *
 * <p>Safe for use by several threads. The application closes it, after the outbox.
 */
public final class RabbitMqPublisher implements Publisher, AutoCloseable {

    private static final int PREFERRED_BATCH_SIZE = 200;
    private static final String FORM =
            "the address of RabbitMQ must look like amqp://user:password@host:5672/vhost, or begin with amqps://";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    static final ThreadFactory THREADS = task -> {
        Thread thread = new Thread(task, "boxcar-rabbitmq-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    };

    private final Sender sender;
    private final Duration publishTimeout;
    private final String target;

    private RabbitMqPublisher(Sender sender, Duration publishTimeout, String target) {
        this.sender = sender;
        this.publishTimeout = publishTimeout;
        this.target = target;
    }

    /**
     * A publisher to this AMQP URI with the defaults of {@link #builder(String)}.
     *
     * @throws IllegalArgumentException when that is not a URI of {@code amqp} or {@code amqps}
     */
    public static RabbitMqPublisher create(String uri) {
        return builder(uri).build();
    }

    /**
     * A builder for an AMQP URI such as {@code amqps://user:password@host/vhost}. With {@code amqps}, the server's certificate must be
     * trusted by this Java, and be for that host.
     *
     * @throws IllegalArgumentException when that is not a URI of {@code amqp} or {@code amqps}
     */
    public static Builder builder(String uri) {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            URI address = new URI(uri);
            if (address.getScheme() == null || address.getHost() == null) {
                throw new IllegalArgumentException(FORM);
            }
            factory.setUri(address);
            if (factory.isSSL()) {
                factory.enableHostnameVerification();
            }
        } catch (URISyntaxException e) {
            // Without the cause: it quotes the URI, which may hold a password.
            throw new IllegalArgumentException("the address of RabbitMQ is not a valid URI: " + e.getReason());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FORM);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("this Java has no TLS for amqps", e);
        }
        return new Builder(factory);
    }

    /** A builder for the connections of a factory of one's own, which is copied: with client certificates, for example. */
    public static Builder builder(ConnectionFactory factory) {
        return new Builder(factory.clone());
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
     * Waits for the confirmations under way, at most for the publish timeout, and closes the connection. Whatever is published
     * afterwards is unavailable. May be called again.
     */
    @Override
    public void close() {
        sender.close();
    }

    @Override
    public String toString() {
        return "RabbitMqPublisher[" + target + "]";
    }

    /** Collects what a publisher needs. Not safe for use by several threads. */
    public static final class Builder {

        /** Connecting to a busy broker may take longer than publishing; calls do not wait for it longer than they may. */
        private static final Duration SHORTEST_CONNECT_TIMEOUT = Duration.ofSeconds(5);

        private final ConnectionFactory factory;
        private List<Address> addresses = List.of();
        private @Nullable String exchange;
        private @Nullable String defaultRoutingKey;
        private @Nullable Function<ClaimedEntry, @Nullable RabbitMqRoute> choice;
        private @Nullable CloudEvents events;
        private int maxUnconfirmed = 1_000;
        private Duration publishTimeout = Duration.ofSeconds(1);

        private Builder(ConnectionFactory factory) {
            this.factory = factory;
        }

        /** The nodes of a cluster, each {@code host:port}; one that can be reached is used. Default: the host of the URI. */
        public Builder addresses(String... nodes) {
            addresses = List.of(Address.parseAddresses(String.join(",", nodes)));
            return this;
        }

        /**
         * The exchange to publish to, with the namespace as routing key. Default: RabbitMQ's default exchange, which takes a
         * message to the queue that has the routing key's name.
         */
        public Builder exchange(String name) {
            exchange = Objects.requireNonNull(name, "exchange");
            return this;
        }

        /** The routing key of the default (empty) namespace. Without it, messages written outside any namespace are rejected. */
        public Builder defaultRoutingKey(String routingKey) {
            defaultRoutingKey = Objects.requireNonNull(routingKey, "routingKey");
            return this;
        }

        /**
         * Chooses exchange and routing key of each entry. Default: see {@link #exchange}.
         *
         * @param function must be quick and safe for use by several threads; null rejects the entry
         */
        public Builder route(Function<ClaimedEntry, @Nullable RabbitMqRoute> function) {
            choice = Objects.requireNonNull(function, "function");
            return this;
        }

        /**
         * Sends CloudEvents in binary mode: the payload is the body, {@code datacontenttype} the property {@code content-type},
         * and all other attributes are headers that begin with {@code cloudEvents:}, as the AMQP binding says.
         */
        public Builder cloudEvents(CloudEvents cloudEvents) {
            events = Objects.requireNonNull(cloudEvents, "cloudEvents");
            return this;
        }

        /** How many messages may wait for their confirmation at once; default 1,000. */
        public Builder maxUnconfirmed(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxUnconfirmed must be positive, not " + value);
            }
            maxUnconfirmed = value;
            return this;
        }

        /**
         * How long a call may take before what is not confirmed counts as unavailable; default 1 s. Must not exceed the outbox's
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
        public RabbitMqPublisher build() {
            Function<ClaimedEntry, @Nullable RabbitMqRoute> function = choice;
            if (function != null && (exchange != null || defaultRoutingKey != null)) {
                throw new IllegalArgumentException(
                        "exchange and defaultRoutingKey are refused together with route(function): it chooses for all entries");
            }
            Routes routes = function != null
                    ? Routes.chosenBy(function)
                    : Routes.namedAsNamespaces(Objects.requireNonNullElse(exchange, ""), defaultRoutingKey);
            String target = addresses.isEmpty() ? factory.getHost() + ":" + factory.getPort() : addresses.toString();
            Link.Connector connector = new Link.Connector(settings(), addresses, "boxcar", maxUnconfirmed);
            Sender sender = new Sender(connector, routes, new Messages(events), publishTimeout, target);
            return new RabbitMqPublisher(sender, publishTimeout, target);
        }

        private ConnectionFactory settings() {
            Duration connect =
                    publishTimeout.compareTo(SHORTEST_CONNECT_TIMEOUT) > 0 ? publishTimeout : SHORTEST_CONNECT_TIMEOUT;
            int millis = Math.toIntExact(connect.toMillis());
            ConnectionFactory settings = factory.clone();
            settings.setAutomaticRecoveryEnabled(false);
            settings.setTopologyRecoveryEnabled(false);
            settings.setConnectionTimeout(millis);
            settings.setHandshakeTimeout(millis);
            settings.setChannelRpcTimeout(millis);
            settings.setThreadFactory(THREADS);
            return settings;
        }
    }
}
