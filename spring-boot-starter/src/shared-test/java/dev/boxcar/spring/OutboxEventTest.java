package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.Outbox;
import dev.boxcar.Publisher;
import dev.boxcar.TransactionException;
import dev.boxcar.spring.autoconfigure.BoxcarAutoConfiguration;
import dev.boxcar.spring.autoconfigure.BoxcarEventsAutoConfiguration;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Events that become messages in the transaction in which they are published. */
class OutboxEventTest {

    @OutboxEvent(namespace = "orders", key = "order.id", type = "order.placed.v1")
    static final class Placed {
        public OrderId getOrder() {
            return new OrderId();
        }
    }

    static final class OrderId {
        public String getId() {
            return "o-1";
        }
    }

    @OutboxEvent(key = "number()")
    record Counted(long number) {}

    @OutboxEvent(key = "key")
    static final class Keyless {
        public @Nullable String getKey() {
            return null;
        }
    }

    @OutboxEvent(key = "a b c")
    record Misspelled(long number) {}

    @OutboxEvent
    record Unreadable(String secret) {

        public String getBroken() {
            if (!secret.isEmpty()) {
                throw new IllegalStateException("broken: " + secret);
            }
            return secret;
        }
    }

    @OutboxEvent(namespace = "by annotation")
    record Mapped(UUID id, String text) {}

    record NotMeantForTheOutbox(String text) {}

    static final class Old extends ApplicationEvent {
        private static final long serialVersionUID = 1L;

