package dev.boxcar.kafka;

import static dev.boxcar.kafka.Kafka.entry;
import static dev.boxcar.kafka.Kafka.payloads;
import static dev.boxcar.kafka.Kafka.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishLease;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.testservers.KafkaServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With transactions the brokers refuse what a processor sends after its claims were taken over. */
@Timeout(120)
class TransactionsTest {

    private static final String PREFIX = "boxcar-orders-";

    /** The claims of a session, valid until the test ends them. */
    private static final class Lease implements PublishLease {
        final String session = UUID.randomUUID().toString();
        volatile boolean valid = true;

        @Override
        public String session() {
            return session;
        }

        @Override
        public boolean isValid() {
            return valid;
        }
    }

    private final KafkaServer server = Kafka.strictServer();
    private final KafkaPublisher first = publisher();
    private final KafkaPublisher heir = publisher();
    private final Lease lease = new Lease();
    private final Lease heirsLease = new Lease();
    private String topic = "none";

    private KafkaPublisher publisher() {
        return Kafka.publisher(server).transactional(PREFIX).build();
    }

    @BeforeEach
    void createTopic() throws Exception {
        topic = Kafka.newTopic(server, 2, Map.of());
    }

    @AfterEach
    void close() {
        first.close();
        heir.close();
    }

    @Test
    void whatAFencedProcessorSendsWhenItWakesUpTakesNoEffect() throws Exception {
        assertThat(publish(first, lease, entry(topic, "k", "1"))).containsExactly(PublishResult.SENT);

        fence(heir, lease);
        assertThat(publish(heir, heirsLease, entry(topic, "k", "2"))).containsExactly(PublishResult.SENT);
        lease.valid = false;
        List<PublishResult> late = publish(first, lease, entry(topic, "k", "late"), entry(topic, "l", "late"));

        assertThat(late).hasSize(2).allMatch(PublishResult.Unavailable.class::isInstance);
        // Its client is a new one now, which the brokers know: the lease alone tells that it came too late.
        assertThat(publish(first, lease, entry(topic, "k", "later")))
                .allMatch(PublishResult.Unavailable.class::isInstance);
        assertThat(payloads(server, topic)).containsExactly("1", "2");
    }

    @Test
    void aProcessorThatFirstSendsAfterItWasFencedSendsNothing() throws Exception {
        fence(heir, lease);
        lease.valid = false;

        assertThat(publish(first, lease, entry(topic, "k", "late")))
                .allMatch(PublishResult.Unavailable.class::isInstance);

        assertThat(publish(heir, heirsLease, entry(topic, "k", "1"))).containsExactly(PublishResult.SENT);
        assertThat(payloads(server, topic)).containsExactly("1");
    }

