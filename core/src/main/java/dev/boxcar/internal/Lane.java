package dev.boxcar.internal;

import dev.boxcar.OutboxSettings;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries in memory that go to one destination, with limits of their own, so that a destination which is down or slow
 * fills its own lane only. A namespace that is or was paused has a lane to itself until it has caught up.
 */
final class Lane {

    final Destination destination;
    /** The namespace that the lane is for, or null for all that go to the destination. */
    final @Nullable String only;
    /** The namespaces met so far. */
    final Set<String> namespaces = new HashSet<>();
    /** Keys that have something to send, none of it being sent. */
    final ArrayDeque<KeyQueue> ready = new ArrayDeque<>();
    /** Its own place in the storage, when it fell behind the others. */
    @Nullable
    Feed feed;

    boolean paused;
    private final int maxEntries;
    private final long maxBytes;
    private final int enough;
    private int entries;
    private long bytes;
    private long fullSince = Long.MAX_VALUE;

    Lane(Destination destination, @Nullable String only, OutboxSettings settings) {
        this.destination = destination;
        this.only = only;
        this.maxEntries = settings.maxInFlightEntries();
        this.maxBytes = settings.maxInFlightBytes();
        this.enough = Math.max(1, Math.min(settings.readSize(), maxEntries) / 2);
    }

    int entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    int room() {
        return maxEntries - entries;
    }

    long byteRoom() {
        return maxBytes - bytes;
    }

    /** Whether there is room for a read that is worth its while. */
    boolean hasRoom() {
        return room() >= enough && byteRoom() >= maxBytes / 4;
    }

    /** Since when there has been no room, or the end of time. */
    long fullSince(long now) {
        if (hasRoom()) {
            fullSince = Long.MAX_VALUE;
        } else if (fullSince == Long.MAX_VALUE) {
            fullSince = now;
        }
        return fullSince;
    }

    void add(Tracked tracked) {
        entries++;
        bytes += tracked.bytes();
    }

    void remove(Tracked tracked) {
        entries--;
        bytes -= tracked.bytes();
    }

    /** Counts an entry's content anew around a change of it. */
    void resize(Tracked tracked, Runnable change) {
        bytes -= tracked.bytes();
        change.run();
        bytes += tracked.bytes();
    }

    void makeReady(KeyQueue key) {
        if (!key.ready) {
            key.ready = true;
            ready.addLast(key);
        }
    }
}
