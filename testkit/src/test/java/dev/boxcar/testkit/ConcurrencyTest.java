package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What the test kit says is safe for use by several threads, used by several threads. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class ConcurrencyTest {

    private static final int THREADS = 3;
    private static final int STEPS = 20_000;

    @Test
    void nobodyWhoWaitsOnAManualClockSleepsThroughAnAdvance() {
        ManualClock clock = new ManualClock();
        AtomicInteger waiting = new AtomicInteger(THREADS);
        List<CompletableFuture<Void>> all = IntStream.range(0, THREADS)
                .mapToObj(i -> CompletableFuture.runAsync(() -> {
                    for (int step = 1; step <= STEPS; step++) {
                        while (clock.nanoTime() < step) {
                            clock.parkUntil(step); // for ever, if the last advance was missed
                        }
                    }
                    waiting.decrementAndGet();
                }))
                .toList();
        for (int step = 1; step <= STEPS; step++) {
            clock.advance(Duration.ofNanos(1));
        }
        all.forEach(CompletableFuture::join);

        assertThat(waiting.get()).isZero();
    }

    @Test
    void aRecordingPublisherAnswersEveryCallOnceWhileItIsHeldAndReleased() {
        RecordingPublisher publisher = RecordingPublisher.create();
        AtomicInteger sending = new AtomicInteger(THREADS);
        List<CompletableFuture<List<CompletableFuture<PublishResults>>>> senders = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long first = (long) i * STEPS;
            senders.add(CompletableFuture.supplyAsync(() -> {
                List<CompletableFuture<PublishResults>> answers = new ArrayList<>();
                for (long id = first; id < first + STEPS / 10; id++) {
                    answers.add(publisher.publish(List.of(entry(id))).toCompletableFuture());
                }
                sending.decrementAndGet();
                return answers;
            }));
        }
        while (sending.get() > 0) {
            publisher.hold();
            Thread.onSpinWait();
            publisher.release();
        }
        for (CompletableFuture<List<CompletableFuture<PublishResults>>> sender : senders) {
            sender.join().forEach(answer -> assertThat(answer).isCompleted());
        }
        assertThat(publisher.sent())
                .extracting(ClaimedEntry::id)
                .hasSize(THREADS * STEPS / 10)
                .doesNotHaveDuplicates();
        assertThat(publisher
                        .publish(List.of(entry(-1)))
                        .toCompletableFuture()
                        .join()
                        .of(-1))
                .isEqualTo(PublishResult.SENT);
    }

    private static ClaimedEntry entry(long id) {
        return new ClaimedEntry(
                id, OutboxContext.DEFAULT, "m" + id, null, new byte[0], Map.of(), null, 1, Instant.EPOCH);
    }
}
