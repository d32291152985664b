package dev.boxcar.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * A transaction of an {@link InMemoryStorage}. What was written in it becomes visible with {@link #commit()}, all at once.
 *
 * <p>Belongs to one thread at a time. Whoever began it must end it; {@link #close()} rolls back what was not committed.
 */
public final class InMemoryTransaction implements AutoCloseable {

    private enum State {
        OPEN,
        COMMITTED,
        ROLLED_BACK
    }

    private final InMemoryStorage storage;
    private final List<Row> rows = new ArrayList<>();
    private State state = State.OPEN;

    InMemoryTransaction(InMemoryStorage storage) {
        this.storage = storage;
    }

    /**
     * Makes everything that was written in it visible.
     *
     * @throws IllegalStateException when it has ended already
     */
    public void commit() {
        synchronized (storage) {
            if (state != State.OPEN) {
                throw new IllegalStateException("the transaction has ended already: " + state);
            }
            state = State.COMMITTED;
            storage.commit(rows);
        }
    }

    /** Forgets everything that was written in it. Does nothing when it has been rolled back already. */
    public void rollback() {
        synchronized (storage) {
            if (state == State.COMMITTED) {
                throw new IllegalStateException("the transaction was committed: nothing can be rolled back");
            }
            state = State.ROLLED_BACK;
            rows.clear();
        }
    }

    /** Rolls back unless it was committed. */
    @Override
    public void close() {
        synchronized (storage) {
            if (state == State.OPEN) {
                rollback();
            }
        }
    }

    boolean belongsTo(InMemoryStorage other) {
        return storage == other;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    void add(List<Row> written) {
        rows.addAll(written);
    }

    @Override
    public String toString() {
        return "InMemoryTransaction[" + state + ", " + rows.size() + " entries]";
    }
}
