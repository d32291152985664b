package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where the processors of a fuzz run publish to: remembers what arrived, in order, and notices what must not arrive. */
final class FuzzDestination {

    private final OutboxStorage<?> storage;
    private final List<ClaimedEntry> arrived = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    FuzzDestination(OutboxStorage<?> storage) {
        this.storage = storage;
    }

    /**
     * A processor is about to send these: a committed entry that is not in the storage any more was deleted, and nobody may send
     * it again.
     */
    void beforeSending(String processorId, List<ClaimedEntry> entries) {
        Set<Long> there = new HashSet<>();
        for (StoredEntry stored :
                storage.reload(entries.stream().map(ClaimedEntry::id).toList())) {
            there.add(stored.entry().id());
        }
        for (ClaimedEntry entry : entries) {
            if (!there.contains(entry.id())) {
                violation(processorId + " sends " + StorageDriver.text(entry) + " after it was deleted");
            }
        }
    }

    synchronized void arrive(ClaimedEntry entry) {
        arrived.add(entry);
    }

    synchronized void violation(String what) {
        violations.add(what);
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized int count() {
        return arrived.size();
    }

    /** The payloads in the order in which each arrived first. */
    synchronized List<String> withoutDuplicates() {
        Set<String> ids = new HashSet<>();
        return arrived.stream()
                .filter(entry -> ids.add(entry.messageId()))
                .map(StorageDriver::text)
                .toList();
    }
}
