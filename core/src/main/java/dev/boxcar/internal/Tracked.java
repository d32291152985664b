package dev.boxcar.internal;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ReadPosition;
import org.jspecify.annotations.Nullable;

/** An entry in memory, from being read until it is settled. */
final class Tracked {

    enum State {
        /** In the queue of its key. */
        WAITING,
        /** In a publish call. */
        SENDING,
        /** Its outcome is known and being written down; then it leaves memory. */
        SETTLING
    }

    final long id;
    final KeyQueue key;
    final Claim claim;
    /** Where the read began that brought it: from there it can be read again. */
    final @Nullable ReadPosition readFrom;

    State state = State.WAITING;
    /** Null while the entry waits for another attempt: it is read again then. */
    @Nullable
    ClaimedEntry entry;
    /** When it may be sent at the earliest. */
    long notBefore = Long.MIN_VALUE;
    /** Its failure is being written down: until then it is not read again, and nothing of its key overtakes it. */
    boolean failureUnsettled;
    /** It goes to the dead letters, and leaves memory when that is done. */
    boolean dead;
    /** It was in a call of several that failed for an unknown reason: it is sent alone. */
    boolean alone;
    /** No longer ours: its partition was lost, or its namespace paused. Whatever comes of it is ignored. */
    boolean dropped;

    /** Where it is counted while something of it is under way. */
    Memory.@Nullable UnderWay countedIn;

    private int bytes;

    Tracked(ClaimedEntry entry, KeyQueue key, Claim claim, @Nullable ReadPosition readFrom) {
        this.id = entry.id();
        this.entry = entry;
        this.key = key;
        this.claim = claim;
        this.readFrom = readFrom;
        this.bytes = sizeOf(entry);
    }

    /** Whether nothing of it is under way, in a call or into the storage: it can be forgotten, and read again. */
    boolean isIdle() {
        return state == State.WAITING && !failureUnsettled;
    }

    int bytes() {
        return bytes;
    }

    void content(@Nullable ClaimedEntry newEntry) {
        entry = newEntry;
        bytes = newEntry == null ? 0 : sizeOf(newEntry);
    }

    ClaimedEntry content() {
        ClaimedEntry theEntry = entry;
        if (theEntry == null) {
            throw new IllegalStateException("entry " + id + " is not loaded");
        }
        return theEntry;
    }

    private static int sizeOf(ClaimedEntry entry) {
        byte[] key = entry.key();
        int size = entry.payload().length + (key == null ? 0 : key.length);
        if (!entry.headers().isEmpty()) {
            for (var header : entry.headers().entrySet()) {
                size += header.getKey().length() + header.getValue().length();
            }
        }
        return size;
    }
}
