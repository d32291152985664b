package dev.boxcar.nats;

import static dev.boxcar.nats.Nats.entry;
import static dev.boxcar.nats.Nats.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.testkit.PublisherLoad;
import dev.boxcar.testservers.NatsServer;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.core.message.impl.BaseGenericBinaryMessageReaderImpl;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class NatsPublisherTest {

    private final NatsServer server = NatsServer.start();
    private final List<NatsPublisher> open = new ArrayList<>();

    @AfterEach
    void closePublishers() {
        open.forEach(NatsPublisher::close);
        open.clear();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private NatsPublisher.Builder builder() {
        return NatsPublisher.builder(server.url()).publishTimeout(Duration.ofSeconds(4));
    }

    private NatsPublisher opened(NatsPublisher.Builder builder) {
        NatsPublisher publisher = builder.build();
        open.add(publisher);
        return publisher;
    }

    @Test
    void aStreamDropsWhatItHasByItsIdUnlessItIsAnothersInAnotherNamespace() throws Exception {
        String stream = Nats.newStream(server);
        NatsPublisher publisher = opened(builder().subject(entry -> stream));
        ClaimedEntry order = entry("orders", Message.of("k", "order").withId("42"));
        ClaimedEntry invoice = entry("invoices", Message.of("k", "invoice").withId("42"));

        assertThat(publish(publisher, order)).containsExactly(PublishResult.SENT);
        assertThat(publish(publisher, order)).containsExactly(PublishResult.SENT);
        assertThat(publish(publisher, invoice)).containsExactly(PublishResult.SENT);

        List<MessageInfo> all = Nats.read(server, stream);
        assertThat(all).extracting(Nats::text).containsExactly("order", "invoice");
        assertThat(all)
                .extracting(message -> Nats.headers(message).getFirst(BoxcarHeaders.DUPLICATES))
                .containsExactly("orders:42", "invoices:42");
        assertThat(Nats.headers(all.get(0)).getFirst(BoxcarHeaders.ID)).isEqualTo("42");
        assertThat(Nats.headers(all.get(0)).getFirst(BoxcarHeaders.NAMESPACE)).isEqualTo("orders");
    }

    @Test
    void aSubjectWithoutAStreamFailsAlone() throws Exception {
        String stream = Nats.newStream(server);
        NatsPublisher publisher = opened(builder());

        assertThat(publish(
                        publisher,
                        entry(stream + ".eu", Message.of("a", "1")),
                        entry("no-stream-takes-this", Message.of("b", "2")),
                        entry(stream, Message.of("c", "3"))))
                .containsExactly(
                        PublishResult.SENT,
                        PublishResult.failed("unroutable: no stream takes the subject"),
                        PublishResult.SENT);
    }

    @Test
    void aSubjectThatSomethingElseAnswersIsUnroutable() throws Exception {
        PublishResult result = Nats.ask(server, connection -> {
            connection
                    .createDispatcher(message ->
                            connection.publish(Objects.requireNonNull(message.getReplyTo()), new byte[] {'h', 'i'}))
                    .subscribe("a-service");
            connection.flush(Duration.ofSeconds(10));
            return publish(opened(builder()), entry("a-service", Message.of("k", "m")))
                    .get(0);
        });

        assertThat(result)
                .isEqualTo(
                        PublishResult.failed("unroutable: the subject is not a stream's; something else has answered"));
    }

    @Test
    void whatAStreamRefusesForItsSizeIsRejectedAndWhatDoesNotFitInIsUnavailable() throws Exception {
        String small = Nats.newStream(server, stream -> stream.maximumMessageSize(1_000));
        NatsPublisher publisher = opened(builder());
        assertThat(publish(publisher, entry(small, Message.of("k", new byte[2_000]))))
                .first()
                .isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
                    assertThat(failed.retryable()).isFalse();
                    assertThat(failed.reason()).contains("size");
                });

        String full = Nats.newStream(
                server,
                stream ->
                        stream.maxMessages(1).discardPolicy(DiscardPolicy.New).retentionPolicy(RetentionPolicy.Limits));
        assertThat(publish(publisher, entry(full, Message.of("a", "1")))).containsExactly(PublishResult.SENT);
        assertThat(publish(publisher, entry(full, Message.of("b", "2"))))
                .first()
                .isInstanceOfSatisfying(
                        PublishResult.Unavailable.class,
                        result -> assertThat(result.reason()).contains("maximum messages exceeded"));
        Nats.ask(server, connection -> connection.jetStreamManagement().purgeStream(full));
        assertThat(publish(publisher, entry(full, Message.of("b", "2")))).containsExactly(PublishResult.SENT);
    }

    @Test
    void whatNatsDoesNotAllowIsRejectedAlone() throws Exception {
        String stream = Nats.newStream(server);
        NatsPublisher publisher = opened(builder());

        List<PublishResult> results = publish(
                publisher,
                entry("", Message.of("a", "1")),
                entry("with blank", Message.of("b", "2")),
                entry(stream + ".*", Message.of("c", "3")),
                entry(stream, Message.of("d", "4").withHeader("a:b", "secret")),
                entry(stream, Message.of("e", "5")));

        assertThat(results.get(0))
                .isEqualTo(PublishResult.rejected(
                        "no subject for the default namespace: write in a namespace, or set defaultSubject"));
        assertThat(results.subList(1, 3))
                .allSatisfy(result -> assertThat(result)
                        .isInstanceOfSatisfying(
                                PublishResult.Failed.class,
                                failed -> assertThat(failed.reason()).contains("is not valid")));
        assertThat(results.get(3))
                .isEqualTo(PublishResult.rejected("NATS does not allow a header with the name 'a:b'"));
        assertThat(results.get(4)).isEqualTo(PublishResult.SENT);
        assertThat(publish(opened(builder().defaultSubject(stream)), entry("", Message.of("a", "1"))))
                .containsExactly(PublishResult.SENT);
    }

    @Test
    void orderPerKeyHoldsAndNothingIsLostWhileTheServerIsKilledAndStopped() throws Exception {
        try (NatsServer doomed = NatsServer.start();
                NatsPublisher publisher = NatsPublisher.builder(doomed.url())
                        .publishTimeout(Duration.ofMillis(500))
                        .build()) {
            String stream = Nats.newStream(doomed);
            PublisherLoad load = new PublisherLoad(publisher, OutboxContext.ofNamespace(stream), 4);
            try (load) {
                for (int round = 0; round < 2; round++) {
                    load.awaitProgress(500);
                    doomed.kill();
                    doomed.restart();
                }
                Random random = new Random(7);
                for (int round = 0; round < 4; round++) {
                    load.awaitProgress(300);
                    doomed.pause();
                    // About as long as the publisher waits.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(400)));
                    doomed.resume();
                }
                load.awaitProgress(500);
            }

            load.check(Nats.read(doomed, stream).stream().map(Nats::received).toList());
        }
    }

    @Test
    void aServerWithoutJetStreamIsUnavailable() throws Exception {
        // Without a JetStream to ask, nobody knows whether there is a stream.
        try (NatsServer plain = NatsServer.builder()
                        .setting("accounts", "{ A: { users: [ { user: a, password: s3cret } ] } }")
                        .start();
                NatsPublisher publisher = NatsPublisher.builder(plain.url().replace("//", "//a:s3cret@"))
                        .publishTimeout(Duration.ofSeconds(4))
                        .build()) {
            assertThat(publish(publisher, entry("orders", Message.of("k", "m"))))
                    .first()
                    .isInstanceOfSatisfying(
                            PublishResult.Unavailable.class,
                            result -> assertThat(result.reason())
                                    .contains("JetStream")
                                    .doesNotContain("s3cret"));
            assertThat(publisher).asString().doesNotContain("s3cret");

            try (NatsPublisher stranger = NatsPublisher.builder(plain.url().replace("//", "//a:wr0ng@"))
                    .publishTimeout(Duration.ofSeconds(4))
                    .build()) {
                assertThat(publish(stranger, entry("orders", Message.of("k", "m"))))
                        .first()
                        .isInstanceOfSatisfying(
                                PublishResult.Unavailable.class,
                                result -> assertThat(result.reason())
                                        .contains("Authorization Violation")
                                        .doesNotContain("wr0ng"));
            }
        }
        assertThatThrownBy(() -> NatsPublisher.create("nats://a:s3cret@ho st"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
        assertThatThrownBy(() ->
                        builder().defaultSubject("a").subject(entry -> "b").build())
                .hasMessageContaining("refused together");
    }

    @Test
    void cloudEventsAreReadByTheirOwnLibrary() throws Exception {
        String stream = Nats.newStream(server);
        ClaimedEntry entry = entry(
                stream,
                Message.of("key", "{}")
                        .withType("order.paid.v1")
                        .withHeader("content-type", "application/json")
                        .withHeader("ce-subject", "bücher")
                        .withHeader("trace", "abc"));
        NatsPublisher publisher = opened(builder().cloudEvents(CloudEvents.of("https://shop.example/orders")));

        assertThat(publish(publisher, entry)).containsExactly(PublishResult.SENT);

        MessageInfo got = Nats.read(server, stream).get(0);
        assertThat(Nats.headers(got).getFirst("trace")).isEqualTo("abc");
        assertThat(Nats.headers(got).getFirst("ce-datacontenttype")).isEqualTo("application/json");
        assertThat(Nats.headers(got).getFirst("ce-subject")).isEqualTo("b%C3%BCcher");
        CloudEvent event = new Reader(got).toEvent();
        assertThat(event.getId()).isEqualTo(entry.messageId());
        assertThat(event.getType()).isEqualTo("order.paid.v1");
        assertThat(event.getSource()).hasToString("https://shop.example/orders");
        assertThat(event.getSubject()).isEqualTo("bücher");
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(Objects.requireNonNull(event.getTime()).toInstant()).isEqualTo(entry.createdAt());
        assertThat(event.getExtension("partitionkey")).isEqualTo("key");
        assertThat(Objects.requireNonNull(event.getData()).toBytes()).isEqualTo(entry.payload());
    }

    /** The SDK has no module for NATS; with its own reader for headers, this is one. */
    private static final class Reader extends BaseGenericBinaryMessageReaderImpl<String, String> {
        private final MessageInfo message;

        Reader(MessageInfo message) {
            super(SpecVersion.V1, data(message));
            this.message = message;
        }

        private static CloudEventData data(MessageInfo message) {
            return BytesCloudEventData.wrap(Objects.requireNonNull(message.getData()));
        }

        @Override
        protected boolean isContentTypeHeader(String key) {
            return false; // the binding has no such exception
        }

        @Override
        protected boolean isCloudEventsHeader(String key) {
            return key.startsWith("ce-");
        }

        @Override
        protected String toCloudEventsKey(String key) {
            return key.substring(3);
        }

        @Override
        protected void forEachHeader(BiConsumer<String, String> reader) {
            for (Map.Entry<String, List<String>> header : Nats.headers(message).entrySet()) {
                reader.accept(header.getKey(), header.getValue().get(0));
            }
        }

        @Override
        protected String toCloudEventsValue(String value) {
            return Objects.requireNonNull(Nats.decoded(value));
        }
    }
}
