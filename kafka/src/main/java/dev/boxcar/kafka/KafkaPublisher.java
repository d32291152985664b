package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.PublishLease;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes entries to the topics of a Kafka cluster: the topic has the name of the entry's namespace unless
 * {@linkplain Builder#topic(Function) chosen otherwise}, key and payload are the record's, and headers that
 * {@link BoxcarHeaders} names tell the rest, or those of {@linkplain Builder#cloudEvents CloudEvents}. Acknowledged means by all replicas in sync.
 *
 * <p>What failures mean:
 *
 * <ul>
 *   <li>too large, no topic, a name that no topic can have, refused by the topic's own rules: the entry is rejected, and not
 *       tried again;
 *   <li>a topic that does not exist, no permission to write to it: the entry has failed, and is tried again;
 *   <li>no answer in time, no connection, no permission at all: Kafka is unavailable, and no attempt is used up;
 *   <li>no answer about one topic, or from one partition, while Kafka answers others: the entry is skipped, and goes with a later
 *       call; a warning names the topic;
 *   <li>an earlier entry of its key in the same call did not get through, or the client had no room in time: the entry is skipped as
 *       well.
 * </ul>
 *
 * <p>A client that cannot be used any more is replaced by itself. It is handed no more than it has shown to manage, and never more than
 * three quarters of its {@code buffer.memory}, by default 64 MiB.
 *
 * <p>Safe for use by several threads. The application closes it, after the outbox.
 */
public final class KafkaPublisher implements Publisher, AutoCloseable {

    private static final int PREFERRED_BATCH_SIZE = 500;

    private final ProducerSettings settings;
    private final Delivery delivery;

    private KafkaPublisher(ProducerSettings settings, Delivery delivery) {
        this.settings = settings;
        this.delivery = delivery;
    }

    /**
     * A publisher with these settings of the Kafka producer and the defaults of {@link #builder()}.
     *
     * @throws IllegalArgumentException when a setting is missing or refused
     */
    public static KafkaPublisher create(Map<String, ?> kafkaSettings) {
        return builder().settings(kafkaSettings).build();
    }

    /**
     * A publisher with these settings of the Kafka producer and the defaults of {@link #builder()}.
     *
     * @throws IllegalArgumentException when a setting is missing or refused
     */
    public static KafkaPublisher create(Properties kafkaSettings) {
        return builder().settings(kafkaSettings).build();
    }

    /** A builder. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        return delivery.publish(entries, null);
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries, PublishLease lease) {
        return delivery.publish(entries, lease);
    }

    @Override
    public CompletionStage<Void> fence(String endedSession) {
        return delivery.fence(endedSession);
    }

    @Override
    public boolean keepsOrderWithinCall() {
        return true;
    }

    @Override
    public Duration longestCall() {
        return Duration.ofMillis(settings.timing().publishMillis());
    }

    /** The client makes batches of its own, and many small calls cost more than they are worth. */
    @Override
    public int preferredBatchSize() {
        return PREFERRED_BATCH_SIZE;
    }

    /**
     * Brings the calls under way to their end, and closes the connections. Returns at the latest one second after the publish
     * timeout. Whatever is published afterwards is unavailable. May be called again.
     */
    @Override
    public void close() {
        delivery.close();
    }

    @Override
    public String toString() {
        return "KafkaPublisher[" + settings.clientId() + ", " + settings.bootstrapServers() + "]";
    }

    /** Collects what a publisher needs. Not safe for use by several threads. */
    public static final class Builder {

        private final Map<String, Object> kafkaSettings = new HashMap<>();
        private Duration publishTimeout = Duration.ofSeconds(1);
        private @Nullable String defaultTopic;
        private @Nullable String idPrefix;
        private @Nullable Function<ClaimedEntry, @Nullable String> topicChoice;
        private @Nullable CloudEvents events;
        private @Nullable Function<ClaimedEntry, ? extends AutoCloseable> around;

        private Builder() {}

        /** Adds settings of the Kafka producer, {@code bootstrap.servers} at least. */
        public Builder settings(Map<String, ?> values) {
            kafkaSettings.putAll(values);
            return this;
        }

        /** Adds settings of the Kafka producer, {@code bootstrap.servers} at least. */
        public Builder settings(Properties values) {
            values.stringPropertyNames().forEach(name -> kafkaSettings.put(name, values.getProperty(name)));
            values.forEach((name, value) -> kafkaSettings.put(name.toString(), value));
            return this;
        }

        /** Adds one setting of the Kafka producer. */
        public Builder setting(String name, Object value) {
            kafkaSettings.put(name, Objects.requireNonNull(value, name));
            return this;
        }

        /** The topic of the default (empty) namespace. Without it, messages written outside any namespace are rejected. */
        public Builder defaultTopic(String topic) {
            defaultTopic = Objects.requireNonNull(topic, "topic");
            return this;
        }

        /**
         * Chooses the topic of each entry. Default: the topic has the name of the entry's namespace.
         *
         * @param choice must be quick, safe for use by several threads, and always answer the same for the same entry; null or
         *     an empty name rejects the entry
         */
        public Builder topic(Function<ClaimedEntry, @Nullable String> choice) {
            topicChoice = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /**
         * Makes each record an event of the CloudEvents specification, in the binary mode of its Kafka protocol binding: the
         * attributes are in headers {@code ce_…} and {@code content-type}, in place of those of {@link BoxcarHeaders}; {@code ce_id} is the
         * message id. Key and payload stay what they are.
         */
        public Builder cloudEvents(CloudEvents value) {
            events = Objects.requireNonNull(value, "cloudEvents");
            return this;
        }

        /**
         * What is to be around the handing over of each entry to the Kafka client, in the thread that does it: opened before,
         * closed afterwards. For what instruments the client and asks for the current trace; the OpenTelemetry Java agent does. When it
         * throws, that is logged once, and the entry goes its way.
         *
         * @param scope must be quick and safe for use by several threads
         */
        public Builder aroundEachSend(Function<ClaimedEntry, ? extends AutoCloseable> scope) {
            around = Objects.requireNonNull(scope, "scope");
            return this;
        }

        /**
         * Sends in Kafka transactions, each processor under a transactional id that begins with this prefix and belongs to its
         * claims. Whoever takes over the claims of a processor that died fences it at the brokers first: nothing that it
         * had under way, or sends when it wakes up, takes effect any more. Consumers must read with
         * {@code isolation.level=read_committed}; principals need the right to write to transactional ids with this prefix.
         *
         * <p>All processors of a table must use the same prefix, processors of another table another one. Default: no
         * transactions. Then a processor that was suspended may send a duplicate when it wakes up.
         */
        public Builder transactional(String transactionalIdPrefix) {
            if (transactionalIdPrefix.isBlank()) {
                throw new IllegalArgumentException(
                        "the prefix of transactional ids must not be blank: permissions are given by prefix");
            }
            idPrefix = transactionalIdPrefix;
            return this;
        }

        /**
         * How long a call may take before what is not acknowledged counts as unavailable; default 1 s. Must not exceed the
         * outbox's setting of the same name.
         */
        public Builder publishTimeout(Duration value) {
            publishTimeout = Objects.requireNonNull(value, "publishTimeout");
            return this;
        }

        /**
         * The publisher. Connects in the background.
         *
         * @throws IllegalArgumentException when a setting is missing or refused
         */
        public KafkaPublisher build() {
            if (defaultTopic != null && topicChoice != null) {
                throw new IllegalArgumentException(
                        "defaultTopic is refused together with topic(function): the function chooses for all namespaces");
            }
            ProducerSettings settings = ProducerSettings.of(kafkaSettings, publishTimeout);
            try {
                return new KafkaPublisher(settings, delivery(settings));
            } catch (KafkaException e) {
                Throwable cause = e.getCause() != null ? e.getCause() : e;
                throw new IllegalArgumentException(
                        "no Kafka client can be made of these settings: " + cause.getMessage(), e);
            }
        }

        private Delivery delivery(ProducerSettings settings) {
            String name = "boxcar-kafka-" + settings.clientId();
            Supplier<Producer<byte[], byte[]>> plain = () -> new KafkaProducer<>(settings.all());
            String prefix = idPrefix;
            return prefix == null
                    ? new Dispatcher(name, settings.timing(), settings.mostUnderWay(), topics().get(), plain)
                    : new Transactions(
                            name,
                            settings.timing(),
                            topics(),
                            plain,
                            session -> new KafkaProducer<>(settings.transactional(prefix + session)));
        }

        /** One for each thread that asks. */
        private Supplier<Topics> topics() {
            Function<ClaimedEntry, @Nullable String> choice = topicChoice;
            String topic = defaultTopic;
            Records records = new Records(events, around);
            return choice != null
                    ? () -> Topics.chosenBy(choice).with(records)
                    : () -> Topics.namedAsNamespaces(topic).with(records);
        }
    }
}
