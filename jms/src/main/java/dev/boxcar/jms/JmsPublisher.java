package dev.boxcar.jms;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Publishes entries to the queues of a JMS broker: the queue has the name of the entry's namespace unless
 * {@linkplain Builder#queue(Function) chosen otherwise}. The payload is a persistent {@code BytesMessage}, the key its group
 * ({@code JMSXGroupID}), the type its {@code JMSType}; {@link BoxcarProperties} names the properties that tell the rest.
 *
 * <p>The entries of a call go in one transaction of JMS (in several when they are larger than 1 MiB together), so they are
 * acknowledged when it is committed, and keep their order even if it fails in the middle. Messages of a transaction that the broker
 * refuses are sent again one by one; {@link Outcome#of} says what the refusal of one of them means. No connection, or no answer in
 * time, is unavailable.
 *
 * <p>Artemis drops duplicates by the message id ({@code _AMQ_DUPL_ID}), as many as its duplicate cache remembers.
 *
 * <p>Safe for use by several threads. The application closes it, after the outbox. Connections are its own, opened when needed.
 */
public final class JmsPublisher implements Publisher, AutoCloseable {

    private static final int PREFERRED_BATCH_SIZE = 200;

    private final Workers workers;
    private final Duration publishTimeout;

    private JmsPublisher(Builder builder) {
        publishTimeout = builder.publishTimeout;
        ConnectionFactory factory = builder.factory;
        String user = builder.user;
        String password = builder.password;
        Link.Connector connector =
                () -> user == null ? factory.createConnection() : factory.createConnection(user, password);
        Addresses addresses = builder.addresses();
        Messages messages = new Messages(builder.text, builder.groups, builder.duplicateDetection, builder.customizer);
        Transfer.Plan plan = new Transfer.Plan(messages, addresses, builder.outcomes);
        workers = new Workers(plan, () -> new Link(connector, addresses), builder.connections, publishTimeout);
    }

    /** A publisher with the defaults of {@link #builder}. */
    public static JmsPublisher create(ConnectionFactory factory) {
        return builder(factory).build();
    }

    /**
     * A builder.
     *
     * @param factory makes the connections; safe for use by several threads, as JMS demands. Its sends outside of transactions must
     *     not return before the broker's acknowledgement (Artemis: {@code blockOnDurableSend} as it is by default)
     */
    public static Builder builder(ConnectionFactory factory) {
        return new Builder(factory);
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        return workers.add(entries);
    }

    @Override
    public boolean keepsOrderWithinCall() {
        return true;
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
     * Brings the calls under way to their end, at most for the publish timeout, and closes the connections. Whatever is published
     * afterwards is unavailable. May be called again.
     */
    @Override
    public void close() {
        workers.close();
    }

    @Override
    public String toString() {
        return "JmsPublisher[publishTimeout=" + publishTimeout + "]";
    }

    /** Collects what a publisher needs. Not safe for use by several threads. */
    public static final class Builder {

        private final ConnectionFactory factory;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable String defaultQueue;
        private @Nullable Addresses chosen;
        private boolean text;
        private boolean groups = true;
        private boolean duplicateDetection = true;
        private MessageCustomizer customizer = (entry, message) -> {};
        private Function<JMSException, @Nullable Outcome> outcomes = Outcome::of;
        private int connections = 4;
        private Duration publishTimeout = Duration.ofSeconds(1);

        private Builder(ConnectionFactory factory) {
            this.factory = Objects.requireNonNull(factory, "factory");
        }

        private Addresses addresses() {
            Addresses own = chosen;
            return own == null ? Addresses.namedAsNamespaces(defaultQueue) : own;
        }

        /** Who connects. Default: whom the factory knows. */
        public Builder credentials(String userName, String secret) {
            user = Objects.requireNonNull(userName, "user");
            password = Objects.requireNonNull(secret, "password");
            return this;
        }

        /** The queue of the default (empty) namespace. Without it, messages written outside any namespace are rejected. */
        public Builder defaultQueue(String name) {
            defaultQueue = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Chooses the queue of each entry. Default: the queue has the name of the entry's namespace.
         *
         * @param choice must be quick, safe for use by several threads, and always answer the same for the same entry; null or
         *     an empty name rejects the entry
         */
        public Builder queue(Function<ClaimedEntry, @Nullable String> choice) {
            chosen = new Addresses(Objects.requireNonNull(choice, "choice"), false);
            return this;
        }

        /**
         * Publishes to topics instead of queues. What a topic without subscribers is sent is acknowledged, and gone.
         *
         * @param choice as for {@link #queue(Function)}
         */
        public Builder topic(Function<ClaimedEntry, @Nullable String> choice) {
            chosen = new Addresses(Objects.requireNonNull(choice, "choice"), true);
            return this;
        }

        /** Sends payloads as {@code TextMessage}s; one that is not UTF-8 is rejected. Default: {@code BytesMessage}s. */
        public Builder asText() {
            text = true;
            return this;
        }

        /**
         * Leaves out {@code JMSXGroupID}. A broker that knows it gives all messages of a key to one consumer at a time, which keeps
         * their order with several consumers, and remembers which: that has a price when there are millions of keys.
         */
        public Builder withoutGroups() {
            groups = false;
            return this;
        }

        /** Leaves out {@code _AMQ_DUPL_ID}, by which Artemis drops duplicates, at the price of one more record in its journal. */
        public Builder withoutDuplicateDetection() {
            duplicateDetection = false;
            return this;
        }

        /** Completes each message before it is sent. Default: adds nothing. */
        public Builder customizer(MessageCustomizer value) {
            customizer = Objects.requireNonNull(value, "customizer");
            return this;
        }

        /**
         * What the exceptions of this broker's client mean: brokers have error codes, JMS has few types.
         *
         * @param meaning must be quick and safe for use by several threads; null leaves it to {@link Outcome#of}
         */
        public Builder outcome(Function<JMSException, @Nullable Outcome> meaning) {
            Objects.requireNonNull(meaning, "meaning");
            outcomes = exception -> {
                Outcome outcome = meaning.apply(exception);
                return outcome == null ? Outcome.of(exception) : outcome;
            };
            return this;
        }

        /** How many connections there may be, each with one transaction under way; default 4. */
        public Builder connections(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("connections must be positive, not " + value);
            }
            connections = value;
            return this;
        }

        /**
         * How long a call may take before what was not acknowledged counts as unavailable; default 1 s. Nothing is begun after half
         * of it. Must not exceed the outbox's setting of the same name.
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
         * The publisher. Connects when it sends.
         *
         * @throws IllegalArgumentException when the default queue is set and has no effect
         */
        public JmsPublisher build() {
            if (chosen != null && defaultQueue != null) {
                throw new IllegalArgumentException("defaultQueue (" + defaultQueue
                        + ") has no effect: queue(…) or topic(…) chooses for the default namespace too");
            }
            return new JmsPublisher(this);
        }
    }
}
