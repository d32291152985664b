package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What {@link CommitOrderContract} says of chosen orders holds for random ones, by one thread and by many. */
interface RandomOrderContract<T> extends StoragePart<T> {

    @Test
    default void readsAreExactInEveryOrderOfCommits() {
        long seed = Seeds.next();
        Seeds.run(seed, () -> new CommitOrderFuzz<>(driver(), seed).run(600));
    }

    @Test
    default void readsAreExactWhileSeveralThreadsWrite() {
        long seed = Seeds.next();
        Seeds.run(seed, () -> writeAndReadAtOnce(seed));
    }

    private void writeAndReadAtOnce(long seed) {
        int threads = driver().fixture().severalWriters() ? 3 : 1;
        Map<String, List<String>> committed = new ConcurrentHashMap<>();
        Set<String> rolledBack = ConcurrentHashMap.newKeySet();
        AtomicInteger writing = new AtomicInteger(threads);
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed + i);
            String key = "w" + i;
            all.add(CompletableFuture.runAsync(() -> writeFor(key, random, committed, rolledBack))
                    .whenComplete((done, failure) -> writing.decrementAndGet()));
        }
        List<CompletableFuture<Set<String>>> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int pageSize = i == 0 ? 2 : 500;
            readers.add(CompletableFuture.supplyAsync(() -> readWhile(pageSize, writing)));
        }
        all.forEach(CompletableFuture::join);
        for (CompletableFuture<Set<String>> reader : readers) {
            List<String> seen = List.copyOf(reader.join());
            assertThat(seen).doesNotContainAnyElementsOf(rolledBack);
            committed.forEach((key, texts) -> assertThat(seen.stream().filter(text -> text.startsWith(key + ":")))
                    .as("the entries of %s, in the order of the first time each was read", key)
                    .containsExactlyElementsOf(texts));
        }
    }

    private void writeFor(String key, Random random, Map<String, List<String>> committed, Set<String> rolledBack) {
        List<String> mine = new ArrayList<>();
        long end = System.nanoTime() + Duration.ofMillis(800).toNanos();
        for (int n = 0; System.nanoTime() < end; n++) {
            List<String> texts = new ArrayList<>();
            T transaction = driver().begin();
            for (int i = random.nextInt(3); i >= 0; i--) {
                String text = key + ":" + n + "-" + i;
                driver().publish(transaction, "", Message.of(key, text));
                texts.add(text);
            }
            Await.pause(Duration.ofNanos(random.nextInt(3_000_000)));
            if (random.nextInt(5) == 0) {
                driver().rollback(transaction);
                rolledBack.addAll(texts);
            } else {
                driver().commit(transaction);
                mine.addAll(texts);
            }
        }
        committed.put(key, mine);
    }

    /** Reads on until nobody writes any more, and then once more to the end. */
    private Set<String> readWhile(int pageSize, AtomicInteger writing) {
        StorageReader reader = driver().reader();
        Set<String> seen = new java.util.LinkedHashSet<>();
        boolean last;
        do {
            last = writing.get() == 0;
            reader.readOn(pageSize).forEach(entry -> seen.add(StorageDriver.text(entry.entry())));
        } while (!last);
        return seen;
    }
}
