package dev.boxcar.examples.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a store that an application brings: named values, changed in transactions. One lock guards all of it, so commits
 * follow one another. Safe for use by several threads.
 */
public final class KeyValueStore {

    /** Something that takes effect with a commit. */
    interface Change {
        void apply();
    }

    /** Changes that take effect together. Belongs to one thread; what is not committed never happened. */
    public static final class Transaction {

        private final KeyValueStore store;
        private final List<Change> changes = new ArrayList<>();
        private boolean ended;

        private Transaction(KeyValueStore store) {
            this.store = store;
        }

        /** Sets a value. */
        public void put(String name, String value) {
            add(() -> store.values.put(name, value));
        }

        /** Makes all changes visible at once. */
        public void commit() {
            synchronized (store) {
                requireOpen();
                ended = true;
                changes.forEach(Change::apply);
            }
        }

        /** Forgets all changes. */
        public void rollback() {
            ended = true;
            changes.clear();
        }

        void add(Change change) {
            requireOpen();
            changes.add(change);
        }

        boolean isOpenIn(KeyValueStore other) {
            return store == other && !ended;
        }

        private void requireOpen() {
            if (ended) {
                throw new IllegalStateException("the transaction has ended already");
            }
        }
    }

    private final Map<String, String> values = new HashMap<>();

    /** Begins a transaction. */
    public Transaction begin() {
        return new Transaction(this);
    }

    /** A value, or null. */
    public synchronized @Nullable String get(String name) {
        return values.get(name);
    }
}