        Old(Object source) {
            super(source);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        HikariDataSource dataSource() {
            return Databases.pool();
        }

        @Bean
        TransactionTemplate transaction(DataSource dataSource) {
            return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        }

        @Bean
        Publisher publisher() {
            return RecordingPublisher.keepingOrder();
        }

        @Bean
        OutboxEventMapping<Mapped> mapping() {
            return OutboxEventMapping.of(Mapped.class)
                    .namespace("mapped")
                    .key(Mapped::id)
                    .type("mapped.v1")
                    .payload(event -> event.text().getBytes(StandardCharsets.UTF_8))
                    .headers(event -> Map.of("tenant", "7"))
                    .build();
        }

        @Bean
        OutboxEventMapping<Old> oldEvents() {
            return OutboxEventMapping.of(Old.class)
                    .payload(event -> Map.of("old", event.getSource()))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Jackson2 {
        @Bean
        com.fasterxml.jackson.databind.ObjectMapper mapper() {
            return new com.fasterxml.jackson.databind.ObjectMapper();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnSerializer {
        @Bean
        PayloadSerializer serializer() {
            return new PayloadSerializer() {
                @Override
                public byte[] serialize(Object content) {
                    return content.getClass().getSimpleName().getBytes(StandardCharsets.UTF_8);
                }

                @Override
                public String contentType() {
                    return "text/plain";
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondMapping {
        @Bean
        OutboxEventMapping<Mapped> another() {
            return OutboxEventMapping.of(Mapped.class).build();
        }
    }

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(BoxcarAutoConfiguration.class, BoxcarEventsAutoConfiguration.class))
            .withUserConfiguration(Beans.class)
            .withPropertyValues("boxcar.jdbc.tables=create");

    private final ApplicationContextRunner application = bare.withUserConfiguration(Jackson2.class);

    /** What was published after a transaction in which this happened. */
    private static List<ClaimedEntry> published(AssertableApplicationContext context, Consumer<Consumer<Object>> work) {
        context.getBean(TransactionTemplate.class).executeWithoutResult(status -> work.accept(context::publishEvent));
        Await.until("the table is empty", () -> Integer.valueOf(0).equals(entries(context)));
        return context.getBean(RecordingPublisher.class).sent();
    }

    private static @Nullable Integer entries(AssertableApplicationContext context) {
        return new JdbcTemplate(context.getBean(DataSource.class))
                .queryForObject("select count(*) from \"boxcar_outbox\"", Integer.class);
    }

    private static String text(byte @Nullable [] bytes) {
        return new String(Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }

    @Test
    void anAnnotatedEventIsAMessage() {
        application.run(context -> {
            List<ClaimedEntry> sent = published(context, events -> {
                events.accept(new Counted(42));
                events.accept(new NotMeantForTheOutbox("nothing"));
            });
            assertThat(sent).singleElement().satisfies(entry -> {
                assertThat(entry.namespace()).isEmpty();
                assertThat(text(entry.key())).isEqualTo("42");
                assertThat(entry.type()).isNull();
                assertThat(text(entry.payload())).isEqualTo("{\"number\":42}");
                assertThat(entry.headers()).containsEntry("content-type", "application/json");
            });
        });
    }

    @Test
    void theKeyIsAnExpressionAndNamespaceAndTypeAreSaid() {
        application.run(context -> {
            List<ClaimedEntry> sent = published(context, events -> events.accept(new Placed()));
            assertThat(sent).singleElement().satisfies(entry -> {
                assertThat(entry.namespace()).isEqualTo("orders");
                assertThat(text(entry.key())).isEqualTo("o-1");
                assertThat(entry.type()).isEqualTo("order.placed.v1");
                assertThat(text(entry.payload())).isEqualTo("{\"order\":{\"id\":\"o-1\"}}");
            });
        });
    }

    @Test
    void aMappingWinsOverTheAnnotation() {
        UUID id = UUID.randomUUID();
        application.run(context -> {
            List<ClaimedEntry> sent = published(context, events -> events.accept(new Mapped(id, "hello")));
            assertThat(sent).singleElement().satisfies(entry -> {
                assertThat(entry.namespace()).isEqualTo("mapped");
                assertThat(text(entry.key())).isEqualTo(id.toString());
                assertThat(text(entry.payload())).isEqualTo("hello");
                assertThat(entry.type()).isEqualTo("mapped.v1");
                assertThat(entry.headers()).containsExactly(Map.entry("tenant", "7"));
            });
        });
    }

    @Test
    void anApplicationEventCanBeMapped() {
        application.run(context -> {
            List<ClaimedEntry> sent = published(context, events -> events.accept(new Old("source")));
            assertThat(sent).singleElement().satisfies(entry -> {
                assertThat(entry.key()).isNull();
                assertThat(text(entry.payload())).isEqualTo("{\"old\":\"source\"}");
            });
        });
    }

    @Test
    void aSerializerOfTheApplicationWins() {
        application.withUserConfiguration(OwnSerializer.class).run(context -> {
            List<ClaimedEntry> sent = published(context, events -> events.accept(new Counted(1)));
            assertThat(sent).singleElement().satisfies(entry -> {
                assertThat(text(entry.payload())).isEqualTo("Counted");
                assertThat(entry.headers()).containsEntry("content-type", "text/plain");
            });
        });
    }

    @Test
    void aSerializerThatFailsMakesTheTransactionFailEvenIfSomebodyCatchesIt() {
        application.run(context -> {
            JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
            jdbc.execute("create table business (id int)");
            TransactionTemplate transaction = context.getBean(TransactionTemplate.class);

            assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                        jdbc.update("insert into business values (1)");
                        context.publishEvent(new Counted(1));
                        assertThatThrownBy(() -> context.publishEvent(new Unreadable("secret")))
                                .isInstanceOf(OutboxEventException.class);
                    }))
                    .isInstanceOf(OutboxEventException.class)
                    .hasMessageContaining(Unreadable.class.getName())
                    .hasMessageNotContaining("secret");

            assertThat(entries(context)).isZero();
            assertThat(jdbc.queryForObject("select count(*) from business", Integer.class))
                    .isZero();
            assertThat(context.getBean(RecordingPublisher.class).sent()).isEmpty();
        });
    }

    @Test
    void withoutATransactionItIsRefused() {
        application.run(context -> {
            assertThat(context.getBean(Outbox.class)).isNotNull();
            assertThatThrownBy(() -> context.publishEvent(new Counted(1)))
                    .isInstanceOf(OutboxEventException.class)
                    .hasCauseInstanceOf(TransactionException.class)
                    .hasMessageContaining("there is no transaction");
            context.publishEvent(new NotMeantForTheOutbox("anything"));
        });
    }

    @Test
    void whatCannotBeAMessageIsRefusedWithItsReason() {
        application.run(context -> {
            assertThat(refusal(context, new Keyless())).contains(Keyless.class.getName(), "its key is null");
            assertThat(refusal(context, new Misspelled(1))).contains("the expression of its key is not valid");
        });
        bare.run(context -> assertThat(refusal(context, new Counted(1))).contains("PayloadSerializer", "Jackson"));
        application
                .withUserConfiguration(SecondMapping.class)
                .run(context -> assertThat(refusal(context, new Mapped(UUID.randomUUID(), "")))
                        .contains("several mappings"));
    }

    private static String refusal(AssertableApplicationContext context, Object event) {
        try {
            context.getBean(TransactionTemplate.class).executeWithoutResult(status -> context.publishEvent(event));
        } catch (OutboxEventException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("not refused");
    }
}
