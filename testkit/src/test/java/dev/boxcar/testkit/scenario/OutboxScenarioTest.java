package dev.boxcar.testkit.scenario;

import static dev.boxcar.testkit.scenario.Entries.inNamespace;
import static dev.boxcar.testkit.scenario.Entries.ofType;
import static dev.boxcar.testkit.scenario.Entries.withKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.RetryPolicy;
import dev.boxcar.RetryPolicy.AfterLastAttempt;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.RecordingPublisher;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class OutboxScenarioTest {

    private final OutboxScenario<InMemoryTransaction> scenario = OutboxScenario.inMemory();

    private OutboxScenario<InMemoryTransaction> place(String namespace, Message... messages) {
        return place(scenario, namespace, messages);
    }

    private static <T> OutboxScenario<T> place(OutboxScenario<T> scenario, String namespace, Message... messages) {
        return scenario.stimulate(transaction -> {
            scenario.outbox().inNamespace(namespace).publish(transaction, messages);
        });
    }

    // ---- what was published

    @Test
    void whatWasCommittedIsPublished() {
        place(
                        "orders",
                        Message.of("c-7", "tea").withType("placed").withHeader("source", "shop"),
                        Message.of("c-8", "milk"))
                .thenPublished("orders")
                .withKey("c-7")
                .withType("placed")
                .withHeader("source", "shop")
                .withPayload("tea")
                .inAttempt(1)
                .once()
                .and("orders")
                .withKey("c-8")
                .matching("a short payload", entry -> entry.payload().length < 10)
                .andNothingElse();
        scenario.thenNothingWaiting().thenNothingDeadLettered();
        scenario.thenPublished("orders").times(2).withPayloadsInOrder("tea", "milk");
    }

    @Test
    void eachStepFailsUnlessSomethingIsLeft() {
        place("orders", Message.of("c-7", "tea").withType("placed"));

        List<Runnable> wrong = List.of(
                () -> scenario.thenPublished("payments"),
                () -> scenario.thenPublished().withKey("c-8"),
                () -> scenario.thenPublished().withKey(new byte[] {1}),
                () -> scenario.thenPublished().withoutKey(),
                () -> scenario.thenPublished().withType("paid"),
                () -> scenario.thenPublished().withId("another"),
                () -> scenario.thenPublished().withHeader("source", "shop"),
                () -> scenario.thenPublished().withPayload("milk"),
                () -> scenario.thenPublished().withPayloadsInOrder("tea", "milk"),
                () -> scenario.thenPublished().inAttempt(2),
                () -> scenario.thenPublished().withReason(""),
                () -> scenario.thenPublished().matching("nothing", entry -> false),
                () -> scenario.thenPublished().times(2),
                scenario::thenNothingPublished,
                scenario::thenWaiting,
                scenario::thenDeadLettered);
        assertThat(wrong).allSatisfy(each -> assertThatThrownBy(each::run).isInstanceOf(AssertionError.class));
    }

    @Test
    void whatIsMoreThanExpectedIsNoticed() {
        place("orders", Message.of("c-7", "tea"), Message.of("c-8", "milk"));

        assertThatThrownBy(() -> scenario.thenPublished().withKey("c-7").andNothingElse())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("key 'c-8'");
        assertThatThrownBy(() -> scenario.thenPublished().entry()).isInstanceOf(AssertionError.class);
        assertThat(scenario.thenPublished().withKey("c-8").entry().payload())
                .isEqualTo("milk".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(scenario.thenPublished().entries()).hasSize(2);
    }

    @Test
    void aFailureTellsWhereEverythingIsAndShowsPayloadsOnlyIfItWasAsked() {
        place("orders", Message.of("c-7", "tea").withType("placed"));

        assertThatThrownBy(() -> scenario.thenPublished("orders").withKey("c-8").withPayload("milk"))
                .hasMessageContaining(
                        "expected a message in namespace 'orders', key 'c-8' published since the last stimulus, found 0")
                .hasMessageContaining("1. namespace 'orders', key 'c-7', type placed, payload of 3 bytes, attempt 1")
                .hasMessageContaining("waiting in the outbox: none")
                .hasMessageNotContaining("tea");
        assertThatThrownBy(() -> scenario.thenPublished().withPayload("milk"))
                .hasMessageContaining("the expected payload of 4 bytes")
                .hasMessageNotContaining("milk");

        scenario.showPayloads();
        assertThatThrownBy(() -> scenario.thenPublished().withPayload("milk"))
                .hasMessageContaining("payload 'milk'")
                .hasMessageContaining("payload 'tea'");
    }

    @Test
    void sentencesSpeakOfWhatHappenedSinceTheLastStimulus() {
        place("orders", Message.of("c-7", "tea")).thenPublished().once();
        place("orders", Message.of("c-7", "milk"))
                .thenPublished()
                .withPayload("milk")
                .andNothingElse();
    }

    @Test
    void whatRollsBackPublishesNothing() {
        scenario.stimulateToFail(IOException.class, transaction -> {
                    scenario.outbox().publish(transaction, Message.of("c-7", "tea"));
                    throw new IOException("no tea");
                })
                .thenNothingPublished()
                .thenNothingWaiting();
        assertThatThrownBy(() -> scenario.stimulateToFail(IOException.class, transaction -> {}))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("nothing was thrown");
        assertThatThrownBy(() -> scenario.stimulateToFail(IOException.class, () -> {
                    throw new IllegalStateException("another");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("another");
        assertThatThrownBy(() -> scenario.stimulate(transaction -> {
                    throw new IOException("no tea");
                }))
                .isInstanceOf(IOException.class);
    }

    // ---- failures and time

    @Test
    void aMessageIsRetriedWhenItsTimeHasCome() {
        scenario.broker().failing(withKey("c-7"), 2, "not now");
        place("orders", Message.of("c-7", "tea"), Message.of("c-8", "milk"));

        scenario.thenPublished().withKey("c-8").andNothingElse();
        scenario.thenWaiting("orders").withKey("c-7").inAttempt(2).once();
        scenario.timePasses(Duration.ofMillis(200)).thenWaiting().inAttempt(3);
        scenario.timePasses(Duration.ofMillis(400))
                .thenPublished()
                .withKey("c-7")
                .inAttempt(3)
                .once();
    }

    @Test
    void inALongTimeAllAttemptsAreUsedUp() {
        scenario.broker().failing(inNamespace("orders"), Integer.MAX_VALUE, "not now");

        place("orders", Message.of("c-7", "tea"))
                .timePasses(Duration.ofHours(1))
                .thenDeadLettered("orders")
                .withReason("not now")
                .inAttempt(RetryPolicy.DEFAULT.maxAttempts())
                .once();
        assertThatThrownBy(() -> scenario.thenNothingDeadLettered())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("given up: not now");
    }

    @Test
    void whatIsRefusedIsDeadAtOnce() {
        scenario.broker().rejecting(ofType("large"), "too large");

        place("orders", Message.of("c-7", "tea").withType("large"), Message.of("c-7", "milk"));

        scenario.thenDeadLettered().withKey("c-7").withReason("too large").once();
        scenario.thenPublished().withPayload("milk").andNothingElse();
        place("orders", Message.of("c-7", "tea")).thenNothingDeadLettered();
    }

    @Test
    void anOutageOfHoursUsesUpNoAttempt() {
        scenario.brokerUnavailable();

        place("orders", Message.of("c-7", "tea"))
                .timePasses(Duration.ofHours(6))
                .thenNothingPublished()
                .thenNothingDeadLettered()
                .thenWaiting()
                .inAttempt(1);
        assertThat(scenario.report()).contains("cannot reach: default");
        scenario.brokerRecovers().thenPublished("orders").inAttempt(1).once();
    }

    @Test
    void oneOfSeveralDestinationsMayBeDown() {
        InMemoryStorage storage = InMemoryStorage.create();
        OutboxScenario<InMemoryTransaction> two = OutboxScenario.builder(storage)
                .transactions(Transactions.of(storage))
                .destinations("orders", "billing")
                .build();
        two.broker().unavailable(inNamespace("orders"));

        two.stimulate(transaction -> {
            two.outbox().inNamespace("orders").publish(transaction, Message.of("c-7", "tea"));
            two.outbox().inNamespace("billing").publish(transaction, Message.of("c-7", "5 EUR"));
        });

        two.thenPublished("billing").andNothingElse();
        two.thenWaiting("orders").once();
    }

    @Test
    void theSettingsOfTheApplicationCount() {
        RetryPolicy hold = RetryPolicy.DEFAULT.withMaxAttempts(1).withAfterLastAttempt(AfterLastAttempt.HOLD_KEY);
        OutboxScenario<InMemoryTransaction> holding = OutboxScenario.inMemory(settings -> settings.retryPolicy(hold));
        holding.broker().rejecting(Entries.all(), "never");

        place(holding, "orders", Message.of("c-7", "tea"))
                .timePasses(Duration.ofHours(1))
                .thenNothingDeadLettered()
                .thenWaiting()
                .once();
    }

    // ---- other outboxes

    @Test
    void withoutTransactionsAStimulusMustBringItsOwn() {
        InMemoryStorage storage = InMemoryStorage.create();
        OutboxScenario<InMemoryTransaction> own =
                OutboxScenario.builder(storage).build();

        assertThatThrownBy(() -> place(own, "orders", Message.of("c-7", "tea")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not know how transactions begin");
        own.stimulate(() -> write(storage, own.outbox(), "tea")).thenPublished().withPayload("tea");
    }

    private static void write(InMemoryStorage storage, Outbox<InMemoryTransaction> outbox, String text) {
        try (InMemoryTransaction transaction = storage.begin()) {
            outbox.publish(transaction, Message.of("c-7", text));
            transaction.commit();
        }
    }

    @Test
    void whatWaitedBeforeIsNotTakenForTheTestsOwn() {
        InMemoryStorage storage = InMemoryStorage.create();
        OutboxScenario<InMemoryTransaction> first = OutboxScenario.builder(storage)
                .transactions(Transactions.of(storage))
                .build();
        first.broker().failing(withKey("c-7"), 1, "not now").rejecting(withKey("c-8"), "never");
        place(first, "orders", Message.of("c-7", "tea"), Message.of("c-8", "milk"))
                .deliver();

        OutboxScenario<InMemoryTransaction> second = OutboxScenario.builder(storage)
                .transactions(Transactions.of(storage))
                .build();
        assertThatThrownBy(() -> place(second, "orders", Message.of("c-9", "bread")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 entries wait already");
        second.reset().thenNothingWaiting().thenNothingDeadLettered();
        place(second, "orders", Message.of("c-9", "bread")).thenPublished().andNothingElse();
    }

    @Test
    void anOutboxThatRunsInTheBackgroundIsWaitedFor() {
        InMemoryStorage storage = InMemoryStorage.create();
        RecordingPublisher publisher = RecordingPublisher.create();
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(publisher)
                .build()) {
            outbox.start();
            OutboxScenario<InMemoryTransaction> running = OutboxScenario.of(outbox, storage, publisher);

            running.stimulate(() -> write(storage, outbox, "tea"))
                    .thenPublished()
                    .withPayload("tea");
            running.stimulate(() -> {}).thenNothingPublished();
            running.brokerUnavailable()
                    .stimulate(() -> write(storage, outbox, "milk"))
                    .thenNothingPublished()
                    .thenWaiting()
                    .withPayload("milk");
            running.brokerRecovers().thenPublished().withPayload("milk").once();
            assertThatThrownBy(() -> running.timePasses(Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("lives in real time");
        }
    }
}
