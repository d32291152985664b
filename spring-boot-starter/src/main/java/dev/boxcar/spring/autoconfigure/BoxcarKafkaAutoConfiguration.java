package dev.boxcar.spring.autoconfigure;

import dev.boxcar.Publisher;
import dev.boxcar.kafka.KafkaPublisher;
import dev.boxcar.spring.PublisherRoute;
import dev.boxcar.spring.PublisherRoutes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Publishes to Kafka: where {@code boxcar.kafka} says, else where the application itself has its brokers, with the same security.
 */
@AutoConfiguration(
        before = BoxcarAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.autoconfigure.kafka.KafkaAutoConfiguration",
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration"
        })
@ConditionalOnClass(KafkaPublisher.class)
@ConditionalOnMissingBean(Publisher.class)
@ConditionalOnProperty(
        name = {"boxcar.enabled", "boxcar.processor.enabled", "boxcar.kafka.enabled"},
        matchIfMissing = true)
@EnableConfigurationProperties(BoxcarProperties.class)
public class BoxcarKafkaAutoConfiguration {

    private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

    @Bean
    PublisherRoutes boxcarKafkaRoutes(
            BoxcarProperties properties, ObjectProvider<ApplicationsKafka> applications, Environment environment) {
        BoxcarProperties.Kafka kafka = properties.kafka();
        Map<String, Object> settings = new HashMap<>();
        if (kafka.bootstrapServers().isEmpty()) {
            settings.putAll(applications.stream()
                    .map(ApplicationsKafka::connection)
                    .filter(connection -> !connection.isEmpty())
                    .findFirst()
                    .orElseGet(() -> fromEnvironment(environment)));
        } else {
            settings.put(BOOTSTRAP_SERVERS, String.join(",", kafka.bootstrapServers()));
        }
        settings.putAll(kafka.properties());
        if (!settings.containsKey(BOOTSTRAP_SERVERS)) {
            return PublisherRoutes.of();
        }
        KafkaPublisher publisher = BoxcarAutoConfiguration.valid("boxcar.kafka", () -> build(properties, settings));
        return PublisherRoutes.of(new PublisherRoute("kafka", publisher, Set.copyOf(kafka.namespaces())));
    }

    private static KafkaPublisher build(BoxcarProperties properties, Map<String, Object> settings) {
        KafkaPublisher.Builder builder = KafkaPublisher.builder()
                .settings(settings)
                .publishTimeout(properties.settings().publishTimeout());
        String topic = properties.kafka().defaultTopic();
        if (topic != null) {
            builder.defaultTopic(topic);
        }
        String prefix = properties.kafka().transactionalIdPrefix();
        if (prefix != null) {
            builder.transactional(prefix);
        }
        return builder.build();
    }

    /** Where there is no spring-kafka, whose properties these are, somebody may still have set the first of them. */
    private static Map<String, Object> fromEnvironment(Environment environment) {
        String servers = environment.getProperty("spring.kafka.bootstrap-servers");
        return servers == null ? Map.of() : Map.of(BOOTSTRAP_SERVERS, servers);
    }

    /** The brokers that the application itself uses, and how it may talk to them. */
    @FunctionalInterface
    interface ApplicationsKafka {
        Map<String, Object> connection();
    }

    /** What Spring Boot has made of {@code spring.kafka}, of its SSL bundles and of service connections. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ProducerFactory.class)
    static class SpringKafkaConfiguration {

        private static final List<String> OF_THE_CONNECTION =
                List.of(BOOTSTRAP_SERVERS, "security.", "ssl.", "sasl.", "client.dns.lookup");

        @Bean
        @ConditionalOnMissingBean
        ApplicationsKafka boxcarApplicationsKafka(ObjectProvider<ProducerFactory<?, ?>> factories) {
            return () -> {
                Map<String, Object> connection = new HashMap<>();
                factories.ifUnique(factory -> factory.getConfigurationProperties()
                        .forEach((name, value) -> {
                            if (OF_THE_CONNECTION.stream().anyMatch(name::startsWith)) {
                                connection.put(name, value);
                            }
                        }));
                return connection;
            };
        }
    }
}
