package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxSettings;
import dev.boxcar.OutboxWriter;
import dev.boxcar.PublishException;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.FaultyStorage.Moment;
import dev.boxcar.testkit.FaultyStorage.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.slf4j.LoggerFactory;

/** Everything that the outbox of the Go package can do: one test, or a few, for each of its features. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class SeedFeatureTest {

    private final Scene scene = new Scene();
    private final RecordingPublisher publisher = RecordingPublisher.create();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- New, Config, DefaultAndValidate

    @Test
    void theBuilderFillsTheDefaults() {
        OutboxSettings settings = OutboxSettings.defaults();
        assertThat(settings.processInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.claimDuration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.batchSize()).isEqualTo(20);

        Outbox.Builder<InMemoryTransaction> builder =
                Outbox.<InMemoryTransaction>builder().storage(scene.database).publisher(publisher);
        Outbox<InMemoryTransaction> first = builder.build();
        Outbox<InMemoryTransaction> second = builder.build();
        assertThat(first.processorId())
                .contains("" + ProcessHandle.current().pid())
                .isNotEqualTo(second.processorId());
        assertThat(builder.processorId("orders-1").build().processorId()).isEqualTo("orders-1");
    }

    @Test
    void theBuilderRequiresStorageAndPublisher() {
        assertThatThrownBy(() -> Outbox.builder().publisher(publisher).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("storage is required");
        assertThatThrownBy(() -> Outbox.<InMemoryTransaction>builder()
                        .storage(scene.storage)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("publisher is required");
    }

    // ---- Publish

    @Test
    void messagesArePublishedIfTheTransactionOfTheCallerCommits() {
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            InMemoryTransaction transaction = scene.database.begin();
            outbox.publish(
                    OutboxContext.ofNamespace("orders"), transaction, Message.of("k", "1"), Message.of("k", "2"));
            assertThat(outbox.pumpOutbox()).as("before the commit").isZero();
            transaction.commit();

            InMemoryTransaction other = scene.database.begin();
            outbox.publish(other, Message.of("k", "never"));
            other.rollback();

            assertThat(outbox.pumpOutbox()).isEqualTo(2);
        }
        assertThat(publisher.texts()).containsExactly("1", "2");
        assertThat(publisher.sent()).allMatch(entry -> entry.namespace().equals("orders"));
    }

    // ---- PumpOutbox

    @Test
    void pumpingPublishesEverythingThatIsThereAndReturnsHowMuch() {
        for (int i = 0; i < 2_345; i++) {
            scene.write("", "key-" + i % 10, "m" + i);
        }
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            assertThat(outbox.pumpOutbox()).isEqualTo(2_345);
            assertThat(outbox.pumpOutbox()).isZero();
        }
        assertThat(publisher.sent()).hasSize(2_345);
        assertThat(scene.waiting()).isEmpty();
        assertThat(scene.database.status().processors())
                .as("claims are given back")
                .isEmpty();
    }

    // ---- StartProcessing

    @Test
    void processingRunsOnTheThreadOfTheCallerUntilItIsClosed() throws Exception {
        Outbox<InMemoryTransaction> outbox =
                scene.outbox(publisher, OutboxClock.system()).build();
        Thread thread = new Thread(outbox::startProcessing);
        thread.start();
        scene.write("", "k", "1");
        outbox.wakeProcessor();
        Await.until(
                "the message is published and deleted", () -> scene.waiting().isEmpty());
        assertThat(outbox.status().running()).isTrue();

        outbox.close();

        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(outbox.status().running()).isFalse();
    }

    @Test
    void processingOnTheThreadOfTheCallerEndsWithItsInterruption() throws Exception {
        Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build();
        List<Boolean> interruptedAfterwards = new ArrayList<>();
        Thread thread = new Thread(() -> {
            outbox.startProcessing();
            interruptedAfterwards.add(Thread.currentThread().isInterrupted());
        });
        thread.start();
        Await.until("it runs", () -> outbox.status().claims() == 64);

        thread.interrupt();

        thread.join(10_000);
        assertThat(interruptedAfterwards).containsExactly(true);
        assertThat(scene.database.status().processors()).isEmpty();
        outbox.close();
    }

    @Test
    void processingInTheBackgroundLooksForWorkEveryProcessInterval() {
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(30), 1);
            scene.write("", "k", "1");

            scene.pass(Duration.ofSeconds(10), 1);

            assertThat(publisher.texts()).containsExactly("1");
        }
    }

    // ---- WakeProcessor

    @Test
    void aWakeIsFollowedByALookAtOnce() {
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(30), 1);
            scene.write("", "k", "1");
            assertThat(publisher.texts()).isEmpty();

            outbox.wakeProcessor();

            Await.until(
                    "the message is published without time passing",
                    () -> publisher.sent().size() == 1);
        }
    }

    @Test
    void wakingNeverBlocksAndManyWakesAreOne() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(30), 1);
            scene.storage.withFault((operation, moment) -> {
                if (operation == Operation.READ && moment == Moment.BEFORE) {
                    reading.countDown();
                    awaitQuietly(goOn);
                }
            });
            outbox.wakeProcessor();
            reading.await();
            int before = scene.storage.count(Operation.READ);

            for (int i = 0; i < 10_000; i++) {
                outbox.wakeProcessor(); // the processor's thread is busy reading: none of these may wait for it
            }
            goOn.countDown();
            scene.clock.awaitIdle(1);

            assertThat(scene.storage.count(Operation.READ) - before).isEqualTo(1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- WithNamespace, NamespaceFromContext, ContextSettings

    @Test
    void theNamespaceGoesWithTheMessageToTheStorageAndToThePublisher() {
        OutboxContext context = OutboxContext.DEFAULT.withNamespace("orders");
        assertThat(OutboxContext.DEFAULT.namespace()).isEmpty();
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            InMemoryTransaction transaction = scene.database.begin();
            outbox.publish(context, transaction, Message.of("k", "1"));
            outbox.inNamespace("bills").publish(transaction, Message.of("k", "2"));
            outbox.publish(transaction, Message.of("k", "3"));
            transaction.commit();
            assertThat(OutboxTester.waiting(scene.database))
                    .extracting(ClaimedEntry::namespace)
                    .containsExactly("orders", "bills", "");

            outbox.pumpOutbox();
        }
        assertThat(publisher.sent())
                .extracting(entry -> entry.context().namespace() + ":" + StorageDriver.text(entry))
                .containsExactlyInAnyOrder("orders:1", "bills:2", ":3");
    }

    // ---- Message, ClaimedEntry

    @Test
    void aMessageIsAnImmutableValueWhoseTextShowsNoContent() {
        Message message = new Message(bytes("secret-key"), bytes("secret-payload"), Map.of("h", "secret"), "t", "id");

        assertThat(message)
                .isEqualTo(new Message(bytes("secret-key"), bytes("secret-payload"), Map.of("h", "secret"), "t", "id"))
                .hasSameHashCodeAs(
                        new Message(bytes("secret-key"), bytes("secret-payload"), Map.of("h", "secret"), "t", "id"))
                .isNotEqualTo(message.withHeader("x", "y"));
        assertThat(message.toString()).contains("14 bytes").doesNotContain("secret");
        assertThatThrownBy(() -> message.headers().put("x", "y")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aClaimedEntryShowsEverythingButItsContent() {
        scene.write("orders", "secret-key", "secret-payload");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.pumpOutbox();
        }

        ClaimedEntry entry = publisher.sent().get(0);
        assertThat(entry.namespace()).isEqualTo("orders");
        assertThat(entry.key()).isEqualTo(bytes("secret-key"));
        assertThat(entry.payload()).isEqualTo(bytes("secret-payload"));
        assertThat(entry.attempt()).isEqualTo(1);
        assertThat(entry.createdAt()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(entry.toString()).contains("orders", entry.messageId()).doesNotContain("secret");
    }

    // ---- ProcessorStorage

    @Test
    void anybodyCanImplementAStorage() {
        scene.write("", "k", "1", "2", "3");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            assertThat(outbox.pumpOutbox()).isEqualTo(3);
        }
        for (Operation step :
                List.of(Operation.HEARTBEAT, Operation.ACQUIRE, Operation.READ, Operation.SETTLE, Operation.LEAVE)) {
            assertThat(scene.storage.count(step))
                    .as("%s of a storage that is not ours", step)
                    .isPositive();
        }
    }

    // ---- Publisher, in both its uses

    @Test
    void businessCodeCanDependOnAPublisherThatIsBoundToATransaction() {
        OutboxWriter<InMemoryTransaction> writer = OutboxWriter.create(scene.database);
        InMemoryTransaction transaction = scene.database.begin();
        OutboxWriter.MessagePublisher bound = writer.bind(OutboxContext.ofNamespace("orders"), transaction);

        bound.publish(Message.of("k", "1"), Message.of("k", "2"));

        assertThat(scene.waiting()).isEmpty();
        transaction.commit();
        assertThat(scene.waiting()).containsExactly("1", "2");
    }

    // ---- PublishError, ErrorCount

    @Test
    void aPartialFailureTellsTheResultOfEachMessageByItsId() {
        for (int i = 0; i < 4; i++) {
            scene.write("", "k" + i, "m" + i);
        }
        List<Integer> errorCounts = new ArrayList<>();
        List<String> arrived = new ArrayList<>();
        Publisher blocking = Publisher.blocking(
                entries -> {
                    PublishResults.Builder results = PublishResults.builder();
                    for (int i = entries.size() - 1; i >= 0; i--) { // in another order than the entries on purpose
                        ClaimedEntry entry = entries.get(i);
                        if (Scene.text("m1").test(entry)) {
                            results.add(entry, PublishResult.rejected("refused"));
                        } else {
                            arrived.add(StorageDriver.text(entry));
                            results.sent(entry);
                        }
                    }
                    PublishException failure = new PublishException(entries, results.build());
                    errorCounts.add(failure.errorCount());
                    throw failure;
                },
                Runnable::run);
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(scene.database)
                .publisher(blocking)
                .build()) {
            assertThat(outbox.pumpOutbox()).isEqualTo(3);
        }

        assertThat(errorCounts).containsExactly(1);
        assertThat(arrived).containsExactlyInAnyOrder("m0", "m2", "m3");
        assertThat(scene.waiting()).isEmpty();
        assertThat(scene.database.status().deadLetters()).isEqualTo(1);
    }

    // ---- Clock, Logger

    @Test
    void theClockIsInjected() {
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(30), 1);
            int idle = scene.storage.count(Operation.READ);
            Await.pause(Duration.ofMillis(100));

            assertThat(scene.storage.count(Operation.READ))
                    .as("reads while the clock stands still")
                    .isEqualTo(idle);
            scene.pass(Duration.ofSeconds(11), 1);
            assertThat(scene.storage.count(Operation.READ)).isGreaterThan(idle);
        }
    }

    @Test
    void whatHappensIsLoggedThroughSlf4j() {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.boxcar");
        Level before = logger.getLevel();
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.TRACE);
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(
                        publisher.failing(Scene.text("secret-payload"), 1, "try again"))
                .processorId("orders-1")
                .build()) {
            scene.write("", "secret-key", "secret-payload");
            outbox.start();
            scene.pass(Duration.ofSeconds(2), 1);
        } finally {
            logger.setLevel(before);
            logger.detachAppender(appender);
        }

        assertThat(publisher.texts()).containsExactly("secret-payload");
        assertThat(appender.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.contains("orders-1"))
                .noneMatch(line -> line.contains("secret"));
    }
}
