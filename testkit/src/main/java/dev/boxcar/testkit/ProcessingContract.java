package dev.boxcar.testkit;

import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Outbox;
import dev.boxcar.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The storage under a real processor, and under several that die. */
interface ProcessingContract<T> extends StoragePart<T> {

    private Outbox.Builder<T> outbox(RecordingPublisher publisher) {
        return Outbox.<T>builder().storage(driver().storage()).publisher(publisher);
    }

    @Test
    default void whatIsCommittedIsPublishedInOrderAndDeleted() {
        RecordingPublisher publisher = RecordingPublisher.create();
        List<String> expected = new ArrayList<>();
        try (Outbox<T> outbox = outbox(publisher).build()) {
            for (int i = 0; i < 30; i++) {
                T transaction = driver().begin();
                outbox.inNamespace("ns").publish(transaction, message("k", "m" + i));
                if (i % 3 == 0) {
                    driver().rollback(transaction);
                } else {
                    driver().commit(transaction);
                    expected.add("m" + i);
                }
            }

            assertThat(outbox.pumpOutbox()).isEqualTo(20);
        }

        assertThat(publisher.texts()).containsExactlyElementsOf(expected);
        assertThat(driver().stored()).isEmpty();
        assertThat(driver().storage().status().processors()).isEmpty();
    }

    @Test
    default void whatFailsForGoodStandsInTheDeadLettersAndCanBeReplayed() {
        RecordingPublisher publisher = RecordingPublisher.create()
                .rejecting(entry -> StorageDriver.text(entry).equals("bad"), "refused");
        try (Outbox<T> outbox = outbox(publisher).build()) {
            driver().write("", message("k", "first"), message("k", "bad"), message("k", "last"));

            assertThat(outbox.pumpOutbox()).isEqualTo(2);
            assertThat(publisher.texts()).containsExactly("first", "last");
            assertThat(outbox.deadLetters().list(DeadLetterQuery.all())).hasSize(1);

            publisher.heal();
            assertThat(outbox.deadLetters().replay(DeadLetterQuery.all())).isEqualTo(1);
            assertThat(outbox.pumpOutbox()).isEqualTo(1);
        }
        assertThat(publisher.texts()).containsExactly("first", "last", "bad");
    }

    @Test
    default void aProcessorInTheBackgroundRetriesUntilItSucceeds() {
        RecordingPublisher publisher = RecordingPublisher.create()
                .failing(entry -> StorageDriver.text(entry).equals("m1"), 3, "not yet");
        RetryPolicy policy = RetryPolicy.DEFAULT.withDelays(Duration.ofMillis(20), Duration.ofMillis(50));
        try (Outbox<T> outbox = outbox(publisher)
                .settings(settings -> settings.retryPolicy(policy).processInterval(Duration.ofMillis(200)))
                .build()) {
            driver().write("", message("k", "m1"), message("k", "m2"), message("other", "m3"));
            outbox.start();
            outbox.wakeProcessor();
            Await.until("everything is published", () -> publisher.sent().size() == 3);
            Await.until("everything is deleted", () -> driver().stored().isEmpty());
        }

        OutboxTester.assertPublished(publisher, "k", "m1", "m2");
        assertThat(publisher.sent())
                .filteredOn(entry -> StorageDriver.text(entry).equals("m1"))
                .allMatch(entry -> entry.attempt() == 4);
    }

    @Test
    default void nothingIsLostOrOvertakenWhoeverDiesWherever() {
        long seed = Seeds.next();
        Seeds.run(seed, () -> new OutboxFuzz<>(driver(), seed).run());
    }
}