    @Test
    void fencingAbortsWhatADeadProcessorHadBegunSoThatReadersDoNotWaitForIt() throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                server.bootstrapServers(),
                "transactional.id",
                PREFIX + lease.session(),
                "transaction.timeout.ms",
                600_000);
        try (KafkaProducer<byte[], byte[]> dead =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            dead.initTransactions();
            dead.beginTransaction();
            var unused = dead.send(new ProducerRecord<>(topic, "k".getBytes(UTF_8), "begun".getBytes(UTF_8)));
            dead.flush();

            fence(heir, lease);
            assertThat(publish(heir, heirsLease, entry(topic, "k", "1"))).containsExactly(PublishResult.SENT);

            assertThat(payloads(server, topic)).containsExactly("1");
            dead.close(java.time.Duration.ZERO);
        }
    }

    @Test
    void aFenceThatTheBrokersDoNotAnswerFails() {
        try (KafkaPublisher nowhere = KafkaPublisher.builder()
                .setting("bootstrap.servers", "127.0.0.1:1")
                .transactional(PREFIX)
                .build()) {
            CompletableFuture<Void> fence = nowhere.fence("session").toCompletableFuture();
            assertThat(fence).failsWithin(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatIsRefusedIsLeftOutAndTheRestTakesEffectInOrder() throws Exception {
        String small = Kafka.newTopic(server, 1, Map.of("max.message.bytes", "100000"));
        ClaimedEntry tooLargeForTheClient = entry(topic, "b", new byte[2_000_000], Map.of());
        ClaimedEntry tooLargeForTheTopic = entry(small, "c", new byte[200_000], Map.of());

        List<PublishResult> results = publish(
                first,
                lease,
                entry(topic, "a", "1"),
                tooLargeForTheClient,
                entry(topic, "a", "2"),
                tooLargeForTheTopic,
                entry(small, "c", "3"),
                entry("no-such-topic", "d", "4"),
                entry("no-such-topic", "d", "5"),
                entry(topic, "a", "6"));

        assertThat(results).element(0).isEqualTo(PublishResult.SENT);
        assertThat(results).element(1).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.reason()).contains("too large");
        });
        assertThat(results).element(2).isEqualTo(PublishResult.SENT);
        assertThat(results).element(3).isInstanceOf(PublishResult.Failed.class);
        assertThat(results).element(4).isEqualTo(PublishResult.SENT);
        assertThat(results).element(5).isInstanceOf(PublishResult.Failed.class);
        assertThat(results).element(6).isNotEqualTo(PublishResult.SENT);
        assertThat(results).element(7).isEqualTo(PublishResult.SENT);
        assertThat(payloads(server, topic)).containsExactly("1", "2", "6");
        assertThat(payloads(server, small)).containsExactly("3");
    }

    @Test
    void aTopicThatMayNotBeWrittenFailsItsOwnEntriesOnly() throws Exception {
        String forbidden = Kafka.newTopic(server, 1, Map.of());
        Kafka.forbidWriting(server, forbidden);
        List<ClaimedEntry> call = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            call.add(entry(forbidden, "f" + i, "x"));
            call.add(entry(topic, "k", "%02d".formatted(i)));
        }

        List<PublishResult> results = publish(first, lease, call.toArray(ClaimedEntry[]::new));

        for (int i = 0; i < 100; i += 2) {
            assertThat(results).element(i).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
                assertThat(failed.retryable()).isTrue();
                assertThat(failed.reason()).isEqualTo("no permission to write to topic '" + forbidden + "'");
            });
            assertThat(results).element(i + 1).isEqualTo(PublishResult.SENT);
        }
        assertThat(payloads(server, topic)).hasSize(50).isSorted();
    }

    @Test
    void manyCallsOfManySessionsArriveOnceAndInOrderPerKey() throws Exception {
        List<Lease> leases = List.of(lease, heirsLease);
        List<CompletionStage<PublishResults>> calls = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 30; round++) {
            for (int session = 0; session < 2; session++) {
                List<ClaimedEntry> call = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    call.add(entry(topic, "k" + session + "-" + round, "%d-%02d-%02d".formatted(session, round, i)));
                    expected.add("%d-%02d-%02d".formatted(session, round, i));
                }
                calls.add(first.publish(call, leases.get(session)));
            }
        }
        for (CompletionStage<PublishResults> call : calls) {
            assertThat(Kafka.await(call)).hasToString("PublishResults[all Sent[]]");
        }

        assertThat(payloads(server, topic)).containsExactlyInAnyOrderElementsOf(expected);
        read(server, topic).stream()
                .collect(Collectors.groupingBy(record -> new String(record.key(), UTF_8)))
                .values()
                .forEach(ofKey -> assertThat(ofKey)
                        .extracting(record -> new String(record.value(), UTF_8))
                        .isSorted());
    }

    @Test
    void aPrefixIsRequired() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaPublisher.builder().transactional(" "))
                .withMessageContaining("must not be blank");
    }

    private static void fence(Publisher by, Lease of) throws Exception {
        by.fence(of.session()).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static List<PublishResult> publish(Publisher publisher, Lease lease, ClaimedEntry... entries)
            throws Exception {
        List<ClaimedEntry> call = List.of(entries);
        PublishResults results = Kafka.await(publisher.publish(call, lease));
        List<PublishResult> inOrder = new ArrayList<>();
        for (ClaimedEntry entry : call) {
            inOrder.add(java.util.Objects.requireNonNull(results.of(entry.id()), "no result"));
        }
        return inOrder;
    }
}
