package dev.boxcar.spring.autoconfigure;

import dev.boxcar.CloudEvents;
import dev.boxcar.Publisher;
import dev.boxcar.jms.JmsPublisher;
import dev.boxcar.nats.NatsPublisher;
import dev.boxcar.rabbitmq.RabbitMqPublisher;
import dev.boxcar.redis.RedisPublisher;
import dev.boxcar.spring.PublisherRoute;
import dev.boxcar.spring.PublisherRoutes;
import dev.boxcar.sqs.SqsPublisher;
import io.nats.client.Options;
import jakarta.jms.ConnectionFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.AbstractConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jms.connection.SingleConnectionFactory;
import org.springframework.util.ClassUtils;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** Publishes to the brokers whose publisher is on the class path, where a property or a bean of their client says which one. */
@AutoConfiguration(before = BoxcarAutoConfiguration.class)
@ConditionalOnMissingBean(Publisher.class)
@ConditionalOnProperty(
        name = {"boxcar.enabled", "boxcar.processor.enabled"},
        matchIfMissing = true)
@EnableConfigurationProperties(BoxcarProperties.class)
public class BoxcarBrokersAutoConfiguration {

    private static PublisherRoutes routes(String name, List<String> namespaces, Supplier<Publisher> publisher) {
        return PublisherRoutes.of(new PublisherRoute(
                name, BoxcarAutoConfiguration.valid("boxcar." + name, publisher), Set.copyOf(namespaces)));
    }

    private static Duration publishTimeout(BoxcarProperties properties) {
        return properties.settings().publishTimeout();
    }

    private static <T> void ifSet(@Nullable T value, Consumer<T> use) {
        if (value != null) {
            use.accept(value);
        }
    }

    /** RabbitMQ. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RabbitMqPublisher.class)
    @ConditionalOnProperty(prefix = "boxcar.rabbitmq", name = "enabled", matchIfMissing = true)
    static class RabbitMqConfiguration {

        @Bean
        PublisherRoutes boxcarRabbitMqRoutes(
                BoxcarProperties properties,
                ObjectProvider<com.rabbitmq.client.ConnectionFactory> factories,
                ObjectProvider<ApplicationsRabbitMq> springs) {
            BoxcarProperties.RabbitMq rabbitMq = properties.rabbitmq();
            String uri = rabbitMq.uri();
            com.rabbitmq.client.ConnectionFactory own = factories.getIfUnique();
            ApplicationsRabbitMq applications = springs.getIfUnique();
            com.rabbitmq.client.ConnectionFactory factory =
                    own != null || applications == null ? own : applications.connection();
            Supplier<RabbitMqPublisher.Builder> broker = uri != null
                    ? () -> RabbitMqPublisher.builder(uri)
                    : factory != null ? () -> RabbitMqPublisher.builder(factory) : null;
            if (broker == null) {
                return PublisherRoutes.of();
            }
            return routes("rabbitmq", rabbitMq.namespaces(), () -> {
                RabbitMqPublisher.Builder builder = broker.get().publishTimeout(publishTimeout(properties));
                if (!rabbitMq.addresses().isEmpty()) {
                    builder.addresses(rabbitMq.addresses().toArray(String[]::new));
                }
                ifSet(rabbitMq.exchange(), builder::exchange);
                ifSet(rabbitMq.defaultRoutingKey(), builder::defaultRoutingKey);
                ifSet(rabbitMq.cloudEventsSource(), source -> builder.cloudEvents(CloudEvents.of(source)));
                return builder.build();
            });
        }

        /** The broker that the application itself uses. */
        @FunctionalInterface
        interface ApplicationsRabbitMq {
            com.rabbitmq.client.@Nullable ConnectionFactory connection();
        }

