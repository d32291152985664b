package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Publishes like a processor, with one entry of each key at a time and several calls under way, while a test disturbs the
 * destination: kills it, stops it, cuts it off. Checks in the end that everything acknowledged has arrived, in order for each key.
 *
 * <p>Use it from one thread, and close it.
 */
public final class PublisherLoad implements AutoCloseable {

    private static final int KEYS_OF_A_LANE = 20;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Publisher publisher;
    private final OutboxContext context;
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicInteger failures = new AtomicInteger();
    private final List<Lane> lanes;
    private volatile boolean stopped;

    /**
     * Begins to publish.
     *
     * @param context where to
     * @param calls how many calls are under way at once
     */
    public PublisherLoad(Publisher publisher, OutboxContext context, int calls) {
        this.publisher = publisher;
        this.context = context;
        lanes = IntStream.range(0, calls).mapToObj(Lane::new).toList();
        lanes.forEach(Thread::start);
    }

    /** Waits until so many more entries were acknowledged. */
    public void awaitProgress(int entries) {
        int before = acknowledged();
        Await.until(
                entries + " more entries are acknowledged",
                PATIENCE,
                () -> acknowledged() >= before + entries || broken());
        assertThat(lanes).extracting(lane -> lane.problem).containsOnlyNulls();
    }

    /** How many entries were acknowledged so far. */
    public int acknowledged() {
        return lanes.stream()
                .flatMapToInt(lane -> IntStream.of(lane.acknowledged))
                .sum();
    }

    /** Ends when the calls under way have ended. */
    @Override
    public void close() {
        stopped = true;
        for (Lane lane : lanes) {
            try {
                lane.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    /**
     * Of each key everything that was acknowledged is there, in order, when duplicates are dropped by their id. To be called after
     * {@link #close()}.
     *
     * @param arrived all that has arrived
     * @throws AssertionError when that is not so, or when nothing has disturbed the publisher at all
     */
    public void check(List<Received> arrived) {
        assertThat(lanes).extracting(lane -> lane.problem).containsOnlyNulls();
        assertThat(failures).as("entries that were not sent at first").hasPositiveValue();
        Map<String, List<String>> byKey = new TreeMap<>();
        Set<String> ids = new HashSet<>();
        for (Received each : arrived) {
            byte[] key = each.key();
            if (key != null && ids.add(each.messageId())) {
                byKey.computeIfAbsent(new String(key, StandardCharsets.UTF_8), k -> new ArrayList<>())
                        .add(each.text());
            }
        }
        for (Lane lane : lanes) {
            for (int key = 0; key < KEYS_OF_A_LANE; key++) {
                List<String> all = byKey.getOrDefault(lane.key(key), List.of());
                assertThat(all)
                        .as("what arrived of key %s", lane.key(key))
                        .hasSizeGreaterThanOrEqualTo(lane.acknowledged[key]);
                // One whose acknowledgement got lost may be there as well, in its order.
                assertThat(all)
                        .as("what arrived of key %s", lane.key(key))
                        .isEqualTo(IntStream.range(0, all.size())
                                .mapToObj(String::valueOf)
                                .toList());
            }
        }
    }

    private boolean broken() {
        return lanes.stream().anyMatch(lane -> lane.problem != null);
    }

    /** Some keys, and one call at a time: what was not sent goes again. */
    private final class Lane extends Thread {

        final int[] acknowledged = new int[KEYS_OF_A_LANE];
        volatile @Nullable Throwable problem;

        private final int number;
        private final @Nullable ClaimedEntry[] unsent = new @Nullable ClaimedEntry[KEYS_OF_A_LANE];

        Lane(int number) {
            super("boxcar-load-" + number);
            setDaemon(true);
            this.number = number;
        }

        String key(int key) {
            return number + "/" + key;
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    if (!call()) {
                        Await.pause(PAUSE_AFTER_FAILURE);
                    }
                }
            } catch (Exception | AssertionError e) {
                problem = e;
            }
        }

        private boolean call() throws Exception {
            List<ClaimedEntry> entries = new ArrayList<>();
            for (int key = 0; key < KEYS_OF_A_LANE; key++) {
                ClaimedEntry entry = unsent[key] != null ? unsent[key] : entry(key);
                unsent[key] = entry;
                entries.add(entry);
            }
            PublishResults results = publisher
                    .publish(List.copyOf(entries))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            int failed = 0;
            for (int key = 0; key < KEYS_OF_A_LANE; key++) {
                PublishResult result = results.of(entries.get(key).id());
                if (result instanceof PublishResult.Sent) {
                    acknowledged[key]++;
                    unsent[key] = null;
                } else {
                    assertThat(result).isInstanceOfAny(PublishResult.Unavailable.class, PublishResult.Skipped.class);
                    failed++;
                }
            }
            failures.addAndGet(failed);
            return failed == 0;
        }

        private ClaimedEntry entry(int key) {
            Message message = Message.of(key(key), Integer.toString(acknowledged[key]));
            return new ClaimedEntry(
                    lastId.incrementAndGet(),
                    context,
                    UUID.randomUUID().toString(),
                    message.key(),
                    message.payload(),
                    Map.of(),
                    null,
                    1,
                    Instant.now());
        }

        @Override
        public String toString() {
            return "Lane[" + number + ", acknowledged "
                    + Arrays.stream(acknowledged).sum() + "]";
        }
    }
}
