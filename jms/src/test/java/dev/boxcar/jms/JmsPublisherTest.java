package dev.boxcar.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.testkit.Await;
import dev.boxcar.testservers.ArtemisServer;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.activemq.artemis.api.core.ActiveMQAddressFullException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JmsPublisherTest {

    private static final byte[] NOT_TEXT = {(byte) 0xff, 0};

    private final ArtemisServer server = Artemis.shared();

    /** For what must not happen to the others. */
    private final ArtemisServer own = Artemis.start();

    private @Nullable JmsPublisher publisher;

    @AfterEach
    void closePublisher() {
        if (publisher != null) {
            publisher.close();
            publisher = null;
        }
    }

    @AfterAll
    void stop() {
        own.close();
    }

    private List<@Nullable PublishResult> publish(JmsPublisher.Builder builder, List<ClaimedEntry> entries)
            throws Exception {
        JmsPublisher opened = publisher == null ? builder.build() : publisher;
        publisher = opened;
        PublishResults results = opened.publish(entries).toCompletableFuture().get(60, TimeUnit.SECONDS);
        List<@Nullable PublishResult> list = new ArrayList<>();
        entries.forEach(entry -> list.add(results.of(entry.id())));
        return list;
    }

    private List<@Nullable PublishResult> publish(List<ClaimedEntry> entries) throws Exception {
        return publish(Artemis.publisher(server), entries);
    }

    private static List<ClaimedEntry> entries(String queue, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> Artemis.entry(queue, i, Message.of("k", "m" + i)))
                .toList();
    }

    private static List<String> numbered(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(i -> "m" + i).toList();
    }

    // ---- acknowledgements, duplicates, order

    @Test
    void whatIsAcknowledgedSurvivesAKillAndTheBrokerIsUsedWhenItIsBack() throws Exception {
        String queue = Artemis.newQueue();
        JmsPublisher.Builder builder = Artemis.publisher(own);
        assertThat(publish(builder, entries(queue, 1, 50))).containsOnly(PublishResult.SENT);

        own.kill();
        List<@Nullable PublishResult> during = publish(builder, entries(queue, 51, 52));
        own.restart();

        assertThat(during).hasSize(2).allMatch(PublishResult.Unavailable.class::isInstance);
        Await.until("the broker is used again", () -> publishedQuietly(builder, entries(queue, 53, 60)));
        assertThat(Artemis.texts(own, queue)).isEqualTo(concatenated(numbered(1, 50), numbered(53, 60)));
    }

    private boolean publishedQuietly(JmsPublisher.Builder builder, List<ClaimedEntry> entries) {
        try {
            return publish(builder, entries).stream().allMatch(PublishResult.SENT::equals);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> concatenated(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    @Test
    void aKillInTheMiddleOfACallLeavesNothingOfItOutOfOrder() throws Exception {
        String queue = Artemis.newQueue();
        JmsPublisher.Builder builder = Artemis.publisher(own).customizer((entry, message) -> {
            if (entry.id() == 40 && own.isRunning()) {
                own.kill();
            }
        });
        String padding = " ".repeat(40_000); // so that there are several transactions
        List<ClaimedEntry> all = IntStream.rangeClosed(1, 80)
                .mapToObj(i -> Artemis.entry(queue, i, Message.of("k", "m" + i + padding)))
                .toList();

        List<@Nullable PublishResult> results = publish(builder, all);
        closePublisher();
        own.restart();

        List<ClaimedEntry> unsent = new ArrayList<>(all);
        unsent.removeIf(entry -> PublishResult.SENT.equals(results.get((int) entry.id() - 1)));
        assertThat(unsent).hasSizeBetween(41, 79);
        assertThat(results.get(79)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(publish(Artemis.publisher(own), unsent)).containsOnly(PublishResult.SENT);
        assertThat(Artemis.texts(own, queue)).extracting(String::strip).isEqualTo(numbered(1, 80));
    }

    @Test
    void artemisDropsDuplicatesAndTheRestOfTheirCallArrives() throws Exception {
        String queue = Artemis.newQueue();
        assertThat(publish(entries(queue, 1, 3))).containsOnly(PublishResult.SENT);

        assertThat(publish(entries(queue, 2, 5))).containsOnly(PublishResult.SENT);

        assertThat(Artemis.texts(server, queue)).isEqualTo(numbered(1, 5));
    }

    @Test
    void duplicatesArriveWhereNobodyLooksForThem() throws Exception {
        String queue = Artemis.newQueue();
        JmsPublisher.Builder builder = Artemis.publisher(server).withoutDuplicateDetection();
        publish(builder, entries(queue, 1, 1));
        publish(builder, entries(queue, 1, 1));

        assertThat(Artemis.texts(server, queue)).containsExactly("m1", "m1");
    }

    @Test
    void manyLargeMessagesTakeSeveralTransactions() throws Exception {
        String queue = Artemis.newQueue();
        List<ClaimedEntry> entries = IntStream.range(0, 12)
                .mapToObj(i -> Artemis.entry(queue, i, Message.of("k", new byte[300_000 + i])))
                .toList();

        assertThat(publish(entries)).containsOnly(PublishResult.SENT);

        List<Long> sizes = new ArrayList<>();
        for (jakarta.jms.Message message : Artemis.take(server, queue)) {
            sizes.add(((BytesMessage) message).getBodyLength());
        }
        assertThat(sizes).isEqualTo(LongStream.range(300_000, 300_012).boxed().toList());
    }

    // ---- what the broker refuses

    @Test
    void aQueueThatDoesNotExistHoldsBackItsKeyAndNothingElse() throws Exception {
        String queue = Artemis.newQueue();
        JmsPublisher.Builder builder =
                Artemis.publisher(server).queue(entry -> entry.headers().getOrDefault("to", queue));
        Message lost = Message.of("k", "canary").withHeader("to", "strict.nowhere");
        List<ClaimedEntry> entries = List.of(
                Artemis.entry(queue, 1, Message.of("k", "before")),
                Artemis.entry(queue, 2, lost),
                Artemis.entry(queue, 3, Message.of("k", "behind")),
                Artemis.entry(queue, 4, Message.of("other", "beside")));

        List<@Nullable PublishResult> results = publish(builder, entries);

        assertThat(results.get(0)).isEqualTo(PublishResult.SENT);
        assertThat(results.get(1)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isTrue();
            assertThat(failed.reason())
                    .contains("'strict.nowhere' (does it exist", "JMSException")
                    .doesNotContain("canary");
        });
        assertThat(results.get(2)).isEqualTo(PublishResult.SKIPPED);
        assertThat(results.get(3)).isEqualTo(PublishResult.SENT);
        assertThat(Artemis.texts(server, queue)).containsExactly("before", "beside");
    }

    @Test
    void aMessageThatTheJournalCannotTakeFailsAlone() throws Exception {
        String queue = Artemis.newQueue();
        Message tooLarge = Message.of("large", "m").withHeader("canary", "x".repeat(Artemis.TOO_LONG_FOR_A_HEADER));

        List<@Nullable PublishResult> results = publish(List.of(
                Artemis.entry(queue, 1, Message.of("a", "first")),
                Artemis.entry(queue, 2, tooLarge),
                Artemis.entry(queue, 3, Message.of("b", "last"))));

        assertThat(results.get(0)).isEqualTo(PublishResult.SENT);
        assertThat(results.get(1)).isInstanceOf(PublishResult.Failed.class);
        assertThat(String.valueOf(results.get(1))).contains(queue).doesNotContain("canary", "xxx");
        assertThat(results.get(2)).isEqualTo(PublishResult.SENT);
    }

    @Test
    void aBrokersOwnCodesCanHaveMeanings() throws Exception {
        String queue = Artemis.newQueue();
        List<@Nullable String> codes = new ArrayList<>();
        JmsPublisher.Builder builder = Artemis.publisher(server).outcome(exception -> {
            codes.add(exception.getErrorCode());
            return Outcome.REJECTED;
        });

        List<@Nullable PublishResult> results =
                publish(builder, List.of(Artemis.entry("strict.nowhere", 1, Message.of("k", "m"))));

        assertThat(results.get(0))
                .isInstanceOfSatisfying(
                        PublishResult.Failed.class,
                        failed -> assertThat(failed.retryable()).isFalse());
        assertThat(codes).hasSize(1);
        assertThat(Artemis.texts(server, queue)).isEmpty();
    }

    @Test
    void aFullQueueCanBeMadeUnavailable() throws Exception {
        JmsPublisher.Builder builder = Artemis.publisher(server)
                .outcome(exception ->
                        exception.getCause() instanceof ActiveMQAddressFullException ? Outcome.UNAVAILABLE : null);
        List<ClaimedEntry> entries = IntStream.range(0, 30)
                .mapToObj(i -> Artemis.entry("full.one", i, Message.of("k", new byte[50_000])))
                .toList();

        List<@Nullable PublishResult> results = publish(builder, entries);

        assertThat(results.get(29)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(results).noneMatch(PublishResult.Failed.class::isInstance);
    }

    @Test
    void aQueueThatBlocksIsGivenUpAndItsConnectionServesOthers() throws Exception {
        String queue = Artemis.newQueue();
        JmsPublisher.Builder builder = Artemis.publisher(server).connections(1).publishTimeout(Duration.ofSeconds(2));
        List<ClaimedEntry> tooMuch = IntStream.range(0, 30)
                .mapToObj(i -> Artemis.entry("blocked.one", i, Message.of("k", new byte[50_000])))
                .toList();

        assertThat(publish(builder, tooMuch).get(29)).isInstanceOf(PublishResult.Unavailable.class);

        Await.until("its thread is free", () -> publishedQuietly(builder, entries(queue, 1, 1)));
        assertThat(Artemis.texts(server, queue)).containsExactly("m1");
    }

    // ---- what a message looks like

    @Test
    void theKeyIsTheGroupUnlessUnwanted() throws Exception {
        String queue = Artemis.newQueue();
        publish(List.of(
                Artemis.entry(queue, 1, Message.of("customer-7", "m").withType("order.placed.v1")),
                Artemis.entry(queue, 2, Message.of(NOT_TEXT, NOT_TEXT)),
                Artemis.entry(queue, 3, Message.of((byte[]) null, NOT_TEXT))));
        closePublisher();
        publish(Artemis.publisher(server).withoutGroups(), entries(queue, 4, 4));

        List<jakarta.jms.Message> messages = Artemis.take(server, queue);
        assertThat(messages)
                .extracting(message -> message.getStringProperty("JMSXGroupID"))
                .containsExactly("customer-7", "/wA=", null, null);
        assertThat(messages.get(0).getJMSType()).isEqualTo("order.placed.v1");
        assertThat(messages.get(0).getStringProperty(BoxcarProperties.NAMESPACE))
                .isEqualTo(queue);
        assertThat(messages.get(0).getLongProperty(BoxcarProperties.CREATED)).isEqualTo(Artemis.CREATED.toEpochMilli());
        assertThat(messages.get(3).getStringProperty(BoxcarProperties.KEY)).isEqualTo("k");
    }

    @Test
    void payloadsMayBeTexts() throws Exception {
        String queue = Artemis.newQueue();
        JmsPublisher.Builder builder = Artemis.publisher(server).asText();

        List<@Nullable PublishResult> results = publish(
                builder,
                List.of(
                        Artemis.entry(queue, 1, Message.of("k", "grün")),
                        Artemis.entry(queue, 2, Message.of("k", NOT_TEXT)),
                        Artemis.entry(queue, 3, Message.of("k", "blau"))));

        assertThat(results.get(1)).isInstanceOfSatisfying(PublishResult.Failed.class, failed -> {
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.reason()).contains("not UTF-8");
        });
        assertThat(Artemis.take(server, queue))
                .extracting(message -> ((TextMessage) message).getText())
                .containsExactly("grün", "blau");
    }

    @Test
    void messagesCanBeCompletedAndAFailureToDoSoShowsNoContent() throws Exception {
        String queue = Artemis.newQueue();
        JmsPublisher.Builder builder = Artemis.publisher(server).customizer((entry, message) -> {
            message.setJMSCorrelationID(entry.headers().get("order"));
            if (entry.id() == 2) {
                throw new JMSException("canary");
            }
        });

        List<@Nullable PublishResult> results = publish(
                builder,
                List.of(
                        Artemis.entry(queue, 1, Message.of("a", "m1").withHeader("order", "o-1")),
                        Artemis.entry(queue, 2, Message.of("b", "m2")),
                        Artemis.entry(queue, 3, Message.of("b", "m3"))));

        assertThat(results.get(0)).isEqualTo(PublishResult.SENT);
        assertThat(results.get(1)).isInstanceOf(PublishResult.Failed.class);
        assertThat(String.valueOf(results.get(1))).doesNotContain("canary");
        assertThat(results.get(2)).isEqualTo(PublishResult.SKIPPED);
        assertThat(Artemis.take(server, queue))
                .extracting(jakarta.jms.Message::getJMSCorrelationID)
                .containsExactly("o-1");
    }

    @Test
    void topicsAreDestinationsToo() throws Exception {
        String topic = Artemis.newQueue();
        try (ActiveMQConnectionFactory factory = Artemis.factory(server);
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer subscriber = session.createConsumer(session.createTopic(topic))) {
            connection.start();

            publish(Artemis.publisher(server).topic(ClaimedEntry::namespace), entries(topic, 1, 1));

            assertThat(Artemis.payload(subscriber.receive(20_000))).isEqualTo(new byte[] {'m', '1'});
        }
    }

    @Test
    void theDefaultNamespaceNeedsAQueue() throws Exception {
        String queue = Artemis.newQueue();
        List<ClaimedEntry> entries = List.of(Artemis.entry("", 1, Message.of("k", "m1")));
        assertThat(String.valueOf(publish(entries).get(0))).contains("retryable=false", "defaultQueue");
        closePublisher();

        assertThat(publish(Artemis.publisher(server).defaultQueue(queue), entries))
                .containsExactly(PublishResult.SENT);
        assertThat(Artemis.texts(server, queue)).containsExactly("m1");
    }

    // ---- bad input

    @Test
    void badSettingsAreRefused() {
        JmsPublisher.Builder builder = Artemis.publisher(server);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.connections(0))
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

    @Test
    void nobodyWhoConnectsIsUnavailableAndNoPasswordIsShown() throws Exception {
        ActiveMQConnectionFactory nowhere = new ActiveMQConnectionFactory("tcp://127.0.0.1:1");
        JmsPublisher.Builder builder = JmsPublisher.builder(nowhere).credentials("carrier", "canary");

        List<@Nullable PublishResult> results = publish(builder, entries("q", 1, 2));

        assertThat(results).allMatch(PublishResult.Unavailable.class::isInstance);
        assertThat(String.valueOf(results.get(0))).contains("cannot connect").doesNotContain("canary");
        assertThat(String.valueOf(publisher)).doesNotContain("canary");
        nowhere.close();
    }
}
