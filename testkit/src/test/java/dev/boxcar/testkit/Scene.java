package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxContext;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** A storage in memory that can fail, on a clock that stands still, and short ways to use them. */
final class Scene {

    final ManualClock clock = new ManualClock();
    final InMemoryStorage database = InMemoryStorage.create(clock);
    final FaultyStorage<InMemoryTransaction> storage = new FaultyStorage<>(database);

    /** An outbox on the clock of the database. */
    Outbox.Builder<InMemoryTransaction> outbox(RecordingPublisher publisher) {
        return outbox(publisher, clock);
    }

    /** An outbox on a clock of its own, whose processor does everything on one thread. */
    Outbox.Builder<InMemoryTransaction> outbox(RecordingPublisher publisher, OutboxClock itsClock) {
        return Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(publisher)
                .clock(itsClock)
                .executor(oneThread());
    }

    /** Writes and commits messages of one key, each in a transaction of its own. */
    void write(String namespace, String key, String... texts) {
        for (String text : texts) {
            try (InMemoryTransaction transaction = database.begin()) {
                database.publish(OutboxContext.ofNamespace(namespace), transaction, List.of(Message.of(key, text)));
                transaction.commit();
            }
        }
    }

    /** What waits in the database. */
    List<String> waiting() {
        return OutboxTester.waiting(database).stream().map(StorageDriver::text).toList();
    }

    /** Lets time pass in steps, and everybody who waits on the clock do what there is to do in each of them. */
    void pass(Duration duration, int threads) {
        Duration step = Duration.ofMillis(20);
        for (Duration passed = Duration.ZERO; passed.compareTo(duration) < 0; passed = passed.plus(step)) {
            clock.awaitIdle(threads);
            clock.advance(step);
        }
        clock.awaitIdle(threads);
    }

    /** Closes an outbox while time goes on, for one that must wait for something before it can end. */
    void close(Outbox<?> outbox) {
        CompletableFuture<Void> closed = CompletableFuture.runAsync(outbox::close);
        Await.until("the outbox is closed", () -> {
            clock.advance(Duration.ofMillis(10));
            return closed.isDone();
        });
        closed.join();
    }

    static Predicate<ClaimedEntry> text(String text) {
        return entry -> StorageDriver.text(entry).equals(text);
    }

    static Predicate<ClaimedEntry> namespace(String namespace) {
        return entry -> entry.namespace().equals(namespace);
    }

    /** The first task, the processor's loop, has a thread of its own; what it starts it does itself. */
    private static Executor oneThread() {
        ThreadLocal<Boolean> ours = ThreadLocal.withInitial(() -> false);
        return task -> {
            if (ours.get()) {
                task.run();
            } else {
                Thread thread = new Thread(
                        () -> {
                            ours.set(true);
                            task.run();
                        },
                        "processor");
                thread.setDaemon(true);
                thread.start();
            }
        };
    }
}
