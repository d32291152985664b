package dev.boxcar.kafka;

import static dev.boxcar.kafka.Kafka.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the others in a call, and of the producer, when one record fails. */
class OrderTest {

    /** Records of a topic that is new to the client take 32 KiB each of 1 MiB, and a little. */
    private static final int FIRST_ROUND = 31;

    /** A topic that the brokers say nothing about. */
    private static final String SILENT = "silent";

    private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
    private @Nullable Dispatcher dispatcher;

    @AfterEach
    void close() {
        if (dispatcher != null) {
            dispatcher.close();
        }
    }

    @Test
    void aTimeOutEndsTheProducerBeforeALaterEntryOfTheKeyCanTakeEffect() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = List.of(entry("t", "k", "1"), entry("t", "other", "2"), entry("t", "k", "3"));
        CompletableFuture<PublishResults> results = publish(call, 3);
        MockProducer<byte[], byte[]> first = producers.get(0);

        first.errorNext(new TimeoutException("Expiring"));
        assertThat(first.closed()).isTrue();
        assertThat(results(call, results))
                .containsExactly(
                        PublishResult.unavailable("Timeout: Expiring"),
                        PublishResult.unavailable("Timeout: Expiring"),
                        PublishResult.unavailable("Timeout: Expiring"));

        List<ClaimedEntry> again = List.of(entry("t", "k", "1"));
        CompletableFuture<PublishResults> next = publish(again, 1);
        assertThat(producers).hasSize(2);
        producers.get(1).completeNext();
        assertThat(results(again, next)).containsExactly(PublishResult.SENT);
    }

    @Test
    void aTimeOutOfAnEntryThatIsTheLastOfItsKeyDisturbsNobody() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = List.of(
                entry("t", "k", "1"),
                entry("t", "k", "2"),
                entry("t", "other", "3"),
                entry("u", "k", "4"),
                entry("t", null, "5"),
                entry("t", null, "6"));
        CompletableFuture<PublishResults> results = publish(call, 6);
        MockProducer<byte[], byte[]> first = producers.get(0);

        first.completeNext();
        first.errorNext(new NotEnoughReplicasException("too few"));
        first.completeNext();
        first.completeNext();
        first.errorNext(new NotEnoughReplicasException("too few"));
        first.completeNext();

        assertThat(first.closed()).isFalse();
        assertThat(results(call, results))
                .containsExactly(
                        PublishResult.SENT,
                        PublishResult.SKIPPED,
                        PublishResult.SENT,
                        PublishResult.SENT,
                        PublishResult.SKIPPED,
                        PublishResult.SENT);
    }

    @Test
    void aPartitionThatTookNothingGetsOneEntryOfAKeyAtATimeUntilItDoes() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call =
                List.of(entry("t", "k", "1"), entry("t", "k", "2"), entry("t", "j", "1"), entry("u", "k", "1"));
        List<ClaimedEntry> alone = call.subList(1, 2);
        CompletableFuture<PublishResults> first = publish(alone, 1);
        producers.get(0).errorNext(new NotEnoughReplicasException("too few"));
        assertThat(results(alone, first)).containsExactly(PublishResult.unavailable("NotEnoughReplicas: too few"));

        CompletableFuture<PublishResults> second = publish(call, 3);
        producers.get(0).errorNext(new NotEnoughReplicasException("too few"));
        producers.get(0).completeNext();
        producers.get(0).completeNext();

        assertThat(producers.get(0).closed()).isFalse();
        assertThat(results(call, second).get(0)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(results(call, second).subList(1, 4))
                .containsExactly(PublishResult.SKIPPED, PublishResult.SENT, PublishResult.SENT);
        CompletableFuture<PublishResults> third = publish(call, 4);
        for (int i = 0; i < 4; i++) {
            producers.get(0).completeNext();
        }
        assertThat(results(call, third)).containsOnly(PublishResult.SENT);
    }

    @Test
    void aClientThatHasAcknowledgedNothingIsHandedLittleAndWhatWaitsIsNeverSent() throws Exception {
        start(Topics.namedAsNamespaces(null), Duration.ofSeconds(3));
        List<ClaimedEntry> call = IntStream.range(0, 2_000)
                .mapToObj(i -> entry("t", "k" + i, "x"))
                .toList();
        CompletableFuture<PublishResults> results = publish(call, FIRST_ROUND);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(sent()).isEqualTo(FIRST_ROUND);

        // Longer than anything is handed over.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_000));
        while (producers.get(0).completeNext()) {}
        List<PublishResult> all = results(call, results);

        assertThat(sent()).isEqualTo(FIRST_ROUND);
        assertThat(all.subList(0, FIRST_ROUND)).containsOnly(PublishResult.SENT);
        assertThat(all.subList(FIRST_ROUND, 2_000))
                .doesNotContain(PublishResult.SENT)
                .noneMatch(PublishResult.Failed.class::isInstance);
    }

    @Test
    void aTopicThatBrokersSayNothingAboutHoldsBackItsOwnEntriesOnly() throws Exception {
        start(Topics.namedAsNamespaces(null), Duration.ofSeconds(6));
        List<ClaimedEntry> call = List.of(entry(SILENT, "k", "1"), entry("t", "j", "1"), entry(SILENT, "k", "2"));
        CompletableFuture<PublishResults> results = publish(call, 1);
        while (!results.isDone()) {
            List<ClaimedEntry> other = List.of(entry("t", null, "x"));
            CompletableFuture<PublishResults> others = publish(other, 1);
            Eventually.check(() -> {
                while (producers.get(0).completeNext()) {}
                assertThat(others.isDone()).isTrue();
            });
            assertThat(results(other, others)).containsExactly(PublishResult.SENT);
        }

        assertThat(results(call, results))
                .containsExactly(PublishResult.SKIPPED, PublishResult.SENT, PublishResult.SKIPPED);
        assertThat(producers).hasSize(1);
    }

    @Test
    void acknowledgementsMakeRoomForTheRestOfACall() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = IntStream.range(0, 5_000)
                .mapToObj(i -> entry("t", "k", Integer.toString(i)))
                .toList();
        CompletableFuture<PublishResults> results = publish(call, FIRST_ROUND);
        Eventually.check(() -> {
            while (producers.get(0).completeNext()) {}
            assertThat(results.isDone()).isTrue();
        });

        assertThat(results(call, results)).containsOnly(PublishResult.SENT);
        assertThat(producers.get(0).history())
                .extracting(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8))
                .containsExactlyElementsOf(
                        IntStream.range(0, 5_000).mapToObj(Integer::toString).toList());
    }

    @Test
    void whatIsLeftOfACallIsNotSentByAnotherClientThanItsBeginning() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = IntStream.range(0, 100)
                .mapToObj(i -> entry("t", "k", Integer.toString(i)))
                .toList();
        CompletableFuture<PublishResults> results = publish(call, FIRST_ROUND);

        producers.get(0).errorNext(new TimeoutException("Expiring"));

        List<PublishResult> all = results(call, results);
        assertThat(all.subList(0, FIRST_ROUND)).allMatch(PublishResult.Unavailable.class::isInstance);
        // The client may have been replaced by the time that their turn comes, or not yet.
        assertThat(all.subList(FIRST_ROUND, 100))
                .allMatch(each -> each instanceof PublishResult.Unavailable || each.equals(PublishResult.SKIPPED));
        assertThat(sent()).isEqualTo(FIRST_ROUND);
    }

    @Test
    void theReasonOfAnEndIsToldAsItIs() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call =
                IntStream.range(0, 200).mapToObj(i -> entry("t", "k" + i, "x")).toList();
        CompletableFuture<PublishResults> results = publish(call, FIRST_ROUND);
        MockProducer<byte[], byte[]> first = producers.get(0);

        first.sendException = new KafkaException("in a state that it does not leave any more");
        while (first.completeNext()) {}

        // Those that follow the one which found it out as well.
        assertThat(results(call, results))
                .containsOnly(
                        PublishResult.SENT,
                        PublishResult.unavailable("Kafka: in a state that it does not leave any more"));
    }

    @Test
    void aRejectionLetsTheLaterEntriesOfTheKeyGoOn() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = List.of(entry("t", "k", "1"), entry("t", "k", "2"));
        CompletableFuture<PublishResults> results = publish(call, 2);

        producers.get(0).errorNext(new RecordTooLargeException("so large"));
        producers.get(0).completeNext();

        assertThat(producers.get(0).closed()).isFalse();
        assertThat(results(call, results))
                .containsExactly(PublishResult.rejected("too large: so large"), PublishResult.SENT);
    }

    @Test
    void aFailureThatALaterEntryOfTheKeyHasOvertakenIsFinal() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call =
                List.of(entry("t", "k", "1"), entry("t", "k", "2"), entry("t", "k", "3"), entry("t", "other", "4"));
        CompletableFuture<PublishResults> results = publish(call, 4);
        MockProducer<byte[], byte[]> first = producers.get(0);

        first.errorNext(new TopicAuthorizationException("t"));
        first.completeNext();
        first.errorNext(new TopicAuthorizationException("t"));
        first.errorNext(new TopicAuthorizationException("t"));

        assertThat(first.closed()).isFalse();
        String reason = "no permission to write to topic 't'";
        assertThat(results(call, results))
                .containsExactly(
                        PublishResult.rejected(
                                reason + "; not tried again, because a later message of its key was acknowledged"),
                        PublishResult.SENT,
                        PublishResult.failed(reason),
                        PublishResult.failed(reason));
    }

    @Test
    void theNeighboursOfARefusedRecordAreTriedAgainWithoutBlame() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = List.of(entry("t", "a", "1"), entry("t", "b", "2"));
        CompletableFuture<PublishResults> results = publish(call, 2);

        producers.get(0).errorNext(new KafkaException("part of a batch which had invalid records"));
        producers.get(0).completeNext();

        assertThat(producers.get(0).closed()).isFalse();
        assertThat(results(call, results)).containsExactly(PublishResult.SKIPPED, PublishResult.SENT);
    }

    @Test
    void aNeighbourOfARefusedRecordIsNotOvertakenByALaterEntryOfItsKey() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = List.of(entry("t", "a", "1"), entry("t", "a", "2"));
        CompletableFuture<PublishResults> results = publish(call, 2);

        producers.get(0).errorNext(new KafkaException("part of a batch which had invalid records"));

        assertThat(producers.get(0).closed()).isTrue();
        assertThat(results(call, results).get(0)).isEqualTo(PublishResult.SKIPPED);
        assertThat(results(call, results).get(1)).isInstanceOf(PublishResult.Unavailable.class);
    }

    @Test
    void aProducerThatCannotBeUsedAnyMoreIsReplaced() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = List.of(entry("t", "k", "1"));
        CompletableFuture<PublishResults> results = publish(call, 1);

        producers.get(0).errorNext(new OutOfOrderSequenceException("gap"));

        assertThat(producers.get(0).closed()).isTrue();
        assertThat(results(call, results)).containsExactly(PublishResult.unavailable("OutOfOrderSequence: gap"));
        CompletableFuture<PublishResults> next = publish(call, 1);
        producers.get(1).completeNext();
        assertThat(results(call, next)).containsExactly(PublishResult.SENT);
    }

    @Test
    void aRecordThatTheClientDoesNotTakeHoldsBackItsKeyOnly() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> warm = List.of(entry("t", "w", "0"));
        CompletableFuture<PublishResults> warmed = publish(warm, 1);
        MockProducer<byte[], byte[]> first = producers.get(0);
        first.completeNext();
        results(warm, warmed);

        first.sendException = new IllegalStateException("a partitioner with a bug");
        List<ClaimedEntry> call = List.of(entry("t", "k", "1"), entry("t", "k", "2"));
        PublishResult failed = PublishResult.failed("the client failed: java.lang.IllegalStateException");
        assertThat(results(call, publish(call, 1))).containsExactly(failed, PublishResult.SKIPPED);
        first.sendException = null;

        assertThat(first.closed()).isFalse();
    }

    @Test
    void aKeyThatChangesItsTopicWithinACallWaitsForTheNextOne() throws Exception {
        start(Topics.chosenBy(entry -> entry.payload()[0] == '1' ? "one" : "two"));
        List<ClaimedEntry> call = List.of(
                entry("n", "k", "1"),
                entry("n", "k", "1"),
                entry("n", "other", "2"),
                entry("n", "k", "2"),
                entry("n", "k", "1"),
                entry("n", null, "2"));
        CompletableFuture<PublishResults> results = publish(call, 4);
        for (int i = 0; i < 4; i++) {
            assertThat(producers.get(0).completeNext()).isTrue();
        }

        assertThat(results(call, results))
                .containsExactly(
                        PublishResult.SENT,
                        PublishResult.SENT,
                        PublishResult.SENT,
                        PublishResult.SKIPPED,
                        PublishResult.SKIPPED,
                        PublishResult.SENT);
    }

    @Test
    void aClientThatDoesNotAnswerIsStoppedInTimeAndReplaced() throws Exception {
        start(Topics.namedAsNamespaces(null), Duration.ofMillis(300));
        List<ClaimedEntry> call = List.of(entry("t", "k", "1"));
        CompletableFuture<PublishResults> results = publish(call, 1);

        assertThat(results(call, results)).containsExactly(PublishResult.unavailable("no answer within 285 ms"));
        Eventually.check(() -> assertThat(producers.get(0).closed()).isTrue());
        CompletableFuture<PublishResults> next = publish(call, 1);
        producers.get(1).completeNext();
        assertThat(results(call, next)).containsExactly(PublishResult.SENT);
    }

    @Test
    void closingBringsCallsToTheirEndBeforeItEndsTheClient() throws Exception {
        start(Topics.namedAsNamespaces(null));
        List<ClaimedEntry> call = List.of(entry("t", "k", "1"));
        CompletableFuture<PublishResults> results = publish(call, 1);
        CountDownLatch closed = new CountDownLatch(1);
        Thread closer = new Thread(() -> {
            started().close();
            closed.countDown();
        });
        closer.start();
        assertThat(closed.await(100, TimeUnit.MILLISECONDS)).isFalse();

        producers.get(0).completeNext();

        assertThat(results(call, results)).containsExactly(PublishResult.SENT);
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(producers.get(0).closed()).isTrue();
        closer.join();
    }

    private void start(Topics topics) {
        start(topics, Duration.ofSeconds(10));
    }

    private void start(Topics topics, Duration publishTimeout) {
        dispatcher =
                new Dispatcher("test", ProducerSettings.Timing.of(publishTimeout), 32 << 20, topics, this::newProducer);
    }

    private Dispatcher started() {
        return java.util.Objects.requireNonNull(dispatcher, "not started");
    }

    /** Like the real one, it fails what is not acknowledged when it is closed. */
    private Producer<byte[], byte[]> newProducer() {
        Node node = new Node(1, "localhost", 1);
        Function<String, PartitionInfo> one = topic -> new PartitionInfo(topic, 0, node, new Node[0], new Node[0]);
        Cluster cluster = new Cluster(
                "c",
                List.of(node),
                List.of(one.apply("t"), one.apply("u"), one.apply("one"), one.apply("two")),
                java.util.Set.of(),
                java.util.Set.of());
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(
                        cluster, false, new OnlyPartition(), new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public List<PartitionInfo> partitionsFor(String topic) {
                        if (topic.equals(SILENT)) {
                            throw new TimeoutException("not present in metadata");
                        }
                        return super.partitionsFor(topic);
                    }

                    @Override
                    public void close(Duration timeout) {
                        boolean first = !closed();
                        super.close(timeout);
                        while (first && errorNext(new KafkaException("Producer is closed forcefully."))) {}
                    }
                };
        producers.add(producer);
        return producer;
    }

    /** Publishes and waits until so many records of the call have reached the client. */
    private CompletableFuture<PublishResults> publish(List<ClaimedEntry> call, int records) throws Exception {
        int before = producers.isEmpty() ? 0 : sent();
        CompletableFuture<PublishResults> results =
                started().publish(call, null).toCompletableFuture();
        Eventually.check(
                () -> assertThat(results.isDone() || sent() >= before + records).isTrue());
        return results;
    }

    private int sent() {
        return producers.stream()
                .mapToInt(producer -> producer.history().size())
                .sum();
    }

    private static List<PublishResult> results(List<ClaimedEntry> call, CompletableFuture<PublishResults> future)
            throws Exception {
        PublishResults results = future.get(20, TimeUnit.SECONDS);
        List<PublishResult> inOrder = new ArrayList<>();
        call.forEach(entry -> inOrder.add(java.util.Objects.requireNonNull(results.of(entry.id()), "no result")));
        return inOrder;
    }

    /** There is one. */
    private static final class OnlyPartition implements Partitioner {
        @Override
        public int partition(
                String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster cluster) {
            return 0;
        }

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> settings) {}
    }
}
