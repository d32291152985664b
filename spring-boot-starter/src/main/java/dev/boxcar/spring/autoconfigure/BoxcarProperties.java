package dev.boxcar.spring.autoconfigure;

import dev.boxcar.MessageLimits;
import dev.boxcar.OutboxSettings;
import dev.boxcar.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties of the outbox. A name below {@code boxcar} that is not here is refused.
 *
 * @param enabled Whether there is an outbox at all.
 * @param jdbc Where entries live.
 * @param processor How this application publishes them.
 * @param retry What happens to messages that fail.
 * @param limits How large messages may be.
 * @param kafka The Kafka publisher.
 * @param rabbitmq The RabbitMQ publisher.
 * @param nats The NATS JetStream publisher.
 * @param redis The Redis Streams publisher.
 * @param jms The JMS publisher.
 * @param sqs The Amazon SQS publisher.
 * @param webhooks Webhooks, by names of your choice.
 * @param metrics Micrometer's metrics.
 * @param tracing Traces.
 * @param modulith Spring Modulith.
 */
@ConfigurationProperties(prefix = "boxcar", ignoreUnknownFields = false)
public record BoxcarProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue Jdbc jdbc,
        @DefaultValue Processor processor,
        @DefaultValue Retry retry,
        @DefaultValue Limits limits,
        @DefaultValue Kafka kafka,
        @DefaultValue RabbitMq rabbitmq,
        @DefaultValue Nats nats,
        @DefaultValue Redis redis,
        @DefaultValue Jms jms,
        @DefaultValue Sqs sqs,
        @DefaultValue Map<String, Webhook> webhooks,
        @DefaultValue Metrics metrics,
        @DefaultValue Tracing tracing,
        @DefaultValue Modulith modulith) {

    /** What is done about the tables at the start. */
    public enum Tables {
        /** Missing tables are created. */
        CREATE,
        /** The application does not start if the tables are missing or of another version. */
        VALIDATE,
        /** Nothing; a processor looks at them all the same. */
        NONE
    }

    /**
     * Where entries live.
     *
     * @param dataSource Name of the DataSource bean that holds the outbox, if there are several and none is primary.
     * @param schema Schema of the tables (MySQL and MariaDB: the database); the connections' own if it is not set.
     * @param table Name of the main table, from which the other tables' names derive.
     * @param tables What is done about the tables at the start.
     * @param listen Whether PostgreSQL wakes the processor when another process writes; takes one more connection.
     */
    public record Jdbc(
            @Nullable String dataSource,
            @Nullable String schema,
            @DefaultValue("boxcar_outbox") String table,
            @DefaultValue("validate") Tables tables,
            @DefaultValue("false") boolean listen) {}

    /**
     * How this application publishes.
     *
     * @param enabled Whether this application publishes; if not, it only writes, and another one or the relay publishes.
     * @param id The processor's name in logs and tables, up to 100 characters; made from host and process if it is not set.
     * @param processInterval How long it stays idle before it looks for work when nobody wakes it.
     * @param minPollInterval How soon it looks again after it found work; 20 ms, or the process interval if that is shorter.
     * @param claimDuration How long claims live without being renewed: a dead processor's work goes on elsewhere after it.
     * @param publishTimeout How long a publish call may take; half the claim duration if it is not set, which is also the most.
     * @param batchSize Largest number of entries in one publish call; the default gives way to a publisher that prefers more.
     * @param maxConcurrentCalls Largest number of publish calls under way at once, for each destination.
     * @param readSize Largest number of entries in one read.
     * @param maxInFlightEntries How many entries are held in memory at most, for each destination.
     * @param maxInFlightSize How large they may be together, for each destination.
     * @param settleDelay How long acknowledged entries may wait so that one statement deletes more of them.
     */
    public record Processor(
            @DefaultValue("true") boolean enabled,
            @Nullable String id,
            @DefaultValue("10s") Duration processInterval,
            @Nullable Duration minPollInterval,
            @DefaultValue("2s") Duration claimDuration,
            @Nullable Duration publishTimeout,
            @DefaultValue("20") int batchSize,
            @DefaultValue("64") int maxConcurrentCalls,
            @DefaultValue("1000") int readSize,
            @DefaultValue("10000") int maxInFlightEntries,
            @DefaultValue("64MB") DataSize maxInFlightSize,
            @DefaultValue("50ms") Duration settleDelay) {}

    /**
     * What happens to messages that fail by their own fault.
     *
     * @param maxAttempts How many times a message is tried.
     * @param firstDelay Delay after the first failure.
     * @param maxDelay Longest delay.
     * @param multiplier By how much the delay grows with each failure.
     * @param jitter The part of the delay that is random, from 0 to 1.
     * @param afterLastAttempt What happens after the last attempt.
     */
    public record Retry(
            @DefaultValue("10") int maxAttempts,
            @DefaultValue("200ms") Duration firstDelay,
            @DefaultValue("1m") Duration maxDelay,
            @DefaultValue("2.0") double multiplier,
            @DefaultValue("0.2") double jitter,
            @DefaultValue("dead-letter") RetryPolicy.AfterLastAttempt afterLastAttempt) {}

    /**
     * How large messages may be; checked before anything is written.
     *
     * @param maxKeySize Longest key.
     * @param maxPayloadSize Largest payload.
     * @param maxHeaderSize Largest sum of all headers.
     */
    public record Limits(
            @DefaultValue("4KB") DataSize maxKeySize,
            @DefaultValue("8MB") DataSize maxPayloadSize,
            @DefaultValue("64KB") DataSize maxHeaderSize) {}

    /**
     * The Kafka publisher, if boxcar-kafka is on the class path.
     *
     * @param enabled Whether messages go to Kafka.
     * @param bootstrapServers Brokers to begin with; where spring.kafka has its brokers if it is not set.
     * @param properties More settings of the Kafka producer.
     * @param namespaces Namespaces that go to Kafka; all that nothing else takes if it is empty.
     * @param defaultTopic Topic of messages without a namespace; all others go to the topic with their namespace's name.
     * @param transactionalIdPrefix Sends in Kafka transactions, under ids that begin with this.
     */
    public record Kafka(
            @DefaultValue("true") boolean enabled,
            @DefaultValue List<String> bootstrapServers,
            @DefaultValue Map<String, String> properties,
            @DefaultValue List<String> namespaces,
            @Nullable String defaultTopic,
            @Nullable String transactionalIdPrefix) {

        @Override
        public String toString() {
            return "Kafka[" + bootstrapServers + ", properties=" + properties.keySet() + "]"; // some are secrets
        }
    }

    /**
     * The RabbitMQ publisher, if boxcar-rabbitmq is on the class path.
     *
     * @param enabled Whether messages go to RabbitMQ.
     * @param uri AMQP URI; where spring.rabbitmq has its broker, or a ConnectionFactory bean of RabbitMQ's client, if it is not set.
     * @param addresses Nodes of a cluster, each host:port, instead of the only one.
     * @param exchange Exchange, with the namespace as routing key; the default exchange, which has a queue for each, if it is not set.
     * @param defaultRoutingKey Routing key of messages without a namespace.
     * @param namespaces Namespaces that go to RabbitMQ; all that nothing else takes if it is empty.
     * @param cloudEventsSource Sends CloudEvents of this source.
     */
    public record RabbitMq(
            @DefaultValue("true") boolean enabled,
            @Nullable String uri,
            @DefaultValue List<String> addresses,
            @Nullable String exchange,
            @Nullable String defaultRoutingKey,
            @DefaultValue List<String> namespaces,
            @Nullable String cloudEventsSource) {

        @Override
        public String toString() {
            return "RabbitMq[exchange=" + exchange + "]"; // the address may hold a password
        }
    }

    /**
     * The NATS JetStream publisher, if boxcar-nats is on the class path.
     *
     * @param enabled Whether messages go to NATS.
     * @param servers URLs of the servers; an Options bean of NATS' client if it is not set.
     * @param defaultSubject Subject of messages without a namespace; all others have their namespace's name.
     * @param namespaces Namespaces that go to NATS; all that nothing else takes if it is empty.
     * @param cloudEventsSource Sends CloudEvents of this source.
     */
    public record Nats(
            @DefaultValue("true") boolean enabled,
            @DefaultValue List<String> servers,
            @Nullable String defaultSubject,
            @DefaultValue List<String> namespaces,
            @Nullable String cloudEventsSource) {

        @Override
        public String toString() {
            return "Nats[namespaces=" + namespaces + "]"; // the addresses may hold a password
        }
    }

    /**
     * The Redis Streams publisher, if boxcar-redis is on the class path.
     *
     * @param enabled Whether messages go to Redis.
     * @param uri URI of Redis; spring.data.redis.url if it is not set.
     * @param defaultStream Stream of messages without a namespace; all others have their namespace's name.
     * @param maxLength About how many entries a stream keeps, whether read or not; all if it is not set.
     * @param namespaces Namespaces that go to Redis; all that nothing else takes if it is empty.
     */
    public record Redis(
            @DefaultValue("true") boolean enabled,
            @Nullable String uri,
            @Nullable String defaultStream,
            @Nullable Long maxLength,
            @DefaultValue List<String> namespaces) {

        @Override
        public String toString() {
            return "Redis[namespaces=" + namespaces + "]"; // the address may hold a password
        }
    }

    /**
     * The JMS publisher, if boxcar-jms is on the class path. The broker is that of the ConnectionFactory bean.
     *
     * @param enabled Whether messages go to JMS.
     * @param defaultQueue Queue of messages without a namespace; all others have their namespace's name.
     * @param text Whether payloads are sent as text; as bytes if not.
     * @param namespaces Namespaces that go to JMS; all that nothing else takes if it is empty.
     */
    public record Jms(
            @DefaultValue("true") boolean enabled,
            @Nullable String defaultQueue,
            @DefaultValue("false") boolean text,
            @DefaultValue List<String> namespaces) {}

    /**
     * The Amazon SQS publisher, if boxcar-sqs is on the class path. Region and credentials are those of the SqsAsyncClient bean.
     *
     * @param enabled Whether messages go to SQS.
     * @param defaultQueue Name or URL of the queue of messages without a namespace; all others have their namespace's name.
     * @param namespaces Namespaces that go to SQS; all that nothing else takes if it is empty.
     */
    public record Sqs(
            @DefaultValue("true") boolean enabled,
            @Nullable String defaultQueue,
            @DefaultValue List<String> namespaces) {}

    /**
     * Micrometer's metrics, if boxcar-micrometer is on the class path.
     *
     * @param enabled Whether there are metrics.
     * @param refreshInterval How often the table is looked at for them.
     */
    public record Metrics(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("15s") Duration refreshInterval) {}

    /**
     * Traces that pass through the outbox, if boxcar-opentelemetry or boxcar-micrometer is on the class path.
     *
     * @param enabled Whether traces are stored with messages and go on when they are sent.
     */
    public record Tracing(@DefaultValue("true") boolean enabled) {}

    /**
     * A webhook, if boxcar-http is on the class path.
     *
     * @param url Address.
     * @param namespaces Namespaces that go to it, or * for all that go nowhere else; the one with its name if it is empty.
     * @param secret Signs each request as Standard Webhooks says; 16 bytes at least.
     * @param headers Headers of each request.
     * @param cloudEventsSource Sends CloudEvents of this source.
     * @param cloudEventsMode How CloudEvents are sent.
     * @param maxConcurrentRequests How many requests may be under way at once.
     */
    public record Webhook(
            @Nullable String url,
            @DefaultValue List<String> namespaces,
            @Nullable String secret,
            @DefaultValue Map<String, String> headers,
            @Nullable String cloudEventsSource,
            @DefaultValue("binary") CloudEventsMode cloudEventsMode,
            @DefaultValue("16") int maxConcurrentRequests) {

        @Override
        public String toString() {
            return "Webhook[namespaces=" + namespaces + ", headers=" + headers.keySet() + "]"; // the rest may be secret
        }
    }

    /**
     * Spring Modulith.
     *
     * @param externalize Whether events that Modulith is to externalize go to the outbox, instead of its own externalizers.
     */
    public record Modulith(@DefaultValue("false") boolean externalize) {}

    /** How CloudEvents are sent over HTTP. */
    public enum CloudEventsMode {
        /** The payload is the body, attributes are headers. */
        BINARY,
        /** The body is a JSON envelope. */
        STRUCTURED
    }

    /**
     * The settings of the processor.
     *
     * @throws IllegalArgumentException naming the setting, its value and why it cannot work
     */
    OutboxSettings settings() {
        OutboxSettings.Builder builder = OutboxSettings.builder()
                .processInterval(processor.processInterval())
                .claimDuration(processor.claimDuration())
                .batchSize(processor.batchSize())
                .maxConcurrentCalls(processor.maxConcurrentCalls())
                .readSize(processor.readSize())
                .maxInFlightEntries(processor.maxInFlightEntries())
                .maxInFlightBytes(processor.maxInFlightSize().toBytes())
                .settleDelay(processor.settleDelay())
                .retryPolicy(new RetryPolicy(
                        retry.maxAttempts(),
                        retry.firstDelay(),
                        retry.maxDelay(),
                        retry.multiplier(),
                        retry.jitter(),
                        retry.afterLastAttempt()))
                .messageLimits(messageLimits());
        Duration poll = processor.minPollInterval();
        if (poll != null) {
            builder.minPollInterval(poll);
        }
        Duration timeout = processor.publishTimeout();
        if (timeout != null) {
            builder.publishTimeout(timeout);
        }
        return builder.build();
    }

    MessageLimits messageLimits() {
        return new MessageLimits(
                bytes("maxKeySize", limits.maxKeySize()),
                bytes("maxPayloadSize", limits.maxPayloadSize()),
                bytes("maxHeaderSize", limits.maxHeaderSize()));
    }

    private static int bytes(String name, DataSize size) {
        if (size.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(name + " (" + size.toMegabytes() + " MB) must be less than 2 GB");
        }
        return (int) size.toBytes();
    }
}
