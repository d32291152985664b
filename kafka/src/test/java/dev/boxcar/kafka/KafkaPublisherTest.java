package dev.boxcar.kafka;

import static dev.boxcar.kafka.Kafka.entry;
import static dev.boxcar.kafka.Kafka.headers;
import static dev.boxcar.kafka.Kafka.payloads;
import static dev.boxcar.kafka.Kafka.publish;
import static dev.boxcar.kafka.Kafka.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.testservers.KafkaServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaPublisherTest {

    private final KafkaServer server = Kafka.strictServer();
    private final KafkaPublisher publisher = Kafka.publisher(server).build();

    @AfterEach
    void close() {
        publisher.close();
    }

    @Test
    void aRecordCarriesKeyPayloadHeadersAndWhatTheOutboxKnows() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        long before = System.currentTimeMillis();
        ClaimedEntry entry = new ClaimedEntry(
                7,
                new OutboxContext(topic),
                "the-id",
                new byte[] {0, 1, (byte) 0xff},
                new byte[] {2, 0},
                Map.of("tenant", "zürich"),
                "order.placed.v1",
                1,
                Instant.ofEpochMilli(1_767_225_600_123L));

        assertThat(publish(publisher, entry)).containsExactly(PublishResult.SENT);

        ConsumerRecord<byte[], byte[]> record = read(server, topic).get(0);
        assertThat(record.key()).containsExactly(0, 1, 0xff);
        assertThat(record.value()).containsExactly(2, 0);
        assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis());
        assertThat(headers(record))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "tenant",
                        "zürich",
                        BoxcarHeaders.ID,
                        "the-id",
                        BoxcarHeaders.TYPE,
                        "order.placed.v1",
                        BoxcarHeaders.CREATED,
                        "1767225600123",
                        BoxcarHeaders.NAMESPACE,
                        topic));
    }

    @Test
    void aHeaderOfTheMessageWithAReservedNameIsReplaced() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        ClaimedEntry entry = entry(
                topic,
                null,
                new byte[0],
                Map.of(BoxcarHeaders.ID, "forged", BoxcarHeaders.TYPE, "forged", "other", "x"));

        assertThat(publish(publisher, entry)).containsExactly(PublishResult.SENT);

        assertThat(headers(read(server, topic).get(0)))
                .containsEntry(BoxcarHeaders.ID, entry.messageId())
                .containsEntry("other", "x")
                .doesNotContainKey(BoxcarHeaders.TYPE);
    }

    @Test
    void theDefaultNamespaceIsRejectedWithoutATopicAndSentWithOne() throws Exception {
        assertThat(publish(publisher, entry("", "k", "x")))
                .containsExactly(PublishResult.rejected(
                        "no topic for the default namespace: write in a namespace, or set defaultTopic"));

        String topic = Kafka.newTopic(server, 1, Map.of());
        try (KafkaPublisher withDefault =
                Kafka.publisher(server).defaultTopic(topic).build()) {
            assertThat(publish(withDefault, entry("", "k", "x"))).containsExactly(PublishResult.SENT);
        }
        assertThat(headers(read(server, topic).get(0))).doesNotContainKey(BoxcarHeaders.NAMESPACE);
    }

    @Test
    void aNameThatNoTopicCanHaveIsRejectedAndTheOthersAreSent() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());

        List<PublishResult> results =
                publish(publisher, entry("two words", "a", "x"), entry(topic, "a", "y"), entry("..", "a", "x"));

        assertThat(results.get(0)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.reason()).contains("'two words'");
        });
        assertThat(results.get(1)).isEqualTo(PublishResult.SENT);
        assertThat(results.get(2)).isInstanceOf(PublishResult.Failed.class);
    }

    @Test
    void whatIsTooLargeForTheClientIsRejectedAndTheRestIsSent() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());

        List<PublishResult> results = publish(
                publisher,
                entry(topic, "k", "before"),
                entry(topic, "k", new byte[2_000_000], Map.of()),
                entry(topic, "k", "after"));

        assertThat(results).element(0).isEqualTo(PublishResult.SENT);
        assertThat(results).element(2).isEqualTo(PublishResult.SENT);
        assertThat(results.get(1)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.reason()).startsWith("too large: ").contains("max.request.size");
        });
        assertThat(payloads(server, topic)).containsExactly("before", "after");
    }

    @Test
    void whatIsTooLargeForTheTopicIsRejectedAndTheRestIsSent() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of("max.message.bytes", "100000"));
        List<ClaimedEntry> entries = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            entries.add(entry(topic, "k", i == 20 ? "x".repeat(200_000) : "small " + i));
        }

        PublishResults results = Kafka.await(publisher.publish(entries));

        assertThat(results.failureCount(entries)).isEqualTo(1);
        assertThat(results.of(entries.get(20).id())).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.reason()).startsWith("too large");
        });
        assertThat(payloads(server, topic))
                .containsExactlyElementsOf(IntStream.range(0, 50)
                        .filter(i -> i != 20)
                        .mapToObj(i -> "small " + i)
                        .toList());
    }

    @Test
    void aRecordThatTheTopicRefusesIsRejectedAndItsNeighboursAreNotBlamed() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of("cleanup.policy", "compact"));
        ClaimedEntry keyless = entry(topic, null, "keyless");
        ClaimedEntry neighbour = entry(topic, "k", "neighbour");

        List<PublishResult> results = publish(publisher, neighbour, keyless);

        assertThat(results.get(1)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.reason()).contains("refuses the record");
        });
        // The broker refuses a batch as a whole; whether both share one is the client's choice.
        assertThat(results.get(0)).isIn(PublishResult.SKIPPED, PublishResult.SENT);
        assertThat(publish(publisher, neighbour)).containsExactly(PublishResult.SENT);
    }

    @Test
    void aMissingTopicFailsItsOwnEntriesOnlyAndIsUsedOnceItExists() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        String missing = topic + "-later";
        assertThat(publish(publisher, entry(topic, "k", "warm"))).containsExactly(PublishResult.SENT);

        ClaimedEntry early = entry(missing, "k", "early");
        ClaimedEntry second = entry(missing, "k", "second");
        CompletionStage<PublishResults> waiting =
                publisher.publish(List.of(early, second, entry(topic, "k", "beside")));
        // While the first call still waits whether somebody creates the topic, others flow.
        assertThat(publish(publisher, entry(topic, "k", "meanwhile"))).containsExactly(PublishResult.SENT);
        assertThat(waiting.toCompletableFuture().isDone()).isFalse();

        PublishResults results = Kafka.await(waiting);
        assertThat(results.of(early.id())).isEqualTo(PublishResult.failed("topic '" + missing + "' does not exist"));
        assertThat(results.of(second.id())).isEqualTo(PublishResult.SKIPPED);
        assertThat(results.failureCount(List.of(early, second))).isEqualTo(2);

        // Known by now: answered at once, beside others that are sent.
        assertThat(publish(publisher, early, entry(topic, "k", "after")))
                .containsExactly(PublishResult.failed("topic '" + missing + "' does not exist"), PublishResult.SENT);

        Kafka.createTopic(server, missing, 1, Map.of());
        Eventually.check(() -> assertThat(publish(publisher, early)).containsExactly(PublishResult.SENT));
        assertThat(payloads(server, topic)).containsExactly("warm", "beside", "meanwhile", "after");
    }

    @Test
    void topicsThatAreMetAtOnceAreServedWithLessMemoryThanABatchForEachAndNothingIsSentTwice() throws Exception {
        int topics = 40;
        String prefix = Kafka.newTopics(server, topics);
        int sent = 0;
        try (KafkaPublisher small =
                Kafka.publisher(server).setting("buffer.memory", 1 << 20).build()) {
            List<ClaimedEntry> waiting = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                waiting.add(entry(prefix + i % topics, "k" + i, Integer.toString(i)));
            }
            while (!waiting.isEmpty()) {
                List<CompletionStage<PublishResults>> calls = new ArrayList<>();
                for (int from = 0; from < waiting.size(); from += 20) {
                    calls.add(small.publish(List.copyOf(waiting.subList(from, Math.min(from + 20, waiting.size())))));
                }
                List<ClaimedEntry> again = new ArrayList<>();
                for (int i = 0; i < waiting.size(); i++) {
                    PublishResult result =
                            Kafka.await(calls.get(i / 20)).of(waiting.get(i).id());
                    assertThat(result).isIn(PublishResult.SENT, PublishResult.SKIPPED);
                    if (result == PublishResult.SKIPPED) {
                        again.add(waiting.get(i));
                    } else {
                        sent++;
                    }
                }
                waiting = again;
            }
        }
        assertThat(sent).isEqualTo(800);
        for (int topic = 0; topic < topics; topic += 10) {
            assertThat(payloads(server, prefix + topic)).hasSize(800 / topics).doesNotHaveDuplicates();
        }
    }

    @Test
    void aHundredThousandMessagesArriveOnceAndInOrderPerKey() throws Exception {
        String topic = Kafka.newTopic(server, 6, Map.of());
        List<CompletionStage<PublishResults>> calls = new ArrayList<>();
        Map<String, List<String>> expected = new TreeMap<>();
        int lanes = 50;
        for (int lane = 0; lane < lanes; lane++) {
            for (int callOfLane = 0; callOfLane < 4; callOfLane++) {
                List<ClaimedEntry> entries = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    String key = lane + "/" + callOfLane + "/" + i % 10;
                    entries.add(entry(topic, key, key + "#" + i));
                    expected.computeIfAbsent(key, k -> new ArrayList<>()).add(key + "#" + i);
                }
                calls.add(publisher.publish(entries));
                if (calls.size() % 16 == 0) {
                    for (CompletionStage<PublishResults> call : calls) {
                        assertThat(Kafka.await(call))
                                .hasToString(PublishResults.allSent().toString());
                    }
                    calls.clear();
                }
            }
        }
        for (CompletionStage<PublishResults> call : calls) {
            assertThat(Kafka.await(call)).hasToString(PublishResults.allSent().toString());
        }

        Map<String, List<String>> arrived = new TreeMap<>();
        read(server, topic)
                .forEach(record -> arrived.computeIfAbsent(new String(record.key(), UTF_8), k -> new ArrayList<>())
                        .add(new String(record.value(), UTF_8)));
        assertThat(arrived).isEqualTo(expected);
    }

    @Test
    void aClosedPublisherIsUnavailable() throws Exception {
        publisher.close();

        assertThat(publish(publisher, entry("orders", "k", "x")))
                .containsExactly(PublishResult.unavailable("the publisher is closed"));
        publisher.close();
    }
}
