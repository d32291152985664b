package dev.boxcar.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.ElasticMqServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqsPublisherTest {

    private final ElasticMqServer server = Sqs.shared();
    private final SqsAsyncClient client = Sqs.client(server);
    private @Nullable SqsPublisher publisher;

    @AfterEach
    void closePublisher() {
        if (publisher != null) {
            publisher.close();
            publisher = null;
        }
    }

    @AfterAll
    void stop() {
        client.close();
    }

    private List<@Nullable PublishResult> publish(SqsPublisher.Builder builder, List<ClaimedEntry> entries)
            throws Exception {
        SqsPublisher opened = publisher == null ? builder.build() : publisher;
        publisher = opened;
        PublishResults results = opened.publish(entries).toCompletableFuture().get(60, TimeUnit.SECONDS);
        List<@Nullable PublishResult> list = new ArrayList<>();
        entries.forEach(entry -> list.add(results.of(entry.id())));
        return list;
    }

    private List<@Nullable PublishResult> publish(List<ClaimedEntry> entries) throws Exception {
        return publish(Sqs.publisher(client), entries);
    }

    private static List<ClaimedEntry> entries(String queue, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> Sqs.entry(queue, i, Message.of("k" + i, "m" + i)))
                .toList();
    }

    @Test
    void aStandardQueueTakesMessagesOfOneKeyAndOfNone() throws Exception {
        String queue = Sqs.newQueue(client, false);
        List<ClaimedEntry> entries = new ArrayList<>(entries(queue, 1, 25));
        entries.add(Sqs.entry(queue, 26, Message.of((byte[]) null, "none".getBytes(UTF_8))));

        assertThat(publish(entries)).hasSize(26).containsOnly(PublishResult.SENT);

        assertThat(Sqs.bodies(client, queue)).hasSize(26).contains("m1", "m25", "none");
    }

    @Test
    void aFifoQueueKeepsTheOrderOfAKeyAndDropsDuplicates() throws Exception {
        String queue = Sqs.newQueue(client, true);
        for (int i = 1; i <= 5; i++) {
            ClaimedEntry entry = Sqs.entry(queue, i, Message.of("customer-7", "m" + i));
            assertThat(publish(List.of(entry))).containsExactly(PublishResult.SENT);
            assertThat(publish(List.of(entry))).as("again").containsExactly(PublishResult.SENT);
        }

        List<software.amazon.awssdk.services.sqs.model.Message> messages = Sqs.take(client, queue);

        assertThat(messages).extracting(each -> each.body()).containsExactly("m1", "m2", "m3", "m4", "m5");
        assertThat(messages.get(0).attributes())
                .containsEntry(MessageSystemAttributeName.MESSAGE_GROUP_ID, "customer-7")
                .containsEntry(MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID, queue + "-1");
        assertThat(Sqs.attribute(messages.get(0), BoxcarAttributes.CREATED))
                .isEqualTo(Long.toString(Sqs.CREATED.toEpochMilli()));
        assertThat(Sqs.attribute(messages.get(0), BoxcarAttributes.NAMESPACE)).isEqualTo(queue);
    }

    @Test
    void allHeadersArriveHoweverMany() throws Exception {
        String queue = Sqs.newQueue(client, false);
        Message message = Message.of("k", "m").withType("t");
        for (int i = 0; i < 30; i++) {
            message = message.withHeader("name-" + i, "value-" + i);
        }

        assertThat(publish(List.of(Sqs.entry(queue, 1, message)))).containsExactly(PublishResult.SENT);

        Received received = Sqs.takenApart(Sqs.take(client, queue).get(0));
        assertThat(received.headers()).containsExactlyInAnyOrderEntriesOf(message.headers());
    }

    @Test
    void aMessageThatIsTooLargeIsRejectedAloneAndShowsNothing() throws Exception {
        String queue = Sqs.newQueue(client, false);

        List<@Nullable PublishResult> results = publish(List.of(
                Sqs.entry(queue, 1, Message.of("a", "first")),
                Sqs.entry(queue, 2, Message.of("b", "canary".repeat(300_000))),
                Sqs.entry(queue, 3, Message.of("c", "last"))));

        assertThat(results.get(0)).isEqualTo(PublishResult.SENT);
        assertThat(results.get(1)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.reason()).doesNotContain("canary");
        });
        assertThat(results.get(2)).isEqualTo(PublishResult.SENT);
        assertThat(Sqs.bodies(client, queue)).containsExactlyInAnyOrder("first", "last");
    }

    @Test
    void aQueueThatDoesNotExistFailsItsMessagesAndNoOthers() throws Exception {
        String queue = Sqs.newQueue(client, false);
        SqsPublisher.Builder builder = Sqs.publisher(client).queue(entry -> entry.id() == 2 ? "nowhere" : queue);

        List<@Nullable PublishResult> results = publish(builder, entries(queue, 1, 3));

        assertThat(results.get(0)).isEqualTo(PublishResult.SENT);
        assertThat(results.get(1)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isTrue();
            assertThat(failed.reason()).contains("'nowhere' does not exist");
        });
        assertThat(results.get(2)).isEqualTo(PublishResult.SENT);
    }

    @Test
    void aQueueThatIsDeletedFailsItsMessagesUntilItIsThereAgain() throws Exception {
        String queue = Sqs.newQueue(client, false);
        assertThat(publish(entries(queue, 1, 2))).containsOnly(PublishResult.SENT);
        String address =
                client.getQueueUrl(request -> request.queueName(queue)).join().queueUrl();
        client.deleteQueue(request -> request.queueUrl(address)).join();

        assertThat(publish(entries(queue, 3, 4))).allMatch(PublishResult.Failed.class::isInstance);

        Sqs.createQueue(client, queue);
        assertThat(publish(entries(queue, 5, 6))).containsOnly(PublishResult.SENT);
    }

    @Test
    void aQueueMayBeGivenByItsAddress() throws Exception {
        String queue = Sqs.newQueue(client, false);
        String address =
                client.getQueueUrl(request -> request.queueName(queue)).join().queueUrl();

        assertThat(publish(Sqs.publisher(client).queue(entry -> address), entries("orders", 1, 1)))
                .containsExactly(PublishResult.SENT);
        assertThat(Sqs.bodies(client, queue)).containsExactly("m1");
    }

    @Test
    void theDefaultNamespaceNeedsAQueue() throws Exception {
        String queue = Sqs.newQueue(client, false);
        assertThat(String.valueOf(publish(entries("", 1, 1)).get(0))).contains("retryable=false", "defaultQueue");
        closePublisher();

        assertThat(publish(Sqs.publisher(client).defaultQueue(queue), entries("", 1, 1)))
                .containsExactly(PublishResult.SENT);
        assertThat(Sqs.bodies(client, queue)).containsExactly("m1");
    }

    // ---- outages

    @Test
    void aServerThatIsKilledIsUnavailableAndUsedWhenItIsBack() throws Exception {
        try (ElasticMqServer own = ElasticMqServer.start();
                SqsAsyncClient ownClient = Sqs.client(own)) {
            SqsPublisher.Builder builder = Sqs.publisher(ownClient).publishTimeout(Duration.ofSeconds(4));
            String queue = Sqs.newQueue(ownClient, false);
            assertThat(publish(builder, entries(queue, 1, 2))).containsOnly(PublishResult.SENT);

            own.kill();
            assertThat(publish(builder, entries(queue, 3, 4))).allMatch(PublishResult.Unavailable.class::isInstance);
            own.restart();
            Sqs.createQueue(ownClient, queue); // it keeps them in memory

            Await.until("the server is used again", () -> isSent(builder, entries(queue, 3, 4)));
            assertThat(Sqs.bodies(ownClient, queue)).contains("m3", "m4");
            closePublisher();
        }
    }

    private boolean isSent(SqsPublisher.Builder builder, List<ClaimedEntry> entries) {
        try {
            return publish(builder, entries).stream().allMatch(PublishResult.SENT::equals);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- bad input

    @Test
    void badSettingsAreRefused() {
        SqsPublisher.Builder builder = Sqs.publisher(client);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxConcurrentRequests(0))
                .withMessageContaining("not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.publishTimeout(Duration.ZERO))
                .withMessageContaining("not 0 ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.defaultQueue("one")
                        .queue(ClaimedEntry::namespace)
                        .build())
                .withMessageContaining("defaultQueue (one) has no effect");
    }
}
