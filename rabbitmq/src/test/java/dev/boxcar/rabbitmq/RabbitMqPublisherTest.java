package dev.boxcar.rabbitmq;

import static dev.boxcar.rabbitmq.Rabbit.entry;
import static dev.boxcar.rabbitmq.Rabbit.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.Message;
import dev.boxcar.PublishResult;
import dev.boxcar.testkit.Await;
import dev.boxcar.testservers.RabbitMqServer;
import io.cloudevents.CloudEvent;
import io.cloudevents.amqp.ProtonAmqpMessageFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class RabbitMqPublisherTest {

    private static final int LARGEST = 65_536;

    private final RabbitMqServer server = RabbitMqServer.builder()
            .setting("max_message_size", Integer.toString(LARGEST))
            .start();
    private final List<RabbitMqPublisher> open = new ArrayList<>();

    @AfterEach
    void closePublishers() {
        open.forEach(RabbitMqPublisher::close);
        open.clear();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private RabbitMqPublisher.Builder builder() {
        return RabbitMqPublisher.builder(server.uri()).publishTimeout(Duration.ofSeconds(4));
    }

    private RabbitMqPublisher opened(RabbitMqPublisher.Builder builder) {
        RabbitMqPublisher publisher = builder.build();
        open.add(publisher);
        return publisher;
    }

    @Test
    void aMessageIsPersistentAndHasWhatTheProtocolHasAPropertyForThere() throws Exception {
        String queue = Rabbit.newQueue(server, Map.of());
        ClaimedEntry entry = entry(
                queue,
                Message.of("key", "{}")
                        .withType("order.paid.v1")
                        .withHeader("Content-Type", "application/json")
                        .withHeader(BoxcarHeaders.KEY, "not the key"));

        assertThat(publish(opened(builder()), entry)).containsExactly(PublishResult.SENT);

        GetResponse got = Rabbit.take(server, queue).get(0);
        BasicProperties properties = got.getProps();
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getMessageId()).isEqualTo(entry.messageId());
        assertThat(properties.getType()).isEqualTo("order.paid.v1");
        assertThat(properties.getContentType()).isEqualTo("application/json");
        assertThat(properties.getTimestamp())
                .hasSameTimeAs(
                        java.util.Date.from(entry.createdAt().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
        assertThat(properties.getHeaders())
                .containsOnlyKeys(BoxcarHeaders.KEY, BoxcarHeaders.CREATED, BoxcarHeaders.NAMESPACE)
                .containsEntry(BoxcarHeaders.KEY, entry.key());
        assertThat(got.getEnvelope().isRedeliver()).isFalse();
    }

    @Test
    void anExchangeRoutesByNamespace() throws Exception {
        String queue = Rabbit.newQueue(server, Map.of());
        String exchange = Rabbit.newExchange(server, queue, "orders.*");
        RabbitMqPublisher publisher = opened(builder().exchange(exchange).defaultRoutingKey("orders.default"));

        assertThat(publish(
                        publisher,
                        entry("orders.eu", Message.of("a", "1")),
                        entry("", Message.of("b", "2")),
                        entry("invoices.eu", Message.of("c", "3"))))
                .containsExactly(
                        PublishResult.SENT,
                        PublishResult.SENT,
                        PublishResult.failed(
                                "unroutable: exchange '" + exchange + "' has no queue for namespace 'invoices.eu'"));

        assertThat(Rabbit.take(server, queue))
                .extracting(got -> got.getEnvelope().getRoutingKey())
                .containsExactly("orders.eu", "orders.default");
    }

    @Test
    void withoutARouteAnEntryIsRejected() throws Exception {
        assertThat(publish(opened(builder()), entry("", Message.of("k", "m"))))
                .containsExactly(PublishResult.rejected(
                        "no route for the default namespace: write in a namespace, or set defaultRoutingKey"));
        RabbitMqPublisher choosy = opened(builder().route(entry -> {
            if (entry.key() == null) {
                throw new IllegalStateException("secret");
            }
            return null;
        }));
        assertThat(publish(choosy, entry("a", Message.of("k", "m")), entry("a", Message.of((String) null, "m"))))
                .containsExactly(
                        PublishResult.rejected("no route for namespace 'a'"),
                        PublishResult.failed(
                                "the function that chooses the route failed: java.lang.IllegalStateException"));
    }

    /** The broker closes the channel and does not say because of which message. */
    @Test
    void aMessageTheBrokerComplainsAboutIsFoundAndTheOthersArrive() throws Exception {
        String queue = Rabbit.newQueue(server, Map.of());
        RabbitMqPublisher publisher = opened(builder()
                .route(entry -> new RabbitMqRoute(entry.headers().getOrDefault("to", ""), queue)));
        List<ClaimedEntry> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(entry("a", Message.of("k" + i, "m" + i)));
        }
        ClaimedEntry tooLarge = entry("a", Message.of("large", new byte[LARGEST + 1]));
        ClaimedEntry lost = entry("a", Message.of("lost", "m").withHeader("to", "no-such-exchange"));
        waiting.add(20, tooLarge);
        waiting.add(40, lost);

        Map<ClaimedEntry, PublishResult> results = publishUntilSettled(publisher, waiting);

        assertThat(results.remove(tooLarge)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.reason()).contains("406", "larger than");
        });
        assertThat(results.remove(lost)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isTrue();
            assertThat(failed.reason()).contains("404", "no-such-exchange");
        });
        assertThat(results).hasSize(50).values().containsOnly(PublishResult.SENT);
        assertThat(Rabbit.take(server, queue))
                .extracting(got -> new String(got.getBody(), java.nio.charset.StandardCharsets.UTF_8))
                .hasSizeGreaterThanOrEqualTo(50)
                .contains("m0", "m49");
    }

    /** As the processor does: what was skipped goes with a later call. */
    private static Map<ClaimedEntry, PublishResult> publishUntilSettled(
            RabbitMqPublisher publisher, List<ClaimedEntry> entries) throws Exception {
        Map<ClaimedEntry, PublishResult> results = new HashMap<>();
        List<ClaimedEntry> waiting = new ArrayList<>(entries);
        for (int call = 0; call < 10 && !waiting.isEmpty(); call++) {
            List<PublishResult> all = publish(publisher, waiting.toArray(ClaimedEntry[]::new));
            List<ClaimedEntry> skipped = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i)).isNotInstanceOf(PublishResult.Unavailable.class);
                if (all.get(i) instanceof PublishResult.Skipped) {
                    skipped.add(waiting.get(i));
                } else {
                    results.put(waiting.get(i), all.get(i));
                }
            }
            waiting = skipped;
        }
        assertThat(waiting).as("still not settled").isEmpty();
        return results;
    }

    /** The numbers by which the broker confirms must be right afterwards. */
    @Test
    void aMessageThatTheProtocolCannotHoldIsRejectedAlone() throws Exception {
        String queue = Rabbit.newQueue(server, Map.of());
        RabbitMqPublisher publisher = opened(builder());

        List<PublishResult> results = publish(
                publisher,
                entry(queue, Message.of("a", "1")),
                entry(queue, Message.of("b", "2").withHeader("n".repeat(256), "v")),
                entry(queue, Message.of("c", "3").withHeader("n", "v".repeat(200_000))),
                entry(queue, Message.of("d", "4")));

        assertThat(results.get(0)).isEqualTo(PublishResult.SENT);
        assertThat(results.subList(1, 3))
                .allSatisfy(result -> assertThat(result)
                        .isInstanceOfSatisfying(
                                PublishResult.Failed.class,
                                failed -> assertThat(failed.reason())
                                        .contains("AMQP cannot hold the message")
                                        .doesNotContain("vvv", "nnn")));
        assertThat(results.get(3)).isEqualTo(PublishResult.SENT);
        assertThat(publish(publisher, entry(queue, Message.of("e", "5")))).containsExactly(PublishResult.SENT);
        assertThat(Rabbit.take(server, queue)).hasSize(3);
    }

    @Test
    void aFullQueueThatRejectsIsUnavailableUntilThereIsRoom() throws Exception {
        String queue = Rabbit.newQueue(server, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        RabbitMqPublisher publisher = opened(builder());
        assertThat(publish(publisher, entry(queue, Message.of("a", "1")))).containsExactly(PublishResult.SENT);

        assertThat(publish(publisher, entry(queue, Message.of("b", "2"))))
                .first()
                .isInstanceOfSatisfying(
                        PublishResult.Unavailable.class,
                        result -> assertThat(result.reason()).contains("nack"));

        assertThat(Rabbit.take(server, queue)).hasSize(1);
        assertThat(publish(publisher, entry(queue, Message.of("b", "2")))).containsExactly(PublishResult.SENT);
    }

    @Test
    void aServerThatStopsInOrderIsUnavailableAndWhatItConfirmedIsThereAfterwards() throws Exception {
        String queue = Rabbit.newQueue(server, Map.of());
        RabbitMqPublisher publisher = opened(builder());
        assertThat(publish(publisher, entry(queue, Message.of("a", "1")))).containsExactly(PublishResult.SENT);

        server.stop();
        assertThat(publish(publisher, entry(queue, Message.of("b", "2"))))
                .allMatch(PublishResult.Unavailable.class::isInstance);
        server.restart();

        Await.until("RabbitMQ takes messages again", Duration.ofSeconds(60), () -> {
            try {
                return publish(publisher, entry(queue, Message.of("c", "3"))).get(0) instanceof PublishResult.Sent;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(Rabbit.take(server, queue))
                .extracting(got -> new String(got.getBody(), java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("1")
                .endsWith("3");
    }

    @Test
    void cloudEventsAreReadByTheirOwnLibrary() throws Exception {
        String queue = Rabbit.newQueue(server, Map.of());
        ClaimedEntry entry = entry(
                queue,
                Message.of("key", "{}")
                        .withType("order.paid.v1")
                        .withHeader("content-type", "application/json")
                        .withHeader("ce-subject", "bücher")
                        .withHeader("trace", "abc"));
        RabbitMqPublisher publisher = opened(builder().cloudEvents(CloudEvents.of("https://shop.example/orders")));

        assertThat(publish(publisher, entry)).containsExactly(PublishResult.SENT);

        GetResponse got = Rabbit.take(server, queue).get(0);
        Map<String, Object> headers = got.getProps().getHeaders();
        assertThat(Objects.toString(headers.get("trace"))).isEqualTo("abc");
        assertThat(headers).containsEntry(BoxcarHeaders.KEY, entry.key());
        // RabbitMQ hands headers to clients of AMQP 1.0 as application properties.
        Map<String, Object> properties = new HashMap<>();
        headers.forEach((name, value) -> {
            if (name.startsWith("cloudEvents:")) {
                properties.put(name, value.toString());
            }
        });
        CloudEvent event = ProtonAmqpMessageFactory.createReader(
                        got.getProps().getContentType(),
                        new ApplicationProperties(properties),
                        new Data(new Binary(got.getBody())))
                .toEvent();
        assertThat(event.getId()).isEqualTo(entry.messageId());
        assertThat(event.getType()).isEqualTo("order.paid.v1");
        assertThat(event.getSource()).hasToString("https://shop.example/orders");
        assertThat(event.getSubject()).isEqualTo("bücher");
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(Objects.requireNonNull(event.getTime()).toInstant()).isEqualTo(entry.createdAt());
        assertThat(event.getExtension("partitionkey")).isEqualTo("key");
        assertThat(event.getExtension("boxcarnamespace")).isEqualTo(queue);
        assertThat(Objects.requireNonNull(event.getData()).toBytes()).isEqualTo(entry.payload());
    }

    @Test
    void wrongCredentialsAndWrongAddressesAreUnavailableAndShowNoPassword() throws Exception {
        String wrong = server.uri().replace("guest:guest", "guest:s3cret");
        RabbitMqPublisher publisher = opened(RabbitMqPublisher.builder(wrong).publishTimeout(Duration.ofSeconds(4)));

        assertThat(publish(publisher, entry("a", Message.of("k", "m"))))
                .first()
                .isInstanceOfSatisfying(
                        PublishResult.Unavailable.class,
                        result -> assertThat(result.reason())
                                .contains("ACCESS_REFUSED")
                                .doesNotContain("s3cret"));

        assertThat(publisher).asString().doesNotContain("s3cret");
        assertThatThrownBy(() -> RabbitMqPublisher.create("amqp://guest:s3cret@host:port%zz/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
        assertThatThrownBy(() -> RabbitMqPublisher.create("http://guest:s3cret@host"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("amqp://")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> RabbitMqPublisher.create("localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("amqp://");
        assertThatThrownBy(() -> builder().exchange("e").route(entry -> null).build())
                .hasMessageContaining("refused together");
    }
}
