package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests on a manual clock are exact only if the clock knows who is at rest. */
@Timeout(60)
class ManualClockTest {

    private static final int TIMES = 5_000;

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger turns = new AtomicInteger();
    private final Thread thread = new Thread(this::turn, "waits on the clock");

    private void turn() {
        while (!Thread.currentThread().isInterrupted()) {
            turns.incrementAndGet();
            clock.parkUntil(clock.nanoTime() + Duration.ofSeconds(1).toNanos());
        }
    }

    @BeforeEach
    void start() {
        thread.start();
        clock.awaitIdle(1);
    }

    @AfterEach
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    @Test
    void aThreadThatWasWokenIsNotIdleBeforeItHasRun() {
        for (int i = 0; i < TIMES; i++) {
            int before = turns.get();
            clock.unpark(thread);
            clock.awaitIdle(1);
            assertThat(turns.get()).isGreaterThan(before);
        }
    }

    @Test
    void aThreadWhoseTimeHasComeIsNotIdleBeforeItHasRun() {
        for (int i = 0; i < TIMES; i++) {
            int before = turns.get();
            clock.advance(Duration.ofSeconds(1));
            clock.awaitIdle(1);
            assertThat(turns.get()).isGreaterThan(before);
        }
    }
}
