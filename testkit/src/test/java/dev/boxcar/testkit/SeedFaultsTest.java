package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.RetryPolicy;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.FaultyStorage.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The faults of the Go package, each with the test that would catch it here. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class SeedFaultsTest {

    private final Scene scene = new Scene();

    /** It used the index of an error within a namespace as an index into the whole batch, and deleted what was never sent. */
    @Test
    void aFailureInOneNamespaceIsNotTakenForOneOfAnother() {
        for (RecordingPublisher publisher : List.of(
                RecordingPublisher.create(),
                RecordingPublisher.keepingOrder(),
                RecordingPublisher.withDestinations("a", "b"))) {
            publisher.failing(Scene.text("b1"), 1, "not yet");
            scene.write("a", "ka", "a1");
            scene.write("b", "kb", "b1");
            scene.write("a", "ka2", "a2");
            scene.write("b", "kb2", "b2");
            try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
                outbox.pumpOutbox();
                assertThat(publisher.texts()).containsExactlyInAnyOrder("a1", "a2", "b2");
                assertThat(scene.waiting()).as("what was not sent").containsExactly("b1");

                scene.clock.advance(Duration.ofSeconds(1));
                outbox.pumpOutbox();
            }
            assertThat(publisher.texts()).containsExactlyInAnyOrder("a1", "a2", "b2", "b1");
            assertThat(scene.waiting()).isEmpty();
        }
    }

    /** When one namespace failed, the others of the batch were not deleted and were sent again. */
    @Test
    void whatWasSentIsDeletedWhateverBecomesOfOtherNamespaces() {
        RecordingPublisher publisher =
                RecordingPublisher.withDestinations("a", "b", "c").unavailable(Scene.namespace("b"));
        for (String namespace : List.of("a", "b", "c")) {
            scene.write(namespace, "k", namespace + "1", namespace + "2");
        }
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.pumpOutbox();
            assertThat(scene.waiting()).containsExactly("b1", "b2");

            publisher.heal();
            scene.clock.advance(Duration.ofMinutes(1));
            outbox.pumpOutbox();
        }
        assertThat(publisher.texts()).as("each once").containsExactlyInAnyOrder("a1", "a2", "b1", "b2", "c1", "c2");
    }

    /** It claimed everything for a fixed time and never renewed: a large backlog was sent by two processors at once. */
    @Test
    void aBacklogThatOutlivesItsClaimsIsSentOnce() {
        InMemoryStorage storage = InMemoryStorage.create();
        FaultyStorage<InMemoryTransaction> counted = new FaultyStorage<>(storage);
        try (InMemoryTransaction transaction = storage.begin()) {
            storage.publish(
                    dev.boxcar.OutboxContext.DEFAULT,
                    transaction,
                    IntStream.range(0, 600)
                            .mapToObj(i -> Message.of("k" + i, "m" + i))
                            .toList());
            transaction.commit();
        }
        ConcurrentLinkedQueue<ClaimedEntry> arrived = new ConcurrentLinkedQueue<>();
        Publisher slow = entries -> {
            arrived.addAll(entries);
            return CompletableFuture.supplyAsync(
                    PublishResults::allSent, CompletableFuture.delayedExecutor(60, TimeUnit.MILLISECONDS));
        };
        List<Outbox<InMemoryTransaction>> outboxes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            outboxes.add(Outbox.<InMemoryTransaction>builder()
                    .storage(counted)
                    .publisher(slow)
                    .processorId("p" + i)
                    .settings(settings -> settings.claimDuration(Duration.ofMillis(900))
                            .batchSize(5)
                            .maxConcurrentCalls(2)
                            .processInterval(Duration.ofMillis(50)))
                    .build());
        }
        try {
            outboxes.forEach(Outbox::start);
            Await.until("all is sent and deleted", () -> storage.status().pending() == 0);
        } finally {
            outboxes.forEach(Outbox::close);
        }

        assertThat(arrived).extracting(ClaimedEntry::id).hasSize(600).doesNotHaveDuplicates();
        assertThat(counted.count(Operation.HEARTBEAT)).as("renewals").isGreaterThan(6);
    }

    /** It did not look at the deadline: a processor that was paused went on with what another one had taken over. */
    @Test
    void aProcessorThatWasPausedSendsNothingOfWhatWasTakenOver() {
        RecordingPublisher paused = RecordingPublisher.create();
        RecordingPublisher heir = RecordingPublisher.create();
        ManualClock pausedClock = new ManualClock();
        paused.hold();
        Outbox<InMemoryTransaction> first = scene.outbox(paused, pausedClock)
                .settings(settings -> settings.batchSize(1).maxConcurrentCalls(1))
                .build();
        scene.write("", "a", "1");
        scene.write("", "b", "2");
        scene.write("", "a", "3");
        first.start();
        Await.until("the first message is being sent", () -> paused.heldCalls().size() == 1);
        pausedClock.awaitIdle(1);

        scene.clock.advance(Duration.ofSeconds(3)); // the database's time goes on, the processor's does not
        try (Outbox<InMemoryTransaction> second = scene.outbox(heir).build()) {
            assertThat(second.pumpOutbox()).isEqualTo(3);
            OutboxTester.assertPublished(heir, "a", "1", "3");

            pausedClock.advance(Duration.ofSeconds(3)); // it comes back
            pausedClock.awaitIdle(1);
            paused.release();
            for (int i = 0; i < 100; i++) {
                pausedClock.awaitIdle(1);
                pausedClock.advance(Duration.ofMillis(50));
            }
            pausedClock.awaitIdle(1);
        } finally {
            first.close();
        }

        assertThat(paused.calls()).as("calls of the one that was paused").hasSize(1);
        assertThat(scene.waiting()).isEmpty();
    }

    /** It grouped by a map, whose order is random: nothing kept the order of a key. */
    @Test
    void theOrderOfEveryKeyIsKeptAcrossManyNamespaces() {
        for (RecordingPublisher publisher : List.of(RecordingPublisher.create(), RecordingPublisher.keepingOrder())) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                String lane = "ns" + i % 13 + "/k" + i % 5;
                scene.write("ns" + i % 13, "k" + i % 5, lane + ":" + i);
                expected.add(lane + ":" + i);
            }
            try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
                assertThat(outbox.pumpOutbox()).isEqualTo(500);
            }
            for (int lane = 0; lane < 65; lane++) {
                String prefix = "ns" + lane % 13 + "/k" + lane % 5 + ":";
                assertThat(publisher.texts())
                        .filteredOn(text -> text.startsWith(prefix))
                        .containsExactlyElementsOf(expected.stream()
                                .filter(text -> text.startsWith(prefix))
                                .toList());
            }
        }
    }

    /** A message that always failed blocked everything behind it, for ever. */
    @Test
    void aMessageThatAlwaysFailsEndsInTheDeadLettersAndBlocksNobody() {
        RecordingPublisher publisher =
                RecordingPublisher.create().failing(Scene.text("poison"), Integer.MAX_VALUE, "cannot be read");
        scene.write("", "k", "poison", "behind");
        scene.write("", "other", "o1", "o2");
        RetryPolicy policy =
                RetryPolicy.DEFAULT.withMaxAttempts(3).withDelays(Duration.ofSeconds(1), Duration.ofSeconds(1));
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                .settings(settings -> settings.retryPolicy(policy))
                .build()) {
            outbox.pumpOutbox();
            assertThat(publisher.texts()).as("others flow").containsExactly("o1", "o2");

            for (int attempt = 2; attempt <= 3; attempt++) {
                scene.clock.advance(Duration.ofSeconds(1));
                outbox.pumpOutbox();
            }

            assertThat(publisher.texts()).containsExactly("o1", "o2", "behind");
            List<DeadLetter> dead = outbox.deadLetters().list(DeadLetterQuery.all());
            assertThat(dead).hasSize(1);
            assertThat(dead.get(0).reason()).contains("cannot be read");
            assertThat(dead.get(0).entry().attempt()).isEqualTo(3);
        }
        assertThat(scene.waiting()).isEmpty();
    }

    /** It compared claims with the clock of the application: one that was fast took what others were working on. */
    @Test
    void aProcessorWhoseClockIsWrongTakesNothingFromOthers() {
        RecordingPublisher holder = RecordingPublisher.create();
        RecordingPublisher fast = RecordingPublisher.create();
        holder.hold();
        Outbox<InMemoryTransaction> first = scene.outbox(holder).build();
        scene.write("", "a", "1", "2");
        first.start();
        Await.until("the first message is being sent", () -> holder.heldCalls().size() == 1);

        ManualClock anHourAhead = new ManualClock(Instant.parse("2026-01-01T01:00:00Z"));
        anHourAhead.advance(Duration.ofHours(1));
        try (Outbox<InMemoryTransaction> second =
                scene.outbox(fast, anHourAhead).build()) {
            assertThat(second.pumpOutbox()).as("published by the fast one").isZero();
            anHourAhead.advance(Duration.ofHours(1));
            assertThat(second.pumpOutbox()).as("published by the fast one").isZero();

            holder.release();
            Await.until(
                    "the second message is sent by its holder",
                    () -> holder.sent().size() == 2);
        } finally {
            first.close();
        }
        assertThat(fast.calls()).isEmpty();
        assertThat(scene.waiting()).isEmpty();
    }
}
