package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxSettings;
import dev.boxcar.Publisher;
import dev.boxcar.SchemaException;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.kafka.KafkaPublisher;
import dev.boxcar.redis.RedisPublisher;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spring.autoconfigure.BoxcarAutoConfiguration;
import dev.boxcar.spring.autoconfigure.BoxcarBrokersAutoConfiguration;
import dev.boxcar.spring.autoconfigure.BoxcarKafkaAutoConfiguration;
import dev.boxcar.spring.autoconfigure.BoxcarProperties;
import dev.boxcar.spring.autoconfigure.BoxcarWebhookAutoConfiguration;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import jakarta.jms.ConnectionFactory;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** What the auto-configuration makes of an application's beans and properties, and how it refuses. */
class BoxcarAutoConfigurationTest {

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    BoxcarAutoConfiguration.class,
                    BoxcarBrokersAutoConfiguration.class,
                    BoxcarKafkaAutoConfiguration.class,
                    BoxcarWebhookAutoConfiguration.class));

    private final ApplicationContextRunner withDatabase =
            bare.withUserConfiguration(OneDatabase.class).withPropertyValues("boxcar.jdbc.tables=create");

    private final ApplicationContextRunner application = withDatabase.withUserConfiguration(OnePublisher.class);

    // ---- what there is

    @Test
    void anApplicationWithADataSourceAndAPublisherHasAnOutboxThatRuns() {
        application.run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(Outbox.class).hasSingleBean(OutboxTemplate.class);
            awaitRunning(context, true);
        });
    }

    @Test
    void theDefaultsAreThoseOfTheCore() {
        application.run(
                context -> assertThat(context.getBean(OutboxSettings.class)).isEqualTo(OutboxSettings.defaults()));
    }

    @Test
    void propertiesReachTheOutbox() {
        application
                .withPropertyValues(
                        "boxcar.processor.claim-duration=6s",
                        "boxcar.processor.batch-size=7",
                        "boxcar.processor.id=orders-1",
                        "boxcar.retry.max-attempts=3",
                        "boxcar.retry.after-last-attempt=hold-key",
                        "boxcar.limits.max-payload-size=1MB",
                        "boxcar.jdbc.table=my_outbox")
                .run(context -> {
                    OutboxSettings settings = context.getBean(OutboxSettings.class);
                    assertThat(settings.publishTimeout()).hasSeconds(3);
                    assertThat(settings.batchSize()).isEqualTo(7);
                    assertThat(settings.retryPolicy().maxAttempts()).isEqualTo(3);
                    assertThat(settings.retryPolicy().afterLastAttempt()).hasToString("HOLD_KEY");
                    assertThat(settings.messageLimits().maxPayloadBytes()).isEqualTo(1024 * 1024);
                    assertThat(context.getBean(Outbox.class).processorId()).isEqualTo("orders-1");
                    assertThat(context.getBean(OutboxStorage.class).description())
                            .endsWith("table my_outbox");
                });
    }

    @Test
    void nothingIsThereWhenItIsDisabled() {
        bare.withPropertyValues("boxcar.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(OutboxTemplate.class)
                        .doesNotHaveBean(Outbox.class));
    }

    @Test
    void anApplicationThatOnlyWritesNeedsNoPublisher() {
        withDatabase
                .withPropertyValues("boxcar.processor.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(OutboxTemplate.class)
                        .doesNotHaveBean(Outbox.class));
    }

    @Test
    void beansOfTheApplicationWin() {
        application.withUserConfiguration(OwnBeans.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(OutboxStorage.class)).isSameAs(context.getBean("myStorage"));
            assertThat(context.getBean(OutboxTemplate.class)).isSameAs(context.getBean("myTemplate"));
            assertThat(context.getBean(OutboxSettings.class).batchSize()).isEqualTo(33);
            assertThat(context.getBean(Outbox.class).processorId()).isEqualTo("customized");
        });
    }

    @Test
    void aContextThatStopsAndStartsAgainGoesOn() {
        application.run(context -> {
            awaitRunning(context, true);
            context.stop();
            awaitRunning(context, false);
            context.start();
            awaitRunning(context, true);
        });
    }

    // ---- where messages go

    @Test
    void kafkaIsWhereTheApplicationsOwnKafkaIs() {
        withDatabase
                .withPropertyValues("spring.kafka.bootstrap-servers=127.0.0.1:19092")
                .run(context -> assertThat(kafka(context).toString()).endsWith("127.0.0.1:19092]"));
        withDatabase
                .withUserConfiguration(SpringKafka.class)
                .run(context -> assertThat(kafka(context).toString()).endsWith("127.0.0.1:19093]"));
        withDatabase
                .withUserConfiguration(SpringKafka.class)
                .withPropertyValues("boxcar.kafka.bootstrap-servers=127.0.0.1:19094")
                .run(context -> assertThat(kafka(context).toString()).endsWith("127.0.0.1:19094]"));
    }

    @Test
    void aBrokerThatCannotBeReachedDoesNotKeepTheApplicationFromStarting() {
        withDatabase
                .withPropertyValues("boxcar.kafka.bootstrap-servers=127.0.0.1:1")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    awaitRunning(context, true);
                });
    }

    @Test
    void webhooksTakeTheirNamespacesAndKafkaTheOthers() {
        withDatabase
                .withPropertyValues(
                        "boxcar.kafka.bootstrap-servers=127.0.0.1:1",
                        "boxcar.webhooks.invoices.url=http://127.0.0.1:1/hook",
                        "boxcar.webhooks.partner.url=https://127.0.0.1:1/hook",
                        "boxcar.webhooks.partner.namespaces=shipments,returns")
                .run(context -> {
                    Publisher publisher = context.getBean(Publisher.class);
                    assertThat(publisher.destinations()).containsExactlyInAnyOrder("kafka", "invoices", "partner");
                    assertThat(publisher.destination(OutboxContext.ofNamespace("invoices")))
                            .isEqualTo("invoices");
                    assertThat(publisher.destination(OutboxContext.ofNamespace("returns")))
                            .isEqualTo("partner");
                    assertThat(publisher.destination(OutboxContext.ofNamespace("partner")))
                            .isEqualTo("kafka");
                });
    }

    @Test
    void eachBrokerThatIsNamedHasARoute() {
        withDatabase
                .withBean(ConnectionFactory.class, () -> nothing(ConnectionFactory.class))
                .withBean(SqsAsyncClient.class, () -> nothing(SqsAsyncClient.class))
                .withPropertyValues(
                        "boxcar.rabbitmq.uri=amqp://me:hunter22@127.0.0.1:1",
                        "boxcar.rabbitmq.namespaces=r",
                        "boxcar.nats.servers=nats://me:hunter22@127.0.0.1:1,nats://127.0.0.1:2",
                        "boxcar.nats.namespaces=n",
                        "boxcar.redis.uri=redis://me:hunter22@127.0.0.1:1",
                        "boxcar.redis.namespaces=s",
                        "boxcar.redis.max-length=1000",
                        "boxcar.jms.namespaces=j",
                        "boxcar.jms.text=true",
                        "boxcar.sqs.namespaces=q",
                        "boxcar.sqs.default-queue=all")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Publisher publisher = context.getBean(Publisher.class);
                    assertThat(publisher.destinations()).contains("rabbitmq", "nats", "redis", "jms", "sqs");
                    assertThat(publisher.destination(OutboxContext.ofNamespace("s")))
                            .isEqualTo("redis");
                    assertThat(context.getBean(BoxcarProperties.class).toString())
                            .doesNotContain("hunter22");
                });
    }

    @Test
    void aBrokerThatIsSwitchedOffHasNone() {
        withDatabase
                .withBean(ConnectionFactory.class, () -> nothing(ConnectionFactory.class))
                .withPropertyValues("boxcar.jms.enabled=false", "boxcar.redis.uri=redis://127.0.0.1:1")
                .run(context -> assertThat(context.getBean(Publisher.class)).isInstanceOf(RedisPublisher.class));
    }

    /** A client that must not be called. */
    private static <T> T nothing(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            return switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == args[0];
                case "toString" -> "a " + type.getSimpleName();
                case "close" -> null;
                default -> throw new UnsupportedOperationException(method.getName());
            };
        }));
    }

    @Test
    void aPublisherOfTheApplicationTakesTheirPlace() {
        application
                .withPropertyValues(
                        "boxcar.kafka.bootstrap-servers=127.0.0.1:1", "boxcar.webhooks.a.url=http://127.0.0.1:1")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PublisherRoutes.class));
    }

    // ---- what is refused

    @Test
    void noDataSource() {
        bare.withUserConfiguration(OnePublisher.class)
                .run(context ->
                        assertThat(analysis(context)).contains("needs a DataSource bean", "boxcar.enabled=false"));
    }

    @Test
    void twoDataSourcesWithoutAChoice() {
        application
                .withUserConfiguration(SecondDatabase.class)
                .run(context -> assertThat(analysis(context))
                        .contains("several DataSource beans", "[dataSource, second]", "boxcar.jdbc.data-source"));
    }

    @Test
    void twoDataSourcesWithAChoice() {
        application
                .withUserConfiguration(SecondDatabase.class)
                .withPropertyValues("boxcar.jdbc.data-source=second")
                .run(context -> {
                    HikariDataSource second = context.getBean("second", HikariDataSource.class);
                    String address = second.getJdbcUrl().replaceAll(";.*", "");
                    assertThat(context.getBean(OutboxStorage.class).description())
                            .contains(address);
                });
    }

    @Test
    void aDataSourceThatIsNotThere() {
        application
                .withPropertyValues("boxcar.jdbc.data-source=orders")
                .run(context -> assertThat(analysis(context))
                        .contains("no DataSource bean named 'orders'", "there are: [dataSource]"));
    }

    @Test
    void aPrimaryDataSourceIsTheChoice() {
        bare.withUserConfiguration(PrimaryDatabase.class, SecondDatabase.class, OnePublisher.class)
                .withPropertyValues("boxcar.jdbc.tables=create")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aMissingDriver() {
        bare.withUserConfiguration(NoDriver.class, OnePublisher.class)
                .run(context -> assertThat(analysis(context))
                        .contains("No JDBC driver", "jdbc:nosuch", "Add the dependency")
                        .doesNotContain("secret"));
    }

    @Test
    void noPublisher() {
        withDatabase.run(context -> assertThat(analysis(context))
                .contains(
                        "has no publisher",
                        "without settings: [KafkaPublisher, RabbitMqPublisher, NatsPublisher, RedisPublisher, JmsPublisher,"
                                + " SqsPublisher, HttpPublisher]",
                        "boxcar.processor.enabled=false"));
    }

    @Test
    void twoPublishersWithoutAChoice() {
        application
                .withUserConfiguration(SecondPublisher.class)
                .run(context -> assertThat(analysis(context))
                        .contains("several Publisher beans", "[publisher, secondPublisher]", "@Primary"));
    }

    @Test
    void twoPublishersForAllOtherNamespaces() {
        withDatabase
                .withPropertyValues(
                        "boxcar.kafka.bootstrap-servers=127.0.0.1:1",
                        "boxcar.webhooks.all.url=http://127.0.0.1:1",
                        "boxcar.webhooks.all.namespaces=*")
                .run(context -> assertThat(analysis(context)).contains("[kafka, all]", "boxcar.kafka.namespaces"));
    }

    @Test
    void oneNamespaceForTwoPublishers() {
        withDatabase
                .withPropertyValues(
                        "boxcar.kafka.bootstrap-servers=127.0.0.1:1",
                        "boxcar.kafka.namespaces=a",
                        "boxcar.webhooks.a.url=http://127.0.0.1:1")
                .run(context -> assertThat(analysis(context)).contains("namespace 'a' has two routes"));
    }

    @Test
    void missingTables() {
        application
                .withPropertyValues("boxcar.jdbc.tables=validate")
                .run(context -> assertThat(analysis(context))
                        .contains("the outbox's tables are missing", "boxcar.jdbc.tables=create"));
    }

    @Test
    void anApplicationThatOnlyWritesMayNotBeAllowedToLookAtTheTables() {
        withDatabase
                .withPropertyValues("boxcar.processor.enabled=false", "boxcar.jdbc.tables=none")
                .run(context -> assertThat(context).hasNotFailed());
        withDatabase
                .withPropertyValues("boxcar.processor.enabled=false", "boxcar.jdbc.tables=validate")
                .run(context -> assertThat(context).getFailure().hasRootCauseInstanceOf(SchemaException.class));
    }

    @Test
    void listeningWhereNobodyNotifies() {
        application
                .withPropertyValues("boxcar.jdbc.listen=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("only PostgreSQL can notify"));
    }

    @Test
    void valuesThatCannotWork() {
        application
                .withPropertyValues("boxcar.processor.publish-timeout=5s")
                .run(context -> assertThat(analysis(context))
                        .contains(
                                "boxcar.processor", "claimDuration (2 s) must be at least twice publishTimeout (5 s)"));
        application
                .withPropertyValues("boxcar.retry.jitter=2")
                .run(context -> assertThat(analysis(context)).contains("jitter (2.0) must be from 0 to 1"));
        application
                .withPropertyValues("boxcar.limits.max-payload-size=3GB")
                .run(context ->
                        assertThat(analysis(context)).contains("maxPayloadSize (3072 MB) must be less than 2 GB"));
        application
                .withPropertyValues("boxcar.jdbc.table=drop table")
                .run(context ->
                        assertThat(analysis(context)).contains("boxcar.jdbc", "the table name (10 characters)"));
        withDatabase
                .withPropertyValues("boxcar.webhooks.a.url=ftp://127.0.0.1")
                .run(context -> assertThat(analysis(context)).contains("boxcar.webhooks.a", "http://"));
        withDatabase
                .withPropertyValues("boxcar.webhooks.a.namespaces=b")
                .run(context -> assertThat(analysis(context)).contains("boxcar.webhooks.a.url is missing"));
        withDatabase
                .withPropertyValues("boxcar.kafka.bootstrap-servers=127.0.0.1:1", "boxcar.kafka.properties.acks=1")
                .run(context -> assertThat(analysis(context)).contains("boxcar.kafka", "acks"));
        withDatabase
                .withPropertyValues("boxcar.rabbitmq.uri=me:hunter22@127.0.0.1")
                .run(context -> assertThat(analysis(context))
                        .contains("boxcar.rabbitmq", "must look like amqp://")
                        .doesNotContain("hunter22"));
    }

    @Test
    void valuesOfTheWrongKind() {
        application
                .withPropertyValues("boxcar.processor.batch-size=many")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("many"));
    }

    @Test
    void namesThatAreNoProperty() {
        application
                .withPropertyValues("boxcar.procesor.batch-size=7")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("boxcar.procesor.batch-size"));
    }

    // ---- tools

    private static KafkaPublisher kafka(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        List<PublisherRoute> routes =
                context.getBean("boxcarKafkaRoutes", PublisherRoutes.class).routes();
        assertThat(routes).hasSize(1);
        return (KafkaPublisher) routes.get(0).publisher();
    }

    /** What a person would read instead of the stack trace. */
    private static String analysis(AssertableApplicationContext context) {
        Throwable failure = Objects.requireNonNull(context.getStartupFailure(), "it has started");
        for (FailureAnalyzer analyzer : SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, FailureHandler.handleMessage((message, e) -> {}))) {
            FailureAnalysis analysis =
                    analyzer.getClass().getName().startsWith("dev.boxcar.") ? analyzer.analyze(failure) : null;
            if (analysis != null) {
                return analysis.getDescription() + "\n" + analysis.getAction();
            }
        }
        throw new AssertionError("nobody explains this failure", failure);
    }

    private static void awaitRunning(AssertableApplicationContext context, boolean running) {
        Outbox<?> outbox = context.getBean(Outbox.class);
        Await.until("the processor runs: " + running, () -> outbox.status().running() == running);
    }

    @Configuration(proxyBeanMethods = false)
    static class OneDatabase {
        @Bean
        HikariDataSource dataSource() {
            return Databases.pool();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryDatabase {
        @Bean
        @Primary
        HikariDataSource dataSource() {
            return Databases.pool();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondDatabase {
        @Bean
        HikariDataSource second() {
            return Databases.pool();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class NoDriver {
        @Bean
        DataSource dataSource() {
            return new DriverManagerDataSource("jdbc:nosuch://db.example/app?password=secret");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OnePublisher {
        @Bean
        Publisher publisher() {
            return RecordingPublisher.create();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondPublisher {
        @Bean
        Publisher secondPublisher() {
            return RecordingPublisher.create();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SpringKafka {
        @Bean
        ProducerFactory<?, ?> producerFactory() {
            return new DefaultKafkaProducerFactory<>(
                    java.util.Map.of("bootstrap.servers", "127.0.0.1:19093", "acks", "1", "client.id", "mine"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {
        @Bean
        JdbcStorage myStorage(DataSource dataSource) {
            return JdbcStorage.builder(dataSource).table("mine").build();
        }

        @Bean
        OutboxSettings mySettings() {
            return OutboxSettings.builder().batchSize(33).build();
        }

        @Bean
        OutboxCustomizer myCustomizer() {
            return builder -> builder.processorId("customized");
        }

        @Bean
        OutboxTemplate myTemplate(Outbox<java.sql.Connection> outbox, DataSource dataSource) {
            return new OutboxTemplate(outbox, dataSource, outbox::wakeProcessor);
        }
    }
}
