package dev.boxcar.testkit;

import static dev.boxcar.testkit.StorageDriver.LONG;
import static dev.boxcar.testkit.StorageDriver.newSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One thread plays several writers and readers in random order, with a model beside it that knows when each entry was written
 * and committed. The seed decides everything, so a failure can be replayed exactly.
 */
final class CommitOrderFuzz<T> {

    private static final List<String> NAMESPACES = List.of("a", "b");
    private static final int KEYS = 4;
    private static final int NEVER = Integer.MAX_VALUE;

    /** What the model knows of an entry: the steps in which things happened to it. */
    private static final class Known {
        private final String lane;
        private final int writtenAt;
        private int committedAt = NEVER;
        private boolean deleted;

        Known(String lane, int writtenAt) {
            this.lane = lane;
            this.writtenAt = writtenAt;
        }
    }

    private record OpenTransaction<T>(T transaction, List<Known> entries) {}

    /** A reader with what it should see and what it has seen, in the order of the first time. */
    private record Watcher(StorageReader reader, Predicate<Known> wants, Map<String, StoredEntry> seen) {}

    private final StorageDriver<T> driver;
    private final Random random;
    private final Map<String, Known> known = new LinkedHashMap<>();
    private final Map<String, Integer> partitionOfLane = new HashMap<>();
    private final List<OpenTransaction<T>> open = new ArrayList<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private final Session session = newSession("deleter");
    private final Map<Integer, Claim> claims;
    private int step;

    CommitOrderFuzz(StorageDriver<T> driver, long seed) {
        this.driver = driver;
        this.random = new Random(seed);
        driver.storage().heartbeat(session, LONG, true);
        this.claims = driver.takeAll(session, LONG);
    }

    void run(int steps) {
        learnPartitions();
        for (int i = 0; i < 3; i++) {
            watchers.add(newWatcher(i));
        }
        for (int i = 0; i < steps; i++) {
            step++;
            act();
        }
        while (!open.isEmpty()) {
            step++;
            end(open.remove(open.size() - 1));
        }
        step++;
        for (Watcher watcher : watchers) {
            readToTheEnd(watcher);
        }
    }

    private void act() {
        int writers = driver.fixture().severalWriters() ? 5 : 1;
        int choice = random.nextInt(10);
        if (choice < 3 && open.size() < writers) {
            OpenTransaction<T> begun = new OpenTransaction<>(driver.begin(), new ArrayList<>());
            write(begun);
            open.add(begun);
        } else if (choice < 4 && !open.isEmpty()) {
            write(open.get(random.nextInt(open.size())));
        } else if (choice < 6 && !open.isEmpty()) {
            end(open.remove(random.nextInt(open.size())));
        } else if (choice < 9) {
            Watcher watcher = watchers.get(random.nextInt(watchers.size()));
            // One that lags behind for ever would meet no late commits, one that never does would meet few pages.
            if (random.nextInt(8) == 0) {
                readToTheEnd(watcher);
            } else {
                readPage(watcher);
            }
        } else if (driver.fixture().severalWriters() || open.isEmpty()) {
            deleteSomeThatAllHaveSeen();
            if (random.nextInt(5) == 0) {
                int which = random.nextInt(watchers.size());
                watchers.set(which, newWatcher(which));
            }
        }
    }

    /** A key's partition is fixed, and the storage alone knows it: one message in each lane tells. */
    private void learnPartitions() {
        for (String namespace : NAMESPACES) {
            for (int key = 0; key < KEYS; key++) {
                driver.write(namespace, Message.of("" + key, ""));
            }
        }
        List<StoredEntry> stored = driver.stored();
        stored.forEach(entry -> partitionOfLane.put(laneOf(entry), entry.partition()));
        driver.storage().settle(session, StorageDriver.published(claims, stored));
    }

