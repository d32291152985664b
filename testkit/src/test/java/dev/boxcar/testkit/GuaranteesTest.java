package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxStatus;
import dev.boxcar.PublishResults;
import dev.boxcar.RetryPolicy;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.Session;
import dev.boxcar.testkit.FaultyStorage.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guarantees, each on a storage in memory and on a clock that the test moves. The contract proves them on databases. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class GuaranteesTest {

    private static final Duration CLAIM = Duration.ofSeconds(2);
    private static final RetryPolicy EVERY_SECOND = RetryPolicy.DEFAULT
            .withDelays(Duration.ofSeconds(1), Duration.ofSeconds(1))
            .withJitter(0);

    private final Scene scene = new Scene();
    private final RecordingPublisher publisher = RecordingPublisher.create();

    // ---- G1 atomic

    @Test
    void g1AnEntryExistsIfAndOnlyIfItsTransactionCommitted() {
        Random random = new Random(1);
        List<String> committed = new ArrayList<>();
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            for (int i = 0; i < 200; i++) {
                try (InMemoryTransaction transaction = scene.database.begin()) {
                    outbox.publish(transaction, Message.of("k", "a" + i), Message.of("k", "b" + i));
                    if (random.nextBoolean()) {
                        transaction.commit();
                        committed.add("a" + i);
                        committed.add("b" + i);
                    }
                }
            }
            outbox.pumpOutbox();
        }
        assertThat(publisher.texts()).containsExactlyElementsOf(committed);
    }

    // ---- G2 at least once

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"HEARTBEAT", "ACQUIRE", "READ", "RELOAD", "SETTLE", "CHECK"})
    void g2NothingIsLostWhateverTheStorageFailsAt(Operation operation) {
        publisher.failing(Scene.text("m1"), 1, "once, so that it is read again");
        for (int i = 0; i < 5; i++) {
            scene.write("", "k" + i % 2, "m" + i);
        }
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                .settings(settings -> settings.retryPolicy(EVERY_SECOND))
                .build()) {
            scene.storage.failBefore(operation, 3).failAfter(operation, 3);
            outbox.start();
            scene.pass(Duration.ofSeconds(30), 1);
            scene.write("", "k1", "m5");
            outbox.wakeProcessor();
            scene.pass(Duration.ofSeconds(10), 1);

            OutboxTester.assertPublished(publisher, "k0", "m0", "m2", "m4");
            OutboxTester.assertPublished(publisher, "k1", "m1", "m3", "m5");
            assertThat(scene.waiting()).isEmpty();
            assertThat(scene.database.status().deadLetters()).isZero();
        }
        assertThat(scene.storage.count(operation)).as("calls of %s", operation).isGreaterThanOrEqualTo(3);
    }

    @Test
    void g2AnEntryIsDeletedOnlyAfterTheAcknowledgement() {
        publisher.hold();
        scene.write("", "k", "1");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            Await.until("it is being sent", () -> publisher.heldCalls().size() == 1);
            scene.clock.awaitIdle(1);
            assertThat(scene.waiting()).containsExactly("1");

            publisher.heldCalls().get(0).completeWith(PublishResults.allUnavailable("no acknowledgement"));
            scene.clock.awaitIdle(1);
            assertThat(scene.waiting()).containsExactly("1");

            publisher.release();
            scene.pass(Duration.ofSeconds(1), 1);
            assertThat(publisher.texts()).containsExactly("1");
            assertThat(scene.waiting()).isEmpty();
        }
    }

    // ---- G3 ordered per key

    @Test
    void g3TheNextOneOfAKeyDoesNotLeaveBeforeTheFirstIsAcknowledged() {
        publisher.hold();
        scene.write("", "k", "1", "2");
        scene.write("", "other", "3");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            Await.until("the first is being sent", () -> !publisher.heldCalls().isEmpty());
            scene.pass(Duration.ofMillis(500), 1);
            assertThat(publisher.calls().stream().flatMap(List::stream).map(StorageDriver::text))
                    .as("what has left")
                    .containsExactlyInAnyOrder("1", "3");

            publisher.release();
            scene.pass(Duration.ofMillis(500), 1);
        }
        OutboxTester.assertPublished(publisher, "k", "1", "2");
    }

    @Test
    void g3SeveralOfAKeyGoInOneCallOnlyToAPublisherThatKeepsTheirOrder() {
        RecordingPublisher ordered = RecordingPublisher.keepingOrder();
        for (RecordingPublisher each : List.of(ordered, publisher)) {
            scene.write("", "k", "1", "2", "3");
            try (Outbox<InMemoryTransaction> outbox = scene.outbox(each).build()) {
                outbox.pumpOutbox();
            }
            assertThat(each.texts()).containsExactly("1", "2", "3");
        }
        assertThat(ordered.calls()).hasSize(1);
        assertThat(publisher.calls()).hasSize(3);
    }

    @Test
    void g3AFailingEntryHoldsBackItsOwnKeyOnly() {
        for (RecordingPublisher each : List.of(publisher, RecordingPublisher.keepingOrder())) {
            each.failing(Scene.text("1"), 2, "not yet");
            scene.write("", "k", "1", "2", "3");
            scene.write("other namespace", "k", "4");
            scene.write("", "other", "5");
            try (Outbox<InMemoryTransaction> outbox = scene.outbox(each)
                    .settings(settings -> settings.retryPolicy(EVERY_SECOND))
                    .build()) {
                outbox.pumpOutbox();
                assertThat(each.texts()).containsExactlyInAnyOrder("4", "5");
                scene.clock.advance(Duration.ofSeconds(1));
                outbox.pumpOutbox();
                assertThat(each.texts()).containsExactlyInAnyOrder("4", "5");
                scene.clock.advance(Duration.ofSeconds(1));
                outbox.pumpOutbox();
            }
            assertThat(each.texts().subList(2, 5)).containsExactly("1", "2", "3");
            assertThat(scene.waiting()).isEmpty();
        }
    }

    @Test
    void g3TheOrderHoldsAcrossProcessorsThatComeAndGo() {
        for (int round = 0; round < 20; round++) {
            scene.write("", "k", "m" + round);
            RecordingPublisher failing = RecordingPublisher.create().failing(Scene.text("m" + round), round % 2, "x");
            Outbox<InMemoryTransaction> first = scene.outbox(failing)
                    .settings(settings -> settings.retryPolicy(EVERY_SECOND))
                    .build();
            first.pumpOutbox();
            first.close();
            scene.clock.advance(Duration.ofSeconds(1));
            try (Outbox<InMemoryTransaction> second = scene.outbox(publisher).build()) {
                second.pumpOutbox();
            }
            assertThat(failing.texts()).hasSize(1 - round % 2);
            assertThat(publisher.texts()).hasSize((round + 1) / 2);
        }
        assertThat(scene.waiting()).isEmpty();
    }

    // ---- G4 duplicates only after a failure

    @Test
    void g4WithoutAFailureNothingIsSentTwice() {
        List<Outbox<InMemoryTransaction>> outboxes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            outboxes.add(scene.outbox(publisher).processorId("p" + i).build());
            outboxes.get(i).start();
            for (int n = 0; n < 200; n++) {
                scene.write("", "k" + n % 40, "m" + i + "." + n);
            }
            scene.pass(Duration.ofSeconds(3), i + 1);
        }
        outboxes.get(0).close();
        scene.write("", "k", "last");
        scene.pass(Duration.ofSeconds(11), 2);
        outboxes.forEach(Outbox::close);

        assertThat(publisher.sent())
                .extracting(ClaimedEntry::messageId)
                .hasSize(601)
                .doesNotHaveDuplicates();
    }

    @Test
    void g4ADuplicateCarriesTheSameMessageId() {
        scene.write("", "k", "1");
        RecordingPublisher first = RecordingPublisher.create();
        scene.storage.withFault((operation, moment) -> {
            if (operation == Operation.SETTLE || operation == Operation.LEAVE) {
                throw new dev.boxcar.StorageException("the machine lost its power after the acknowledgement", null);
            }
        });
        Outbox<InMemoryTransaction> dies = scene.outbox(first).build();
        dies.start();
        scene.pass(Duration.ofMillis(500), 1);
        scene.close(dies);
        assertThat(first.texts()).containsExactly("1");
        assertThat(scene.waiting()).containsExactly("1");
        scene.storage.repair();
        scene.clock.advance(CLAIM);
        try (Outbox<InMemoryTransaction> heir = scene.outbox(publisher).build()) {
            assertThat(heir.pumpOutbox()).isEqualTo(1);
        }
        assertThat(publisher.sent().get(0).messageId())
                .isEqualTo(first.sent().get(0).messageId());
    }

    // ---- G5 takeover

    @Test
    void g5TheWorkOfADeadProcessorGoesOnWithinTheClaimDurationAndASecond() {
        for (int trial = 0; trial < 6; trial++) {
            Duration phase =
                    Duration.ofMillis(300L * trial + 20); // between the last sign of life and the heir's first look
            publisher.clear();
            Session dead = StorageDriver.newSession("dead");
            scene.database.acquire(
                    dead, scene.database.heartbeat(dead, CLAIM, true).claims());
            scene.write("", "k", "1");
            scene.clock.advance(phase);
            try (Outbox<InMemoryTransaction> heir = scene.outbox(publisher).build()) {
                heir.start();
                scene.pass(CLAIM.minus(phase).minusMillis(20), 1);
                assertThat(publisher.sent())
                        .as("sent while the claim of another is valid")
                        .isEmpty();

                scene.pass(Duration.ofMillis(1_020), 1);

                assertThat(publisher.texts()).as("a second later").containsExactly("1");
            }
        }
    }

    @Test
    void g5AGracefulStopHandsOverAtOnce() {
        RecordingPublisher heirs = RecordingPublisher.create();
        Outbox<InMemoryTransaction> first = scene.outbox(publisher).build();
        first.start();
        scene.pass(Duration.ofSeconds(1), 1);
        first.close();
        assertThat(scene.database.status().processors()).isEmpty();

        scene.write("", "k", "1");
        try (Outbox<InMemoryTransaction> second = scene.outbox(heirs).build()) {
            second.start();
            Await.until(
                    "the heir sends without time passing", () -> heirs.sent().size() == 1);
        }
    }

    @Test
    void g5AGracefulStopBringsWhatIsInFlightToItsEnd() {
        publisher.hold();
        scene.write("", "a", "1", "2");
        Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build();
        outbox.start();
        Await.until("the first is being sent", () -> publisher.heldCalls().size() == 1);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(outbox::close);
        Await.pause(Duration.ofMillis(50));
        assertThat(closed).as("while a call is under way").isNotDone();
        publisher.release();
        closed.join();

        assertThat(publisher.texts()).as("nothing new was sent").containsExactly("1");
        assertThat(scene.waiting()).as("what was acknowledged is deleted").containsExactly("2");
        assertThat(scene.database.status().processors()).isEmpty();
    }

    // ---- G6 fenced

    @Test
    void g6NoCallStartsThatCouldOutliveTheClaim() {
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(1), 1);
            long lastBeat = scene.clock.nanoTime();
            scene.storage.withFault((operation, moment) -> {
                if (operation == Operation.HEARTBEAT) {
                    throw new dev.boxcar.StorageException("the renewal does not come through", null);
                }
            });
            List<Long> callTimes = new ArrayList<>();
            for (int i = 0; i < 100; i++) { // 3 s in all
                int before = publisher.calls().size();
                scene.write("", "k" + i, "m" + i);
                outbox.wakeProcessor();
                scene.pass(Duration.ofMillis(20), 1);
                for (int n = before; n < publisher.calls().size(); n++) {
                    callTimes.add(scene.clock.nanoTime() - lastBeat);
                }
            }
            // The claim lives for 2 s from the last renewal at the latest, and a call may take 1 s.
            assertThat(callTimes)
                    .isNotEmpty()
                    .allMatch(time -> time <= Duration.ofMillis(1_040).toNanos());
        }
    }

    @Test
    void g6WhatWasTakenOverCannotBeSettledByTheOneThatLostIt() {
        RecordingPublisher lost = RecordingPublisher.create();
        ManualClock stopped = new ManualClock();
        lost.hold();
        Outbox<InMemoryTransaction> first = scene.outbox(lost, stopped).build();
        scene.write("", "k", "1");
        first.start();
        Await.until("it is being sent", () -> lost.heldCalls().size() == 1);
        scene.clock.advance(Duration.ofSeconds(3));
        publisher.failing(Scene.text("1"), 1, "not yet");
        try (Outbox<InMemoryTransaction> second = scene.outbox(publisher)
                .settings(settings -> settings.retryPolicy(EVERY_SECOND))
                .build()) {
            second.pumpOutbox();
            // It believes that it still holds its claim, so it tries to delete the entry.
            lost.release();
            stopped.awaitIdle(1);
            stopped.advance(Duration.ofMillis(10));
            stopped.awaitIdle(1);
            assertThat(scene.waiting())
                    .as("what the new holder could not send yet")
                    .containsExactly("1");

            scene.clock.advance(Duration.ofSeconds(1));
            second.pumpOutbox();
        } finally {
            stopped.advance(Duration.ofSeconds(10));
            first.close();
        }
        assertThat(publisher.texts()).containsExactly("1");
        assertThat(scene.waiting()).isEmpty();
    }

    // ---- G7 a broker that is down

    @Test
    void g7ABrokerThatIsDownForHoursUsesUpNoAttemptAndFillsNoMemory() {
        publisher.unavailable();
        for (int i = 0; i < 500; i++) {
            scene.write("", "k" + i % 50, "m" + i);
        }
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                .settings(settings -> settings.maxInFlightEntries(100).batchSize(10))
                .build()) {
            outbox.start();
            scene.clock.awaitIdle(1);
            int hours = 3;
            for (int i = 0; i < hours * 3_600; i++) {
                scene.clock.advance(Duration.ofSeconds(1));
                scene.clock.awaitIdle(1);
                assertThat(outbox.status().entriesInFlight()).isLessThanOrEqualTo(100);
            }
            assertThat(publisher.calls().size()).as("probes in %s hours", hours).isBetween(100, hours * 500);
            assertThat(scene.waiting()).hasSize(500);
            assertThat(OutboxTester.waiting(scene.database)).allMatch(entry -> entry.attempt() == 1);
            assertThat(scene.database.status().deadLetters()).isZero();

            publisher.heal();
            scene.pass(Duration.ofSeconds(15), 1);
        }
        assertThat(publisher.sent()).hasSize(500).allMatch(entry -> entry.attempt() == 1);
        assertThat(scene.waiting()).isEmpty();
    }

    @Test
    void g7OtherDestinationsFlowAsIfTheOneThatIsDownWereNotThere() {
        RecordingPublisher several =
                RecordingPublisher.withDestinations("up", "down").unavailable(Scene.namespace("down"));
        for (int i = 0; i < 1_000; i++) {
            scene.write("down", "k" + i, "d" + i);
        }
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(several)
                .settings(settings -> settings.maxInFlightEntries(100).readSize(50))
                .build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(5), 1);
            for (int i = 0; i < 50; i++) {
                scene.write("up", "k", "u" + i);
                outbox.wakeProcessor();
                scene.pass(Duration.ofMillis(40), 1);
                assertThat(several.texts()).as("40 ms after its commit").contains("u" + i);
            }
            several.heal();
            scene.pass(Duration.ofSeconds(15), 1);
        }
        assertThat(several.sent()).hasSize(1_050);
        OutboxTester.assertPublished(
                several,
                "k",
                java.util.stream.IntStream.range(0, 50).mapToObj(i -> "u" + i).toArray(String[]::new));
    }

    @Test
    void g7ATruePoisonMessageUsesUpItsAttempts() {
        scene.write("", "k", "poison");
        publisher.failing(Scene.text("poison"), Integer.MAX_VALUE, "no");
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                .settings(settings -> settings.retryPolicy(EVERY_SECOND.withMaxAttempts(4)))
                .build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(5), 1);
            List<DeadLetter> dead = outbox.deadLetters().list(DeadLetterQuery.all());
            assertThat(dead).hasSize(1);
            assertThat(dead.get(0).entry().attempt()).isEqualTo(4);
        }
        assertThat(publisher.calls()).hasSize(4);
    }

    // ---- G8 bounded

    @Test
    void g8EntriesAndBytesInFlightStayWithinTheirLimits() {
        publisher.hold();
        for (int i = 0; i < 300; i++) {
            scene.write("", "k" + i, "x".repeat(1_000));
        }
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                .settings(settings -> settings.maxInFlightEntries(200)
                        .maxInFlightBytes(50_000)
                        .messageLimits(new dev.boxcar.MessageLimits(100, 10_000, 100))
                        .maxConcurrentCalls(4)
                        .batchSize(10))
                .build()) {
            outbox.start();
            for (int i = 0; i < 100; i++) {
                scene.clock.awaitIdle(1);
                OutboxStatus status = outbox.status();
                // The limit is one of payloads; keys, of 4 bytes at most here, are counted too.
                assertThat(status.bytesInFlight()).isLessThanOrEqualTo(50_000 + 4 * 50);
                assertThat(status.entriesInFlight()).isLessThanOrEqualTo(50);
                assertThat(publisher.heldCalls().size()).isLessThanOrEqualTo(4);
                assertThat(publisher.calls()).allMatch(call -> call.size() <= 10);
                publisher.heldCalls().forEach(HeldCall::complete);
                scene.clock.advance(Duration.ofMillis(20));
            }
            publisher.release();
            scene.pass(Duration.ofSeconds(1), 1);
        }
        assertThat(publisher.sent()).hasSize(300);
    }

    // ---- G9 no stall from strangers

    @Test
    void g9ATransactionThatStaysOpenStallsNobody() {
        try (InMemoryTransaction stranger = scene.database.begin();
                Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.publish(stranger, Message.of("k", "open"));
            outbox.start();
            for (int i = 0; i < 20; i++) {
                scene.write("", "k", "m" + i);
                outbox.wakeProcessor();
                scene.pass(Duration.ofMillis(40), 1);
                assertThat(publisher.texts()).hasSize(i + 1);
            }
            stranger.commit();
            outbox.wakeProcessor();
            scene.pass(Duration.ofMillis(40), 1);
        }
        assertThat(publisher.texts()).hasSize(21).last().isEqualTo("open");
    }

    @Test
    void g9AnIdleProcessorAsksTheDatabaseForLittle() {
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build()) {
            outbox.start();
            scene.pass(Duration.ofSeconds(60), 1);
            int reads = scene.storage.count(Operation.READ);
            int beats = scene.storage.count(Operation.HEARTBEAT);
            int others = scene.storage.count(Operation.SETTLE)
                    + scene.storage.count(Operation.RELOAD)
                    + scene.storage.count(Operation.ACQUIRE)
                    + scene.storage.count(Operation.STATUS);
            for (int i = 0; i < 3_000; i++) {
                scene.clock.awaitIdle(1);
                scene.clock.advance(Duration.ofMillis(200));
            }
            scene.clock.awaitIdle(1);

            assertThat(scene.storage.count(Operation.READ) - reads)
                    .as("reads in 10 minutes with a process interval of 10 s")
                    .isBetween(50, 61);
            assertThat(scene.storage.count(Operation.HEARTBEAT) - beats)
                    .as("renewals in 10 minutes")
                    .isLessThan(1_000);
            assertThat(scene.storage.count(Operation.SETTLE)
                            + scene.storage.count(Operation.RELOAD)
                            + scene.storage.count(Operation.ACQUIRE)
                            + scene.storage.count(Operation.STATUS)
                            - others)
                    .isZero();
        }
    }
}
