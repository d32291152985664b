package dev.boxcar.relay;

import dev.boxcar.kafka.KafkaPublisher;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Kafka as the destination. */
final class KafkaOptions implements TargetOptions {

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Publish to Apache Kafka; these are its bootstrap servers, separated by commas. "
                    + "A message's namespace is its topic.")
    @Nullable
    String servers;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description =
                    "A properties file with further settings of the Kafka producer, such as security.protocol and "
                            + "sasl.jaas.config; bootstrap.servers may stand there too.")
    @Nullable
    Path config;

    @Option(
            names = "--kafka-transactional-id-prefix",
            paramLabel = "PREFIX",
            description =
                    "Send in Kafka transactions, so that the brokers refuse a relay whose claims were taken over. The "
                            + "same for all relays of a table, another one for each table. Consumers must read committed "
                            + "messages only (isolation.level=read_committed).")
    @Nullable
    String transactionalIdPrefix;

    @Override
    public String option() {
        return "--kafka";
    }

    @Override
    public String title() {
        return "Kafka";
    }

    @Override
    public boolean isChosen() {
        return servers != null || config != null;
    }

    @Override
    public Map<String, @Nullable String> details() {
        return Collections.singletonMap("--kafka-transactional-id-prefix", transactionalIdPrefix);
    }

    @Override
    public Opened open(Common common) {
        KafkaPublisher.Builder builder =
                KafkaPublisher.builder().settings(fileSettings()).publishTimeout(common.publishTimeout());
        TargetOptions.ifSet(servers, some -> builder.setting("bootstrap.servers", some));
        TargetOptions.ifSet(transactionalIdPrefix, builder::transactional);
        common.topic(builder::defaultTopic);
        common.events(builder::cloudEvents);
        KafkaPublisher publisher = builder.build();
        return new Opened(publisher, publisher::close);
    }

    private Properties fileSettings() {
        Properties properties = new Properties();
        Path file = config;
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
