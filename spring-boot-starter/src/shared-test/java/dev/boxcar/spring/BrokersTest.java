package dev.boxcar.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.boxcar.Message;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spring.autoconfigure.BoxcarAutoConfiguration;
import dev.boxcar.spring.autoconfigure.BoxcarBrokersAutoConfiguration;
import dev.boxcar.testkit.Await;
import dev.boxcar.testservers.NatsServer;
import dev.boxcar.testservers.RabbitMqServer;
import dev.boxcar.testservers.RedisServer;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import jakarta.jms.JMSException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jms.connection.SingleConnectionFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Messages go to real brokers, with the clients that this line of Spring Boot brings. */
@Timeout(180)
class BrokersTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(BoxcarAutoConfiguration.class, BoxcarBrokersAutoConfiguration.class))
            .withUserConfiguration(Databases.WithTransactions.class)
            .withPropertyValues("boxcar.jdbc.tables=create");

    /** Writes a message of the namespace "orders" and one without a namespace, and waits until both are acknowledged. */
    private static void carry(ApplicationContextRunner runner) {
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            OutboxTemplate outbox = context.getBean(OutboxTemplate.class);
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
                outbox.publish("orders", Message.of("key", "one"));
                outbox.publish(Message.of("key", "two"));
            });
            OutboxStorage<?> storage = context.getBean(OutboxStorage.class);
            Await.until("both are settled", () -> storage.status().pending() == 0);
            assertThat(storage.status().deadLetters()).isZero();
        });
    }

    @Test
    void toRabbitMq() throws Exception {
        try (RabbitMqServer server = RabbitMqServer.start()) {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(server.uri());
            try (Connection connection = factory.newConnection();
                    Channel channel = connection.createChannel()) {
                channel.queueDeclare("orders", true, false, false, Map.of());
                channel.queueDeclare("others", true, false, false, Map.of());

                carry(application.withPropertyValues(
                        "boxcar.rabbitmq.uri=" + server.uri(), "boxcar.rabbitmq.default-routing-key=others"));
                assertThat(take(channel, "orders")).isEqualTo("one");
                assertThat(take(channel, "others")).isEqualTo("two");

                // To an exchange, as CloudEvents, by the first of the addresses that answers.
                channel.exchangeDeclare("events", "direct", true);
                channel.queueBind("orders", "events", "orders");
                channel.queueBind("others", "events", "others");
                carry(application.withPropertyValues(
                        "boxcar.rabbitmq.uri=amqp://nowhere.invalid",
                        "boxcar.rabbitmq.addresses=127.0.0.1:1,127.0.0.1:" + server.port(),
                        "boxcar.rabbitmq.exchange=events",
                        "boxcar.rabbitmq.default-routing-key=others",
                        "boxcar.rabbitmq.cloud-events-source=/shop"));
                GetResponse event = Objects.requireNonNull(channel.basicGet("orders", true), "the queue is empty");
                assertThat(new String(event.getBody(), UTF_8)).isEqualTo("one");
                assertThat(event.getEnvelope().getExchange()).isEqualTo("events");
                assertThat(event.getProps().getHeaders().get("cloudEvents:source"))
                        .hasToString("/shop");
                assertThat(take(channel, "others")).isEqualTo("two");

                // Where Spring's own client is.
                carry(application
                        .withBean(CachingConnectionFactory.class, () -> new CachingConnectionFactory(factory))
                        .withPropertyValues("boxcar.rabbitmq.default-routing-key=others"));
                assertThat(take(channel, "orders")).isEqualTo("one");
            }
        }
    }

    private static String take(Channel channel, String queue) throws Exception {
        GetResponse got = Objects.requireNonNull(channel.basicGet(queue, true), "the queue is empty");
        return new String(got.getBody(), UTF_8);
    }

    @Test
    void toNats() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            io.nats.client.Connection connection = Nats.connect(server.url());
            JetStreamManagement management = connection.jetStreamManagement();
            management.addStream(StreamConfiguration.builder()
                    .name("all")
                    .subjects("orders", "others")
                    .build());

            carry(application.withPropertyValues(
                    "boxcar.nats.servers=" + server.url(), "boxcar.nats.default-subject=others"));

            assertThat(new String(management.getLastMessage("all", "orders").getData(), UTF_8))
                    .isEqualTo("one");
            assertThat(new String(management.getLastMessage("all", "others").getData(), UTF_8))
                    .isEqualTo("two");
            connection.close();
        }
    }

    @Test
    void toRedis() {
        try (RedisServer server = RedisServer.start()) {
            carry(application.withPropertyValues(
                    "spring.data.redis.url=" + server.uri(), "boxcar.redis.default-stream=others"));

            RedisClient client = RedisClient.create(server.uri());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                assertThat(connection.sync().xrange("orders", Range.unbounded()))
                        .extracting(entry -> entry.getBody().get("payload"))
                        .containsExactly("one");
                assertThat(connection.sync().xlen("others")).isEqualTo(1);
            } finally {
                client.shutdown();
            }
        }
    }

    /** Spring's cache would hand out a connection that is broken again and again. */
    @Test
    void toJmsWithoutSpringsCache() {
        AtomicInteger connections = new AtomicInteger();
        jakarta.jms.ConnectionFactory broker = (jakarta.jms.ConnectionFactory) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {jakarta.jms.ConnectionFactory.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "createConnection" -> {
                        connections.incrementAndGet();
                        throw new JMSException("the broker is away");
                    }
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> "a broker";
                });
        AtomicInteger cached = new AtomicInteger();
        SingleConnectionFactory cache = new SingleConnectionFactory(broker) {
            @Override
            public jakarta.jms.Connection createConnection() throws JMSException {
                cached.incrementAndGet();
                return super.createConnection();
            }
        };

        application.withBean(jakarta.jms.ConnectionFactory.class, () -> cache).run(context -> {
            assertThat(context).hasNotFailed();
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                    .executeWithoutResult(status ->
                            context.getBean(OutboxTemplate.class).publish("orders", Message.of("key", "one")));
            Await.until("the broker is asked", () -> connections.get() > 0);
        });

        assertThat(cached).hasValue(0);
    }
}
