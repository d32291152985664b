package dev.boxcar.memory;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.spi.StoredEntry;
import java.util.concurrent.TimeUnit;

/**
 * An entry at rest.
 *
 * @param entry the entry, with the number of its next attempt
 * @param partition its partition
 * @param commit the number of the commit that made it visible; 0 before
 * @param dueAt when it may be tried, in the nanoseconds of the storage's clock
 * @param delayed whether it waits for another attempt at all
 */
record Row(ClaimedEntry entry, int partition, long commit, long dueAt, boolean delayed) {

    static Row written(ClaimedEntry entry, int partition) {
        return new Row(entry, partition, 0, 0, false);
    }

    long id() {
        return entry.id();
    }

    int attempts() {
        return entry.attempt() - 1;
    }

    Row committed(long number) {
        return new Row(entry, partition, number, dueAt, delayed);
    }

    Row retried(int attempts, long newDueAt) {
        return new Row(withAttempt(entry, attempts + 1), partition, commit, newDueAt, true);
    }

    /** A delay is rounded up, so that an entry is never told to be due before it is. */
    StoredEntry at(long now) {
        long nanos = delayed ? Math.max(0, dueAt - now) : 0;
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
        return new StoredEntry(entry, partition, millis, null);
    }

    static ClaimedEntry withAttempt(ClaimedEntry entry, int attempt) {
        return withIdAndAttempt(entry, entry.id(), attempt);
    }

    static ClaimedEntry withIdAndAttempt(ClaimedEntry entry, long id, int attempt) {
        return new ClaimedEntry(
                id,
                entry.context(),
                entry.messageId(),
                entry.key(),
                entry.payload(),
                entry.headers(),
                entry.type(),
                attempt,
                entry.createdAt());
    }
}