    /** The first reads everything, the second half of the lanes' partitions, the third one namespace. */
    private Watcher newWatcher(int which) {
        Set<Integer> half = new HashSet<>();
        partitionOfLane.values().stream().sorted().distinct().limit(KEYS).forEach(half::add);
        return switch (which) {
            case 1 ->
                new Watcher(
                        driver.reader(half, NamespaceFilter.ALL),
                        entry -> half.contains(partitionOfLane.get(entry.lane)),
                        new LinkedHashMap<>());
            case 2 ->
                new Watcher(
                        driver.reader(driver.allPartitions(), NamespaceFilter.only(Set.of("a"))),
                        entry -> entry.lane.startsWith("a/"),
                        new LinkedHashMap<>());
            default -> new Watcher(driver.reader(), entry -> true, new LinkedHashMap<>());
        };
    }

    private void write(OpenTransaction<T> into) {
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            String namespace = NAMESPACES.get(random.nextInt(NAMESPACES.size()));
            String key = "" + random.nextInt(KEYS);
            String label = "e" + known.size();
            Known entry = new Known(namespace + "/" + key, step);
            driver.publish(into.transaction, namespace, Message.of(key, label));
            known.put(label, entry);
            into.entries.add(entry);
        }
    }

    private void end(OpenTransaction<T> transaction) {
        if (random.nextInt(4) == 0) {
            driver.rollback(transaction.transaction);
        } else {
            driver.commit(transaction.transaction);
            transaction.entries.forEach(entry -> entry.committedAt = step);
        }
    }

    private boolean readPage(Watcher watcher) {
        ReadPage page = watcher.reader.page(1 + random.nextInt(8), 1 + random.nextInt(40));
        for (StoredEntry stored : page.entries()) {
            String label = StorageDriver.text(stored.entry());
            Known entry = known(label);
            assertThat(entry.committedAt)
                    .as("%s is read in step %s", label, step)
                    .isLessThan(step);
            assertThat(entry.deleted).as("%s was deleted", label).isFalse();
            assertThat(watcher.wants.test(entry)).as("%s was asked for", label).isTrue();
            if (watcher.seen.putIfAbsent(label, stored) == null) {
                assertNothingIsOvertaken(watcher, label, entry);
            }
        }
        if (!page.more()) {
            known.forEach((label, entry) -> {
                if (entry.committedAt < step && !entry.deleted && watcher.wants.test(entry)) {
                    assertThat(watcher.seen)
                            .as("all that was committed before step %s", step)
                            .containsKey(label);
                }
            });
        }
        return page.more();
    }

    private void assertNothingIsOvertaken(Watcher watcher, String label, Known entry) {
        known.forEach((otherLabel, other) -> {
            if (other.lane.equals(entry.lane) && other.committedAt < entry.writtenAt && !other.deleted) {
                assertThat(watcher.seen)
                        .as("before %s came %s of its key, which was committed when it was written", label, otherLabel)
                        .containsKey(otherLabel);
            }
        });
    }

    private void readToTheEnd(Watcher watcher) {
        for (int pages = 0; readPage(watcher); pages++) {
            assertThat(pages).as("pages of a short walk").isLessThan(100_000);
        }
    }

    private void deleteSomeThatAllHaveSeen() {
        List<StoredEntry> gone = new ArrayList<>();
        watchers.get(0).seen.forEach((label, stored) -> {
            Known entry = known(label);
            boolean seenByAll = watchers.stream()
                    .allMatch(watcher -> !watcher.wants.test(entry) || watcher.seen.containsKey(label));
            if (seenByAll && !entry.deleted && random.nextInt(3) == 0) {
                gone.add(stored);
                entry.deleted = true;
            }
        });
        driver.storage().settle(session, StorageDriver.published(claims, gone));
    }

    private Known known(String label) {
        @Nullable Known entry = known.get(label);
        if (entry == null) {
            throw new AssertionError("an entry that nobody wrote: " + label);
        }
        return entry;
    }

    private static String laneOf(StoredEntry entry) {
        byte[] key = entry.entry().key();
        return entry.entry().namespace() + "/"
                + (key == null ? "" : new String(key, java.nio.charset.StandardCharsets.UTF_8));
    }
}
