package dev.boxcar.spi;

import dev.boxcar.DeadLetters;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.SchemaException;
import dev.boxcar.StorageException;
import dev.boxcar.TransactionException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Where entries live: everything the outbox asks of a database. The contract test in the test kit
 * ({@code StorageContract}) proves each promise made here.
 *
 * <p>Entries fall into {@link #partitions()} by their namespace and key. A processor holds claims on partitions; nobody
 * else sends the entries of a partition while its claim is valid. Who is alive is judged by the database's clock alone.
 *
 * <p>All methods may be called by several threads at once and block until the database answered. Every method but
 * {@link #publish} uses short transactions of its own. A database that fails is a {@link StorageException}; the caller
 * tries again.
 *
 * @param <T> the caller's transaction, for example {@link java.sql.Connection}
 */
public interface OutboxStorage<T> {

    /** What this storage is, for people and logs: product, place, table. Contains no password. */
    String description();

    /** The number of partitions, the same for all processors of the same table. */
    int partitions();

    /**
     * Checks that the tables are there and of the right version.
     *
     * @throws SchemaException when they are not
     */
    void check();

    /**
     * Writes messages as part of the caller's transaction, in their order, all or none. Never begins, commits, rolls back or
     * closes what it is given. Ids rise within the transaction, and rise from one transaction to the next one of the same
     * key that could see the first.
     *
     * @throws TransactionException when the transaction cannot make the messages atomic with the caller's own changes
     */
    void publish(OutboxContext context, T transaction, List<Message> messages);

    /**
     * Makes a session known, or keeps it alive, for {@code claimDuration} from now, and tells who holds what.
     *
     * <p>A session that is new is registered only if {@code join}; a session that had expired, or was removed, is not
     * revived: the view then says that it is not alive, and it must never be used again. Sessions that have expired are
     * removed in passing.
     */
    ClaimView heartbeat(Session session, Duration claimDuration, boolean join);

    /**
     * Takes partitions as they were seen: a claim is given only if its epoch is still the seen one and the session is alive.
     * The epoch rises by one.
     *
     * @param seen claims of a recent {@link ClaimView} which nobody alive owned
     * @return the claims that were taken, with their new epoch
     */
    List<Claim> acquire(Session session, Collection<Claim> seen);

    /** Gives back partitions that the session holds. Their epoch rises by one. */
    void release(Session session, Collection<Claim> claims);

    /** Gives back everything that the session holds and forgets it. */
    void leave(Session session);

    /**
     * Reads the next committed entries in the order of their ids.
     *
     * <p>Exact: reading on from {@link ReadPage#next()} until a page has no {@link ReadPage#more() more} returns every entry
     * that was committed when the last read began, and never an entry before another one of its key whose transaction
     * committed before the transaction of the first one wrote it. An entry may be returned again, as long as it is in the table.
     */
    ReadPage read(ReadRequest request);

    /** Reads these entries again, as they are now; those that are gone are left out. In the order of their ids. */
    List<StoredEntry> reload(Collection<Long> ids);

    /**
     * Writes down what became of entries: deletes those published, postpones those to be retried, moves the dead to the
     * dead letters. Each part takes effect only where the session still holds the claim with that epoch; an entry which is
     * gone is passed over. Repeating the call is harmless.
     */
    void settle(Session session, Settlement settlement);

    /** The dead letters. */
    DeadLetters deadLetters();

    /** Numbers for people and health checks, at the cost of a few small queries whatever the size of the table. */
    StorageStatus status();

    /**
     * The sessions of the database that keep statements on the outbox's tables waiting at this moment, longest wait first: whom to
     * ask, or to end, when nothing moves. Does not touch these tables, so it answers even while they are locked. Default: none,
     * for storages that cannot tell.
     */
    default List<BlockingSession> blockingSessions() {
        return List.of();
    }
}
