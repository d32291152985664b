package dev.boxcar.testkit;

import dev.boxcar.spi.OutboxStorage;
import java.util.List;

/**
 * What {@link StorageContract} must know of a store: how to get an empty outbox, and how its transactions begin and end.
 * Methods may be called by several threads at once; a transaction stays with its thread.
 *
 * @param <T> the transaction
 */
public interface StorageFixture<T> {

    /** A storage with an empty outbox: no entries, dead letters, sessions or claims. Called once for each test. */
    OutboxStorage<T> newStorage() throws Exception;

    /** Begins a transaction on that storage's database. */
    T begin() throws Exception;

    /** Commits a transaction and gives back what belongs to it. */
    void commit(T transaction) throws Exception;

    /** Rolls a transaction back and gives back what belongs to it. */
    void rollback(T transaction) throws Exception;

    /**
     * Transactions that the storage must refuse, because messages in them would not be atomic with the caller's changes: ended
     * ones, one in auto-commit mode, one of another database. At least one.
     */
    List<T> unfitTransactions() throws Exception;

    /**
     * Whether a transaction can write while another one that has written is still open. If not, the contract asserts that the
     * second one is refused with a {@link dev.boxcar.StorageException}.
     */
    default boolean severalWriters() {
        return true;
    }

    /** Closes everything. Called once after each test. */
    void close() throws Exception;
}
