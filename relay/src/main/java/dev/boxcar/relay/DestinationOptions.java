package dev.boxcar.relay;

import dev.boxcar.CloudEvents;
import dev.boxcar.kafka.KafkaPublisher;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the messages go. */
final class DestinationOptions implements SettingOptions {

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Publish to Apache Kafka; these are its bootstrap servers, separated by commas. "
                    + "A message's namespace is its topic.")
    @Nullable
    String kafka;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description =
                    "A properties file with further settings of the Kafka producer, such as security.protocol and "
                            + "sasl.jaas.config; bootstrap.servers may stand there too.")
    @Nullable
    Path kafkaConfig;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "The topic of messages in the default namespace; without it they are not published "
                    + "but set aside as dead letters.")
    @Nullable
    String topic;

    @Option(
            names = "--kafka-transactional-id-prefix",
            paramLabel = "PREFIX",
            description =
                    "Send in Kafka transactions, so that the brokers refuse a relay whose claims were taken over. The "
                            + "same for all relays of a table, another one for each table. Consumers must read committed "
                            + "messages only (isolation.level=read_committed).")
    @Nullable
    String transactionalIdPrefix;

    @Option(
            names = "--cloudevents-source",
            paramLabel = "URI",
            description = "Make each record an event of the CloudEvents specification (binary mode) with this source.")
    @Nullable
    String cloudEventsSource;

    @Option(
            names = "--stdout-publisher",
            description =
                    "Write messages to standard output as JSON lines: a payload or key that is valid UTF-8 as text, "
                            + "others in base64. The default when neither --url nor --kafka is given.")
    boolean stdout;

    @Override
    public String heading() {
        return "Destination";
    }

    boolean toKafka() {
        return kafka != null || kafkaConfig != null;
    }

    /**
     * Refuses what contradicts itself, and what could go wrong silently.
     *
     * @param embedded whether no database was named
     * @throws IllegalArgumentException with a text for the user
     */
    void check(boolean embedded) {
        if (toKafka() && stdout) {
            throw new IllegalArgumentException(
                    "--kafka and --stdout-publisher are both set; where should messages go?");
        }
        if (toKafka() && embedded) {
            throw new IllegalArgumentException(
                    "--kafka needs --url: a relay that quietly watches an empty embedded database helps nobody");
        }
        if (!toKafka() && !stdout && !embedded) {
            throw new IllegalArgumentException(
                    "where should messages go? Give --kafka HOST:PORT, or --stdout-publisher to see them here");
        }
        if (topic != null && !toKafka()) {
            throw new IllegalArgumentException("--topic needs --kafka");
        }
        if (transactionalIdPrefix != null && !toKafka()) {
            throw new IllegalArgumentException("--kafka-transactional-id-prefix needs --kafka");
        }
        if (cloudEventsSource != null && !toKafka()) {
            throw new IllegalArgumentException("--cloudevents-source needs --kafka");
        }
    }

    /** @throws IllegalArgumentException when the file cannot be read or a setting is refused */
    KafkaPublisher kafka(Duration publishTimeout) {
        KafkaPublisher.Builder builder =
                KafkaPublisher.builder().settings(fileSettings()).publishTimeout(publishTimeout);
        String servers = kafka;
        if (servers != null) {
            builder.setting("bootstrap.servers", servers);
        }
        String theTopic = topic;
        if (theTopic != null) {
            builder.defaultTopic(theTopic);
        }
        String prefix = transactionalIdPrefix;
        if (prefix != null) {
            builder.transactional(prefix);
        }
        String source = cloudEventsSource;
        if (source != null) {
            builder.cloudEvents(CloudEvents.of(source));
        }
        return builder.build();
    }

    private Properties fileSettings() {
        Properties properties = new Properties();
        Path file = kafkaConfig;
        if (file != null) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException e) {
                throw new IllegalArgumentException("--kafka-config " + file + " cannot be read", e);
            }
        }
        return properties;
    }
}