        /** What Spring Boot has made of {@code spring.rabbitmq}, of its SSL bundles and of service connections. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(AbstractConnectionFactory.class)
        static class SpringRabbitConfiguration {

            @Bean
            @ConditionalOnMissingBean
            ApplicationsRabbitMq boxcarApplicationsRabbitMq(ObjectProvider<AbstractConnectionFactory> factories) {
                AbstractConnectionFactory factory = factories.getIfUnique();
                return () -> factory == null ? null : factory.getRabbitConnectionFactory();
            }
        }
    }

    /** NATS JetStream. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(NatsPublisher.class)
    @ConditionalOnProperty(prefix = "boxcar.nats", name = "enabled", matchIfMissing = true)
    static class NatsConfiguration {

        @Bean
        PublisherRoutes boxcarNatsRoutes(BoxcarProperties properties, ObjectProvider<Options> clients) {
            BoxcarProperties.Nats nats = properties.nats();
            Options options = clients.getIfUnique();
            Supplier<NatsPublisher.Builder> servers = !nats.servers().isEmpty()
                    ? () -> NatsPublisher.builder(String.join(",", nats.servers()))
                    : options != null ? () -> NatsPublisher.builder(options) : null;
            if (servers == null) {
                return PublisherRoutes.of();
            }
            return routes("nats", nats.namespaces(), () -> {
                NatsPublisher.Builder builder = servers.get().publishTimeout(publishTimeout(properties));
                ifSet(nats.defaultSubject(), builder::defaultSubject);
                ifSet(nats.cloudEventsSource(), source -> builder.cloudEvents(CloudEvents.of(source)));
                return builder.build();
            });
        }
    }

    /** Redis Streams. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RedisPublisher.class)
    @ConditionalOnProperty(prefix = "boxcar.redis", name = "enabled", matchIfMissing = true)
    static class RedisConfiguration {

        @Bean
        PublisherRoutes boxcarRedisRoutes(BoxcarProperties properties, Environment environment) {
            BoxcarProperties.Redis redis = properties.redis();
            String uri = redis.uri() != null ? redis.uri() : environment.getProperty("spring.data.redis.url");
            if (uri == null) {
                return PublisherRoutes.of();
            }
            return routes("redis", redis.namespaces(), () -> {
                RedisPublisher.Builder builder = RedisPublisher.builder(uri).publishTimeout(publishTimeout(properties));
                ifSet(redis.defaultStream(), builder::defaultStream);
                ifSet(redis.maxLength(), builder::maxLength);
                return builder.build();
            });
        }
    }

    /** JMS. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({JmsPublisher.class, ConnectionFactory.class})
    @ConditionalOnProperty(prefix = "boxcar.jms", name = "enabled", matchIfMissing = true)
    static class JmsConfiguration {

        @Bean
        PublisherRoutes boxcarJmsRoutes(BoxcarProperties properties, ObjectProvider<ConnectionFactory> factories) {
            BoxcarProperties.Jms jms = properties.jms();
            ConnectionFactory factory = factories.getIfUnique();
            if (factory == null) {
                return PublisherRoutes.of();
            }
            return routes("jms", jms.namespaces(), () -> {
                JmsPublisher.Builder builder =
                        JmsPublisher.builder(target(factory)).publishTimeout(publishTimeout(properties));
                ifSet(jms.defaultQueue(), builder::defaultQueue);
                if (jms.text()) {
                    builder.asText();
                }
                return builder.build();
            });
        }

        /** Without Spring's cache: the publisher keeps its connections, and must be able to close one that is broken. */
        private static ConnectionFactory target(ConnectionFactory factory) {
            return ClassUtils.isPresent(
                            "org.springframework.jms.connection.SingleConnectionFactory",
                            JmsConfiguration.class.getClassLoader())
                    ? SpringJms.target(factory)
                    : factory;
        }

        /** Loaded only where Spring's JMS is. */
        private static final class SpringJms {
            static ConnectionFactory target(ConnectionFactory factory) {
                ConnectionFactory target = factory instanceof SingleConnectionFactory caching
                        ? caching.getTargetConnectionFactory()
                        : null;
                return target == null ? factory : target;
            }
        }
    }

    /** Amazon SQS. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({SqsPublisher.class, SqsAsyncClient.class})
    @ConditionalOnProperty(prefix = "boxcar.sqs", name = "enabled", matchIfMissing = true)
    static class SqsConfiguration {

        @Bean
        PublisherRoutes boxcarSqsRoutes(BoxcarProperties properties, ObjectProvider<SqsAsyncClient> clients) {
            BoxcarProperties.Sqs sqs = properties.sqs();
            SqsAsyncClient client = clients.getIfUnique();
            if (client == null) {
                return PublisherRoutes.of();
            }
            return routes("sqs", sqs.namespaces(), () -> {
                SqsPublisher.Builder builder = SqsPublisher.builder(client).publishTimeout(publishTimeout(properties));
                ifSet(sqs.defaultQueue(), builder::defaultQueue);
                return builder.build();
            });
        }
    }
}
