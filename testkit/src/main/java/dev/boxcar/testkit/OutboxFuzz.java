package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter;
import dev.boxcar.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Several writers and processors over one storage, where processors die at random between claim, send and delete, leave, and
 * are replaced. In the end: everything committed was sent, nothing rolled back was sent, nothing was sent after its delete, and
 * the order of every key was kept.
 *
 * <p>The seed decides what is written and where somebody dies, as far as threads can be told.
 */
final class OutboxFuzz<T> {

    private static final int PROCESSORS = 3;
    private static final Duration WRITING = Duration.ofMillis(1_500);
    private static final double MORTALITY = 0.004;

    private final StorageDriver<T> driver;
    private final long seed;
    private final Random random;
    private final FuzzDestination destination;
    private final OutboxWriter<T> writer;
    private final Map<String, List<String>> committed = new ConcurrentHashMap<>();
    private final Set<String> rolledBack = ConcurrentHashMap.newKeySet();
    private final List<FuzzProcessor<T>> processors = new ArrayList<>();
    private final List<CompletableFuture<?>> closing = new ArrayList<>();
    private int made;
    private int died;

    OutboxFuzz(StorageDriver<T> driver, long seed) {
        this.driver = driver;
        this.seed = seed;
        this.random = new Random(seed);
        this.destination = new FuzzDestination(driver.storage());
        this.writer = OutboxWriter.create(driver.storage());
    }

    /** Runs for a few seconds. */
    void run() {
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        int count = driver.fixture().severalWriters() ? 2 : 1;
        for (int i = 0; i < count; i++) {
            String name = "w" + i;
            Random ofWriter = new Random(seed + 1 + i);
            writers.add(CompletableFuture.runAsync(() -> write(name, ofWriter)));
        }
        try {
            while (writers.stream().anyMatch(each -> !each.isDone())) {
                replaceSome(MORTALITY);
                Await.pause(Duration.ofMillis(20));
            }
            writers.forEach(CompletableFuture::join);
            replaceSome(0);
            retire(0); // somebody who cannot die must be there
            replaceSome(0);
            Await.until("everything is published", () -> {
                replaceSome(0);
                return driver.storage().status().pending() == 0;
            });
        } finally {
            while (!processors.isEmpty()) {
                retire(0);
            }
            closing.forEach(CompletableFuture::join);
        }
        judge();
    }

    /** Buries the dead, sends somebody home now and then, and fills the ranks. */
    private void replaceSome(double mortality) {
        for (int i = processors.size() - 1; i >= 0; i--) {
            if (processors.get(i).isDead()) {
                died++;
                retire(i);
            }
        }
        if (mortality > 0 && !processors.isEmpty() && random.nextInt(30) == 0) {
            retire(random.nextInt(processors.size()));
        }
        while (processors.size() < PROCESSORS) {
            made++;
            FuzzProcessor<T> processor =
                    new FuzzProcessor<>("p" + made, driver.storage(), destination, random.nextLong(), mortality);
            processors.add(processor);
            try {
                processor.start();
            } catch (StorageException e) {
                assertThat(processor.isDead())
                        .as("alive, and cannot start: %s", e)
                        .isTrue();
            }
        }
    }

    private void retire(int index) {
        FuzzProcessor<T> processor = processors.remove(index);
        closing.add(CompletableFuture.runAsync(processor::close));
    }

    private void write(String name, Random ofWriter) {
        long end = System.nanoTime() + WRITING.toNanos();
        for (int n = 0; System.nanoTime() < end; n++) {
            List<String> keys = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            T transaction = driver.begin();
            boolean written = true;
            try {
                for (int i = ofWriter.nextInt(4); i >= 0; i--) {
                    String key = name + "-" + ofWriter.nextInt(6);
                    String text = key + ":" + n + "." + texts.size();
                    keys.add(key);
                    texts.add(text);
                    writer.publish(namespaceOf(key), transaction, Message.of(key, text));
                }
            } catch (StorageException e) {
                written = false; // the store is busy with another writer; the application would try again
            }
            if (!written || ofWriter.nextInt(6) == 0) {
                driver.rollback(transaction);
                rolledBack.addAll(texts);
            } else {
                driver.commit(transaction);
                for (int i = 0; i < texts.size(); i++) {
                    committed
                            .computeIfAbsent(keys.get(i), key -> new ArrayList<>())
                            .add(texts.get(i));
                }
            }
            Await.pause(Duration.ofMillis(ofWriter.nextInt(5)));
        }
    }

    private static OutboxContext namespaceOf(String key) {
        return OutboxContext.ofNamespace(key.endsWith("1") ? "other" : "");
    }

    private void judge() {
        List<String> arrived = destination.withoutDuplicates();
        assertThat(destination.violations()).as("violations").isEmpty();
        assertThat(arrived).as("what was rolled back").doesNotContainAnyElementsOf(rolledBack);
        committed.forEach((key, texts) -> assertThat(arrived.stream().filter(text -> text.startsWith(key + ":")))
                .as("the messages of key %s, in the order of their first arrival", key)
                .containsExactlyElementsOf(texts));
        assertThat(driver.storage().status().deadLetters()).as("dead letters").isZero();
        assertThat(committed.values().stream().mapToInt(List::size).sum())
                .as("messages committed")
                .isGreaterThan(50);
    }

    @Override
    public String toString() {
        return "OutboxFuzz[" + made + " processors, " + died + " of them died, "
                + committed.values().stream().mapToInt(List::size).sum() + " messages committed, "
                + destination.count() + " arrived]";
    }
}
