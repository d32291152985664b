package dev.boxcar.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Acknowledgements come from the client's thread, refusals from the dispatcher's, and the end from a third one, all at once. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class CallTest {

    private static final int ROUNDS = 1_000;
    private static final int ENTRIES = 6;

    @Test
    void whateverComesAtOnceOneAnswerIsGivenAndItSaysSentOnlyOfWhatWasAcknowledged() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Call call = new Call(entries(), 0);
            AtomicInteger answers = new AtomicInteger();
            CountDownLatch answered = new CountDownLatch(1);
            call.result().whenComplete((results, failure) -> {
                answers.incrementAndGet();
                answered.countDown();
            });
            boolean ends = round % 2 == 0;
            together(
                    () -> settle(call, 0, PublishResult.SENT),
                    () -> settle(call, 1, PublishResult.failed("refused")),
                    ends ? () -> call.end("too late") : () -> {});

            assertThat(answered.await(60, TimeUnit.SECONDS))
                    .as("round %s", round)
                    .isTrue();
            PublishResults results = call.result().toCompletableFuture().get();
            for (int i = 0; i < ENTRIES; i++) {
                PublishResult result = results.of(i);
                PublishResult told = i % 2 == 0 ? PublishResult.SENT : PublishResult.failed("refused");
                if (ends) {
                    assertThat(result).isIn(told, PublishResult.unavailable("too late"));
                } else {
                    assertThat(result).isEqualTo(told);
                }
            }
            assertThat(answers.get()).isEqualTo(1);
        }
    }

    private static void settle(Call call, int first, PublishResult result) {
        for (int i = first; i < ENTRIES; i += 2) {
            call.settle(i, result);
        }
    }

    private static void together(Runnable... actions) throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(actions.length);
        Thread[] threads = new Thread[actions.length];
        for (int i = 0; i < actions.length; i++) {
            Runnable action = actions[i];
            threads[i] = new Thread(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                action.run();
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static List<ClaimedEntry> entries() {
        return LongStream.range(0, ENTRIES)
                .mapToObj(id -> new ClaimedEntry(
                        id, OutboxContext.DEFAULT, "m" + id, null, new byte[0], Map.of(), null, 1, Instant.EPOCH))
                .toList();
    }
}
