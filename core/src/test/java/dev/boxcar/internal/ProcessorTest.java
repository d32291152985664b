package dev.boxcar.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ProcessorTest {

    private final InMemoryStorage storage = InMemoryStorage.create();

    private static final class Recorder implements Publisher {
        final List<ClaimedEntry> sent = Collections.synchronizedList(new ArrayList<>());
        final ExecutorService executor = Executors.newSingleThreadExecutor();

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            CompletableFuture<PublishResults> done = new CompletableFuture<>();
            executor.execute(() -> {
                sent.addAll(entries);
                done.complete(PublishResults.allSent());
            });
            return done;
        }

        @Override
        public boolean keepsOrderWithinCall() {
            return true;
        }
    }

    private void write(Outbox<InMemoryTransaction> outbox, int from, int count, int keys) {
        for (int i = from; i < from + count; ) {
            try (InMemoryTransaction transaction = storage.begin()) {
                for (int j = 0; j < 100 && i < from + count; j++, i++) {
                    outbox.publish(transaction, Message.of("key-" + i % keys, "" + i));
                }
                transaction.commit();
            }
        }
    }

    @Test
    void pumpsEverythingInOrder() {
        Recorder recorder = new Recorder();
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(recorder)
                .build()) {
            write(outbox, 0, 5_000, 100);
            assertThat(outbox.pumpOutbox()).isEqualTo(5_000);
            assertThat(outbox.pumpOutbox()).isZero();
            checkOrder(recorder, 5_000, 100);
        }
        recorder.executor.shutdown();
    }

    @Test
    void aProcessorRunsFromTheMomentItIsStarted() {
        CompletableFuture<Void> threadsRun = new CompletableFuture<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(entries -> CompletableFuture.completedFuture(PublishResults.allSent()))
                .executor(task -> threads.execute(() -> {
                    threadsRun.join();
                    task.run();
                }))
                .build();
        assertThat(outbox.status().running()).isFalse();

        outbox.start();
        boolean running = outbox.status().running();
        threadsRun.complete(null);
        outbox.close();
        threads.shutdown();

        assertThat(running).isTrue();
        assertThat(outbox.status().running()).isFalse();
    }

    @Test
    void threeProcessorsShareTheWork() throws Exception {
        Recorder recorder = new Recorder();
        List<Outbox<InMemoryTransaction>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(Outbox.<InMemoryTransaction>builder()
                    .storage(storage)
                    .publisher(recorder)
                    .processorId("p" + i)
                    .settings(s -> s.processInterval(Duration.ofMillis(50)))
                    .build());
            all.get(i).start();
        }
        long start = System.nanoTime();
        write(all.get(0), 0, 200_000, 1_000);
        while (recorder.sent.size() < 200_000 && System.nanoTime() - start < 30_000_000_000L) {
            all.get(0).wakeProcessor();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
        System.out.println("drained in " + (System.nanoTime() - start) / 1_000_000 + " ms "
                + all.get(0).status());
        all.forEach(Outbox::close);
        checkOrder(recorder, 200_000, 1_000);
        assertThat(storage.status().pending()).isZero();
        recorder.executor.shutdown();
    }

    private static void checkOrder(Recorder recorder, int count, int keys) {
        Map<Integer, Integer> last = new HashMap<>();
        assertThat(recorder.sent).hasSize(count);
        for (ClaimedEntry entry : recorder.sent) {
            int value = Integer.parseInt(new String(entry.payload(), StandardCharsets.UTF_8));
            Integer before = last.put(value % keys, value);
            assertThat(value).isEqualTo(before == null ? value % keys : before + keys);
        }
    }
}
