package dev.boxcar.kafka;

import static dev.boxcar.kafka.Kafka.headers;
import static dev.boxcar.kafka.Kafka.publish;
import static dev.boxcar.kafka.Kafka.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.testservers.KafkaServer;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked for beside the plain records. */
class RecordsTest {

    private static final Instant CREATED = Instant.parse("2026-03-01T10:15:30.123Z");
    private static final CloudEvents EVENTS = CloudEvents.of("https://shop.example/orders");

    private final KafkaServer server = Kafka.strictServer();

    private static ClaimedEntry entry(String topic, byte[] key, Map<String, String> headers) {
        return new ClaimedEntry(
                7,
                new OutboxContext(topic),
                "the-id",
                key,
                "{\"item\":\"tea\"}".getBytes(UTF_8),
                headers,
                "order.placed.v1",
                1,
                CREATED);
    }

    private ConsumerRecord<byte[], byte[]> sent(KafkaPublisher.Builder builder, ClaimedEntry entry) throws Exception {
        try (KafkaPublisher publisher = builder.build()) {
            assertThat(publish(publisher, entry)).containsExactly(PublishResult.SENT);
        }
        return read(server, entry.namespace()).get(0);
    }

    /** As the SDK of CloudEvents reads it. */
    private static CloudEvent event(ConsumerRecord<byte[], byte[]> record) {
        return KafkaMessageFactory.createReader(record.headers(), record.value())
                .toEvent();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRecordIsAnEventOfTheCloudEventsSpecification(boolean transactional) throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        KafkaPublisher.Builder builder = Kafka.publisher(server).cloudEvents(EVENTS);
        ClaimedEntry entry = entry(
                topic,
                "customer-7".getBytes(UTF_8),
                Map.of("content-type", "application/json", "ce-subject", "tea", "tenant", "zürich", "ce_id", "forged"));
        ConsumerRecord<byte[], byte[]> record =
                sent(transactional ? builder.transactional("events-" + topic + "-") : builder, entry);

        CloudEvent event = event(record);
        assertThat(event.getId()).isEqualTo("the-id");
        assertThat(event.getSource()).isEqualTo(URI.create("https://shop.example/orders"));
        assertThat(event.getType()).isEqualTo("order.placed.v1");
        assertThat(event.getSubject()).isEqualTo("tea");
        assertThat(event.getTime()).isEqualTo(CREATED.atOffset(ZoneOffset.UTC));
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(event.getExtension("partitionkey")).isEqualTo("customer-7");
        assertThat(event.getExtension("boxcarnamespace")).isEqualTo(topic);
        assertThat(Objects.requireNonNull(event.getData()).toBytes()).isEqualTo(entry.payload());
        assertThat(record.key()).isEqualTo("customer-7".getBytes(UTF_8));
        assertThat(headers(record))
                .containsEntry("tenant", "zürich")
                .containsEntry("content-type", "application/json")
                .containsEntry("ce_specversion", "1.0")
                .doesNotContainKeys(BoxcarHeaders.ID, BoxcarHeaders.TYPE, "ce-subject", "ce_datacontenttype");
    }

    @Test
    void aKeyThatIsNoTextIsTheRecordsKeyAllTheSame() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        byte[] key = {0, 1, (byte) 0xff};
        ConsumerRecord<byte[], byte[]> record =
                sent(Kafka.publisher(server).cloudEvents(EVENTS), entry(topic, key, Map.of()));
        assertThat(record.key()).isEqualTo(key);
        assertThat(event(record).getExtension("partitionkey")).isNull();
        assertThat(event(record).getDataContentType()).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHookIsAroundEachSend(boolean transactional) throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        List<String> calls = new CopyOnWriteArrayList<>();
        Function<ClaimedEntry, AutoCloseable> hook = entry -> {
            Thread thread = Thread.currentThread();
            calls.add("open " + entry.id());
            return () -> calls.add("close " + entry.id() + (Thread.currentThread() == thread ? "" : " elsewhere"));
        };
        KafkaPublisher.Builder builder = Kafka.publisher(server).aroundEachSend(hook);
        sent(
                transactional ? builder.transactional("hook-" + topic + "-") : builder,
                entry(topic, new byte[] {1}, Map.of()));
        assertThat(calls).containsExactly("open 7", "close 7");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHookThatFailsHoldsNothingUp(boolean atTheEnd) throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        try (KafkaPublisher publisher = Kafka.publisher(server)
                .aroundEachSend(entry -> {
                    if (!atTheEnd) {
                        throw new IllegalStateException("broken hook");
                    }
                    return () -> {
                        throw new IllegalStateException("broken hook");
                    };
                })
                .build()) {
            assertThat(publisher
                            .publish(List.of(entry(topic, new byte[] {1}, Map.of())))
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS)
                            .of(7))
                    .isEqualTo(PublishResult.SENT);
        }
        assertThat(read(server, topic)).hasSize(1);
    }

    @Test
    void asInTheGuide() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        String servers = server.bootstrapServers();
        // tag::events[]
        KafkaPublisher publisher = KafkaPublisher.builder()
                .setting("bootstrap.servers", servers)
                .cloudEvents(CloudEvents.of("https://shop.example/orders"))
                .build();
        // end::events[]
        try (publisher) {
            assertThat(publisher
                            .publish(List.of(entry(topic, new byte[] {1}, Map.of())))
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS))
                    .isNotNull();
        }
    }
}
