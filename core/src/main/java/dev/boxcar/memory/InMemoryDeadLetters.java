package dev.boxcar.memory;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.DeadLetters;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** The dead letters, under the lock of their storage. */
final class InMemoryDeadLetters implements DeadLetters {

    private final InMemoryStorage storage;
    private final NavigableMap<Long, DeadLetter> letters = new TreeMap<>();
    private long lastId;

    InMemoryDeadLetters(InMemoryStorage storage) {
        this.storage = storage;
    }

    void add(ClaimedEntry entry, String reason, Instant diedAt) {
        lastId++;
        letters.put(lastId, new DeadLetter(lastId, entry, reason, diedAt));
    }

    int count() {
        return letters.size();
    }

    @Override
    public List<DeadLetter> list(DeadLetterQuery query) {
        synchronized (storage) {
            List<Long> ids = query.ids();
            return letters.tailMap(query.afterId(), false).values().stream()
                    .filter(letter -> ids == null || ids.contains(letter.id()))
                    .filter(letter -> query.namespace() == null
                            || letter.entry().namespace().equals(query.namespace()))
                    .limit(query.limit())
                    .toList();
        }
    }

    @Override
    public int replay(DeadLetterQuery query) {
        synchronized (storage) {
            List<DeadLetter> found = list(query);
            storage.replay(found.stream().map(DeadLetter::entry).toList());
            return remove(found);
        }
    }

    @Override
    public int purge(DeadLetterQuery query) {
        synchronized (storage) {
            return remove(list(query));
        }
    }

    @Override
    public int bury(Collection<Long> entryIds, String reason) {
        Objects.requireNonNull(reason, "reason");
        return storage.bury(entryIds, reason);
    }

    private int remove(List<DeadLetter> found) {
        found.forEach(letter -> letters.remove(letter.id()));
        return found.size();
    }
}
