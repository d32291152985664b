package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxSettings;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.RetryPolicy;
import dev.boxcar.StorageException;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.testkit.FaultyStorage.Moment;
import dev.boxcar.testkit.FaultyStorage.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A processor that may die between any two steps. Death cuts it off: from then on nothing of it reaches the storage or the
 * destination, as if its machine had lost its power.
 */
final class FuzzProcessor<T> implements AutoCloseable {

    private static final OutboxSettings SETTINGS = OutboxSettings.builder()
            .processInterval(Duration.ofMillis(50))
            .claimDuration(Duration.ofMillis(1_200))
            .publishTimeout(Duration.ofMillis(500))
            .batchSize(8)
            .maxConcurrentCalls(4)
            .readSize(40)
            .maxInFlightEntries(120)
            .retryPolicy(
                    RetryPolicy.DEFAULT.withMaxAttempts(1_000).withDelays(Duration.ofMillis(5), Duration.ofMillis(40)))
            .build();

    private final String id;
    private final FuzzDestination destination;
    private final Random random;
    private final double mortality;
    private final Outbox<T> outbox;
    private boolean dead;

    FuzzProcessor(String id, OutboxStorage<T> storage, FuzzDestination destination, long seed, double mortality) {
        this.id = id;
        this.destination = destination;
        this.random = new Random(seed);
        this.mortality = mortality;
        this.outbox = Outbox.<T>builder()
                .storage(new FaultyStorage<>(storage).withFault(this::onStorage))
                .publisher(new FuzzPublisher(random.nextBoolean()))
                .processorId(id)
                .settings(SETTINGS)
                .build();
    }

    void start() {
        outbox.start();
    }

    void wake() {
        outbox.wakeProcessor();
    }

    synchronized boolean isDead() {
        return dead;
    }

    @Override
    public void close() {
        outbox.close();
    }

    private void onStorage(Operation operation, Moment moment) {
        if (diesNow()) {
            throw new StorageException(id + " is dead (" + moment + " " + operation + ")", null);
        }
    }

    private synchronized boolean diesNow() {
        dead |= random.nextDouble() < mortality;
        return dead;
    }

    private synchronized int roll(int sides) {
        return random.nextInt(sides);
    }

    /** Acknowledges after a short while; now and then fails one entry, is unavailable, or loses the acknowledgement. */
    private final class FuzzPublisher implements Publisher {
        private final boolean keepsOrder;

        FuzzPublisher(boolean keepsOrder) {
            this.keepsOrder = keepsOrder;
        }

        @Override
        public boolean keepsOrderWithinCall() {
            return keepsOrder;
        }

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            if (diesNow()) {
                return new CompletableFuture<>();
            }
            destination.beforeSending(id, entries);
            int chance = roll(100);
            if (chance < 2) {
                return CompletableFuture.completedFuture(PublishResults.allUnavailable("random"));
            }
            PublishResults results = deliver(entries);
            if (diesNow()) {
                return new CompletableFuture<>();
            }
            PublishResults answer = chance < 4 ? PublishResults.allUnavailable("the answer got lost") : results;
            return CompletableFuture.supplyAsync(
                    () -> answer, CompletableFuture.delayedExecutor(roll(4), TimeUnit.MILLISECONDS));
        }

        private PublishResults deliver(List<ClaimedEntry> entries) {
            PublishResults.Builder results = PublishResults.builder();
            Set<Integer> failed = new HashSet<>();
            for (ClaimedEntry entry : entries) {
                int key = Arrays.hashCode(entry.key());
                if (failed.contains(key)) {
                    results.add(entry, PublishResult.SKIPPED);
                } else if (roll(50) == 0) {
                    failed.add(key);
                    results.add(entry, PublishResult.failed("random"));
                } else {
                    destination.arrive(entry);
                    results.sent(entry);
                }
            }
            return results.build();
        }
    }
}
