package dev.boxcar.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.PublishResults;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Several threads post at once; the one that handles sleeps whenever it finds nothing, as the processor's does. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class MailboxTest {

    private static final int POSTERS = 3;
    private static final int EVENTS = 100_000;
    private static final int WAKES = 3_000;

    @Test
    void noEventIsLostOrHandledTwiceAndNobodySleepsThroughOne() throws InterruptedException {
        Mailbox mailbox = new Mailbox();
        int[] handled = new int[POSTERS];
        boolean[] ordered = {true};
        int[] total = {0};
        Thread handler = new Thread(() -> {
            while (total[0] < POSTERS * EVENTS) {
                if (mailbox.drain() == 0 && mailbox.isEmpty()) {
                    LockSupport.park(); // for ever, if the signal of the last event was lost
                }
            }
        });
        mailbox.onEvent(() -> LockSupport.unpark(handler));
        List<Thread> all = new ArrayList<>();
        all.add(handler);
        for (int i = 0; i < POSTERS; i++) {
            int poster = i;
            all.add(new Thread(() -> {
                for (int n = 0; n < EVENTS; n++) {
                    int number = n;
                    mailbox.post(() -> {
                        ordered[0] &= handled[poster]++ == number;
                        total[0]++;
                    });
                    if (n % 97 == poster) {
                        Thread.onSpinWait();
                    }
                }
            }));
        }
        all.forEach(Thread::start);
        for (Thread thread : all) {
            thread.join();
        }

        assertThat(handled).containsOnly(EVENTS);
        assertThat(ordered[0]).as("each poster's events in their order").isTrue();
    }

    /** A processor that never polls by itself finds whatever was committed before it was woken. */
    @Test
    void noWakeIsLost() throws InterruptedException {
        InMemoryStorage storage = InMemoryStorage.create();
        Semaphore published = new Semaphore(0);
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(entries -> {
                    published.release(entries.size());
                    return CompletableFuture.completedFuture(PublishResults.allSent());
                })
                .settings(settings -> settings.processInterval(Duration.ofDays(1))
                        .minPollInterval(Duration.ofDays(1))
                        .settleDelay(Duration.ZERO))
                .build()) {
            outbox.start();
            for (int i = 0; i < WAKES; i++) {
                try (InMemoryTransaction transaction = storage.begin()) {
                    outbox.publish(transaction, Message.of("k" + i % 7, "m"));
                    transaction.commit();
                }
                outbox.wakeProcessor();
                if (i % 3 == 2) { // the wakes before came while it was busy with the one before them
                    assertThat(published.tryAcquire(3, 60, TimeUnit.SECONDS))
                            .as("what was committed before wake %s is published", i)
                            .isTrue();
                }
            }
        }
    }
}
