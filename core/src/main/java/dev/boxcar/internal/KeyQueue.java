package dev.boxcar.internal;

import dev.boxcar.spi.ReadPosition;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The entries of one key that are in memory, in the order in which they must be sent. An entry without a key has one alone. */
final class KeyQueue {

    /** A namespace and key; the key is never shown. */
    static final class Name {
        final String namespace;
        private final byte[] key;
        private final int hash;

        Name(String namespace, byte[] key) {
            this.namespace = namespace;
            this.key = key;
            this.hash = 31 * Arrays.hashCode(key) + namespace.hashCode();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Name that
                    && hash == that.hash
                    && namespace.equals(that.namespace)
                    && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** How many entries a key whose first one waits for another attempt keeps in memory behind it. */
    static final int KEPT_BEHIND_FAILED = 32;

    final @Nullable Name name;
    final String namespace;
    final int partition;
    final Lane lane;
    final ArrayDeque<Tracked> waiting = new ArrayDeque<>(1);
    /** How many of its entries are in publish calls; while there is one, no other call may hold any. */
    int sending;
    /** Whether it stands in its lane's line of keys that can be sent. */
    boolean ready;
    /** Whether its first entry is being read again. */
    boolean reloading;
    /** Whether later entries were left in the storage, to be read again from {@link #leftFrom} once the queue is empty. */
    boolean left;

    @Nullable
    ReadPosition leftFrom;

    KeyQueue(@Nullable Name name, String namespace, int partition, Lane lane) {
        this.name = name;
        this.namespace = namespace;
        this.partition = partition;
        this.lane = lane;
    }

    /** Whether its first entry waits for another attempt. */
    boolean heldBack(long now) {
        Tracked first = waiting.peekFirst();
        return first != null && (first.notBefore > now || first.entry == null);
    }

    boolean isUnused() {
        return waiting.isEmpty() && sending == 0 && !left;
    }

    /** Notes that an entry read from {@code position} stays in the storage. */
    void leave(@Nullable ReadPosition position) {
        leftFrom = left ? Positions.older(leftFrom, position) : position;
        left = true;
    }
}
