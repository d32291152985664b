package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxListener;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.PublisherUnavailableException;
import dev.boxcar.RetryPolicy;
import dev.boxcar.SchemaException;
import dev.boxcar.StorageException;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.FaultyStorage.Operation;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Publishers, listeners and callers that do what they should not: nothing is lost, and nobody else suffers. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class MisbehaviourTest {

    private static final RetryPolicy EVERY_SECOND = RetryPolicy.DEFAULT
            .withDelays(Duration.ofSeconds(1), Duration.ofSeconds(1))
            .withJitter(0);

    private final Scene scene = new Scene();
    private final RecordingPublisher publisher = RecordingPublisher.keepingOrder();

    // ---- publishers

    static Stream<Arguments> answersThatNoPublisherShouldGive() {
        return Stream.of(
                Arguments.of("throws", PublishAnswer.thrown(new IllegalStateException("injected"))),
                Arguments.of("throws unavailable", PublishAnswer.thrown(new PublisherUnavailableException("injected"))),
                Arguments.of("throws an error", (PublishAnswer) entries -> {
                    throw new AssertionError("injected");
                }),
                Arguments.of("completes with an exception", PublishAnswer.completedWith(new Exception("injected"))),
                Arguments.of(
                        "completes with a wrapped exception",
                        PublishAnswer.completedWith(
                                new CompletionException(new PublisherUnavailableException("injected")))),
                Arguments.of("returns null", PublishAnswer.nothing()),
                Arguments.of("completes with null", PublishAnswer.nullResults()),
                Arguments.of("never completes", PublishAnswer.never()),
                Arguments.of("answers for nobody", PublishAnswer.onlyForTheFirst(0)),
                Arguments.of(
                        "answers for others",
                        PublishAnswer.completedWith(PublishResults.builder()
                                .add(someOtherEntry(), PublishResult.SENT)
                                .build())),
                Arguments.of(
                        "says that all were skipped",
                        PublishAnswer.completedWith(PublishResults.all(PublishResult.SKIPPED))));
    }

    private static ClaimedEntry someOtherEntry() {
        return new ClaimedEntry(
                -1,
                OutboxContext.DEFAULT,
                "other",
                null,
                new byte[0],
                java.util.Map.of(),
                null,
                1,
                java.time.Instant.EPOCH);
    }

    /** As when a broker refuses a batch because of one record in it, and its neighbours are to be tried again. */
    @Test
    void anEntryThatDiesBehindOneThatGoesBackIsNotSentAgain() {
        scene.write("", "a", "a0", "a1", "a2");
        publisher.answerNext(entries -> {
            PublishResults.Builder results = PublishResults.builder();
            entries.forEach(entry -> results.add(
                    entry, Scene.text("a1").test(entry) ? PublishResult.rejected("too large") : PublishResult.SKIPPED));
            return CompletableFuture.completedFuture(results.build());
        });
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(2), 1);
        }

        OutboxTester.assertPublished(publisher, "a", "a0", "a2");
        assertThat(publisher.calls().stream().flatMap(List::stream).filter(Scene.text("a1")))
                .as("sent once")
                .hasSize(1);
        assertThat(scene.database.deadLetters().list(dev.boxcar.DeadLetterQuery.all()))
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("answersThatNoPublisherShouldGive")
    void aPublisherThatMisbehavesForAWhileLosesNothing(String what, PublishAnswer answer) {
        for (int i = 0; i < 3; i++) {
            scene.write("", "a", "a" + i);
            scene.write("", "b", "b" + i);
        }
        for (int i = 0; i < 4; i++) {
            publisher.answerNext(answer);
        }
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                .settings(settings -> settings.retryPolicy(EVERY_SECOND))
                .build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(20), 1);
        }

        assertThat(publisher.calls()).as(what).hasSizeGreaterThan(4);
        OutboxTester.assertPublished(publisher, "a", "a0", "a1", "a2");
        OutboxTester.assertPublished(publisher, "b", "b0", "b1", "b2");
        assertThat(publisher.sent()).as("each once").hasSize(6);
        assertThat(scene.waiting()).isEmpty();
        assertThat(scene.database.status().deadLetters()).isZero();
    }

    @Test
    void ofTwoAnswersToACallTheFirstCounts() {
        scene.write("", "k", "1");
        publisher.answerNext(
                PublishAnswer.twice(PublishResults.allSent(), PublishResults.all(PublishResult.rejected("too late"))));
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            assertThat(outbox.pumpOutbox()).isEqualTo(1);
            assertThat(scene.database.status().deadLetters()).isZero();
        }
        assertThat(scene.waiting()).isEmpty();
        assertThat(publisher.calls()).hasSize(1);
    }

    @Test
    void anEntryWithoutAnAnswerCountsAsNotSent() {
        scene.write("", "a", "1");
        scene.write("", "b", "2");
        scene.write("", "c", "3");
        publisher.answerNext(PublishAnswer.onlyForTheFirst(1));
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                .settings(settings -> settings.retryPolicy(EVERY_SECOND))
                .build()) {
            outbox.pumpOutbox();
            assertThat(scene.waiting()).as("what got no answer is not deleted").doesNotContain("1");
            scene.clock.advance(Duration.ofMinutes(1));
            outbox.pumpOutbox();
        }
        assertThat(publisher.texts()).containsExactlyInAnyOrder("2", "3");
        assertThat(scene.waiting()).isEmpty();
    }

    @Test
    void aCallThatFailsAsAWholeIsTriedOneByOneAndTheCulpritAloneIsFound() {
        Publisher moody = Publisher.blocking(
                entries -> {
                    for (ClaimedEntry entry : entries) {
                        if (Scene.text("poison").test(entry)) {
                            throw new IllegalStateException("one of " + entries.size() + " cannot be published");
                        }
                    }
                    publisher.publish(entries);
                },
                Runnable::run);
        for (int i = 0; i < 5; i++) {
            scene.write("", "k" + i, i == 2 ? "poison" : "m" + i);
        }
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(scene.database)
                .publisher(moody)
                .clock(scene.clock)
                .settings(settings -> settings.retryPolicy(EVERY_SECOND.withMaxAttempts(2)))
                .build()) {
            outbox.pumpOutbox();
            assertThat(publisher.texts()).containsExactlyInAnyOrder("m0", "m1", "m3", "m4");
            scene.clock.advance(Duration.ofSeconds(1));
            outbox.pumpOutbox();
        }
        assertThat(scene.waiting()).isEmpty();
        assertThat(scene.database.status().deadLetters()).isEqualTo(1);
        assertThat(publisher.sent()).allMatch(entry -> entry.attempt() == 1);
    }

    // ---- listeners

    @Test
    void aListenerThatAlwaysThrowsChangesNothing() {
        AtomicInteger called = new AtomicInteger();
        OutboxListener hostile = (OutboxListener) Proxy.newProxyInstance(
                OutboxListener.class.getClassLoader(), new Class<?>[] {OutboxListener.class}, (proxy, method, args) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.getName().equals("hashCode")
                                ? (Object) System.identityHashCode(proxy)
                                : method.getName().equals("equals") ? (Object) (proxy == args[0]) : "hostile";
                    }
                    called.incrementAndGet();
                    throw new IllegalStateException("injected by a listener");
                });
        AtomicInteger heard = new AtomicInteger();
        OutboxListener polite = new OutboxListener() {
            @Override
            public void published(String destination, List<ClaimedEntry> entries, Duration callTime) {
                heard.addAndGet(entries.size());
            }
        };
        publisher.failing(Scene.text("a1"), 1, "not yet").rejecting(Scene.text("b1"), "never");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                        .listener(hostile)
                        .listener(polite)
                        .settings(settings -> settings.retryPolicy(EVERY_SECOND))
                        .build();
                InMemoryTransaction transaction = scene.database.begin()) {
            outbox.publish(transaction, Message.of("a", "a1"), Message.of("a", "a2"), Message.of("b", "b1"));
            transaction.commit();
            outbox.start();
            scene.pass(Duration.ofSeconds(3), 1);
        }
        assertThat(publisher.texts()).containsExactly("a1", "a2");
        assertThat(scene.database.status().deadLetters()).isEqualTo(1);
        assertThat(called.get()).as("events told to the hostile listener").isGreaterThan(6);
        assertThat(heard.get()).as("events told to the other one").isEqualTo(2);
    }

    // ---- callers

    @Test
    void aClosedOutboxRefusesEverythingAndMayBeClosedAgain() {
        Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build();
        outbox.close();
        outbox.close();

        try (InMemoryTransaction transaction = scene.database.begin()) {
            assertThatThrownBy(() -> outbox.publish(transaction, Message.of("k", "1")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
        assertThatThrownBy(outbox::pumpOutbox)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(outbox::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(outbox::startProcessing)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatCode(() -> {
                    outbox.wakeProcessor();
                    outbox.pause("a");
                    outbox.resume("a");
                    outbox.status();
                    outbox.deadLetters();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void processingCannotBeStartedTwice() {
        try (Outbox<InMemoryTransaction> outbox =
                scene.outbox(publisher).processorId("orders-1").build()) {
            outbox.start();
            assertThatThrownBy(outbox::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("orders-1");
            assertThatThrownBy(outbox::startProcessing).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(outbox::pumpOutbox)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("wakeProcessor");
            scene.write("", "k", "1");
            outbox.wakeProcessor();
            Await.until(
                    "the first start is not disturbed", () -> publisher.sent().size() == 1);
        }
    }

    @Test
    void closingDuringAPumpLetsItEnd() {
        publisher.hold();
        for (int i = 0; i < 200; i++) {
            scene.write("", "k" + i, "m" + i);
        }
        Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                .settings(settings -> settings.maxConcurrentCalls(1))
                .build();
        CompletableFuture<Integer> pumped = CompletableFuture.supplyAsync(outbox::pumpOutbox);
        Await.until("the first call is under way", () -> publisher.heldCalls().size() == 1);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(outbox::close);
        Await.pause(Duration.ofMillis(50));
        publisher.release();
        closed.join();

        assertThat(pumped.join())
                .as("published by the pump before it was cut short")
                .isBetween(20, 40);
        assertThat(scene.waiting()).hasSize(200 - publisher.sent().size());
        assertThat(scene.database.status().processors()).isEmpty();
    }

    @Test
    void messagesMayBeWrittenUntilTheOutboxIsClosed() throws Exception {
        Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        List<String> committed = new ArrayList<>();
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 1_000_000; i++) {
                    try (InMemoryTransaction transaction = scene.database.begin()) {
                        outbox.publish(transaction, Message.of("k", "m" + i));
                        transaction.commit();
                        committed.add("m" + i);
                    }
                }
            } catch (IllegalStateException e) {
                refused.set(e);
            }
        });
        outbox.start();
        writer.start();
        Await.until("something is written", () -> scene.database.status().pending() > 10);
        scene.close(outbox);
        writer.join();

        assertThat(refused.get()).hasMessageContaining("closed");
        try (Outbox<InMemoryTransaction> next = scene.outbox(publisher).build()) {
            OutboxTester.drain(next);
        }
        OutboxTester.assertPublished(publisher, "k", committed.toArray(String[]::new));
    }

    @Test
    void pumpsOnSeveralThreadsTakeTurns() {
        for (int i = 0; i < 300; i++) {
            scene.write("", "k" + i % 7, "m" + i);
        }
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            List<CompletableFuture<Integer>> pumps = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                pumps.add(CompletableFuture.supplyAsync(outbox::pumpOutbox));
            }
            assertThat(pumps.stream().mapToInt(CompletableFuture::join).sum()).isEqualTo(300);
        }
        assertThat(publisher.sent()).hasSize(300);
    }

    @Test
    void aPumpFromWithinAPumpIsRefused() {
        AtomicReference<Outbox<InMemoryTransaction>> self = new AtomicReference<>();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        OutboxListener listener = new OutboxListener() {
            @Override
            public void published(String destination, List<ClaimedEntry> entries, Duration callTime) {
                try {
                    Objects.requireNonNull(self.get()).pumpOutbox();
                } catch (IllegalStateException e) {
                    refused.set(e);
                }
            }
        };
        scene.write("", "k", "1");
        try (Outbox<InMemoryTransaction> outbox =
                scene.outbox(publisher).listener(listener).build()) {
            self.set(outbox);
            assertThat(outbox.pumpOutbox()).isEqualTo(1);
        }
        assertThat(refused.get()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingFromAListenerEndsTheProcessingAfterwards() {
        AtomicReference<Outbox<InMemoryTransaction>> self = new AtomicReference<>();
        OutboxListener listener = new OutboxListener() {
            @Override
            public void published(String destination, List<ClaimedEntry> entries, Duration callTime) {
                Objects.requireNonNull(self.get()).close();
            }
        };
        scene.write("", "k", "1");
        Outbox<InMemoryTransaction> outbox =
                scene.outbox(publisher).listener(listener).build();
        self.set(outbox);
        outbox.start();
        Await.until("it is published", () -> publisher.sent().size() == 1);
        Await.until("it has ended", () -> {
            scene.clock.advance(Duration.ofMillis(10));
            return scene.database.status().processors().isEmpty();
        });
        scene.close(outbox);

        assertThat(publisher.texts()).containsExactly("1");
        assertThat(scene.waiting()).isEmpty();
    }

    @Test
    void aPumpTellsThatTheStorageFailed() {
        scene.write("", "k", "1");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            for (Operation operation :
                    List.of(Operation.CHECK, Operation.HEARTBEAT, Operation.ACQUIRE, Operation.READ)) {
                scene.storage.failBefore(operation, 1);
                assertThatThrownBy(outbox::pumpOutbox)
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining(operation.name());
                scene.clock.advance(Duration.ofSeconds(3));
            }
            assertThat(outbox.pumpOutbox()).isEqualTo(1);
        }
    }

    @Test
    void aDatabaseThatCannotBeReachedAtTheStartIsWaitedFor() {
        scene.storage.breakDown();
        scene.write("", "k", "1");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(30), 1);
            scene.storage.repair();
            scene.pass(Duration.ofSeconds(11), 1);
            assertThat(publisher.texts()).containsExactly("1");
        }
    }

    @Test
    void tablesThatAreMissingAreToldAtTheStart() {
        scene.storage.withFault((operation, moment) -> {
            if (operation == Operation.CHECK) {
                throw new SchemaException("the table is missing");
            }
        });
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            assertThatThrownBy(outbox::start).isInstanceOf(SchemaException.class);
            assertThatThrownBy(outbox::startProcessing).isInstanceOf(SchemaException.class);
            assertThatThrownBy(outbox::pumpOutbox).isInstanceOf(SchemaException.class);
            scene.storage.repair();
            scene.write("", "k", "1");
            assertThat(outbox.pumpOutbox()).isEqualTo(1);
        }
    }

    @Test
    void wakingAndPausingBeforeTheStartIsHarmless() {
        scene.write("a", "k", "1");
        scene.write("b", "k", "2");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.wakeProcessor();
            outbox.pause("a");
            outbox.pause("a");
            outbox.resume("never paused");
            assertThat(outbox.status().pausedNamespaces()).containsExactly("a");
            assertThat(outbox.pumpOutbox()).isEqualTo(1);
            assertThat(publisher.texts()).containsExactly("2");

            outbox.resume("a");
            assertThat(outbox.pumpOutbox()).isEqualTo(1);
        }
        assertThat(publisher.texts()).containsExactly("2", "1");
    }
}
