package dev.boxcar.memory;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetters;
import dev.boxcar.Message;
import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxContext;
import dev.boxcar.TransactionException;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A storage in memory with real transactions: as in a database, an id is handed out when a message is written and the entry
 * is seen when its transaction commits, so ids become visible out of order and leave gaps.
 *
 * <p>Several outboxes of one JVM can share it. It ends with the JVM: for tests, examples, and as a model for storages of your
 * own. Safe for use by several threads; nothing needs to be closed.
 */
public final class InMemoryStorage implements OutboxStorage<InMemoryTransaction> {

    private static final int PARTITIONS = 64;

    private final OutboxClock clock;
    private final String name = UUID.randomUUID().toString();
    private final Entries entries = new Entries();
    private final int partitions;
    private final Leases leases;
    private final InMemoryDeadLetters deadLetters = new InMemoryDeadLetters(this);
    private long lastId;

    InMemoryStorage(OutboxClock clock, int partitions) {
        this.clock = clock;
        this.partitions = partitions;
        this.leases = new Leases(partitions);
    }

    /** An empty storage on the machine's clock. */
    public static InMemoryStorage create() {
        return create(OutboxClock.system());
    }

    /**
     * An empty storage.
     *
     * @param clock plays the part of the database's clock: claims, delays and creation times follow it
     */
    public static InMemoryStorage create(OutboxClock clock) {
        return new InMemoryStorage(Objects.requireNonNull(clock, "clock"), PARTITIONS);
    }

    /** Begins a transaction. Whoever calls this must end it. */
    public InMemoryTransaction begin() {
        return new InMemoryTransaction(this);
    }

    @Override
    public String description() {
        return "in-memory storage " + name;
    }

    @Override
    public int partitions() {
        return partitions;
    }

    /** Always right: there is nothing that could be missing. */
    @Override
    public void check() {}

    @Override
    public synchronized void publish(OutboxContext context, InMemoryTransaction transaction, List<Message> messages) {
        if (!transaction.belongsTo(this)) {
            throw new TransactionException(
                    "the transaction belongs to another storage; begin one with begin() of this one (" + description()
                            + "); nothing was written");
        }
        if (!transaction.isOpen()) {
            throw new TransactionException(
                    "the transaction has ended already: publish before commit(); nothing was written");
        }
        List<Row> rows = new ArrayList<>();
        for (Message message : messages) {
            rows.add(row(++lastId, context, message));
        }
        transaction.add(rows);
    }

    @Override
    public synchronized ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
        return leases.heartbeat(session, claimDuration, join, clock.nanoTime());
    }

    @Override
    public synchronized List<Claim> acquire(Session session, Collection<Claim> seen) {
        return leases.acquire(session, seen, clock.nanoTime());
    }

    @Override
    public synchronized void release(Session session, Collection<Claim> claims) {
        leases.release(session, claims);
    }

    @Override
    public synchronized void leave(Session session) {
        leases.leave(session);
    }

    @Override
    public synchronized ReadPage read(ReadRequest request) {
        ReadPosition position = request.position();
        return entries.read(
                request, position == null ? Position.start(this) : position(this, position), clock.nanoTime());
    }

    @Override
    public synchronized List<StoredEntry> reload(Collection<Long> ids) {
        List<StoredEntry> found = new ArrayList<>();
        for (long id : new TreeSet<>(ids)) {
            Row row = entries.get(id);
            if (row != null) {
                found.add(row.at(clock.nanoTime()));
            }
        }
        return found;
    }

    @Override
    public synchronized void settle(Session session, Settlement settlement) {
        for (Settlement.Published published : settlement.published()) {
            for (long id : published.ids()) {
                Row row = held(session, published.claim(), id);
                if (row != null) {
                    entries.remove(row);
                }
            }
        }
        for (Settlement.Retry retry : settlement.retries()) {
            Row row = held(session, retry.claim(), retry.id());
            if (row != null) {
                long delay = TimeUnit.MILLISECONDS.toNanos(retry.delayMillis());
                entries.put(row.retried(retry.attempts(), clock.nanoTime() + delay));
            }
        }
        for (Settlement.Dead dead : settlement.dead()) {
            Row row = held(session, dead.claim(), dead.id());
            if (row != null) {
                die(row, dead.attempts(), dead.reason());
            }
        }
    }

    @Override
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    @Override
    public synchronized StorageStatus status() {
        Row first = entries.first();
        Duration oldest = first == null ? null : Duration.between(first.entry().createdAt(), clock.now());
        return new StorageStatus(
                Math.min(entries.count(), StorageStatus.COUNT_LIMIT),
                entries.count(),
                oldest,
                Math.min(deadLetters.count(), StorageStatus.COUNT_LIMIT),
                leases.processors(clock.nanoTime()));
    }

    @Override
    public String toString() {
        return description();
    }

    synchronized void commit(List<Row> rows) {
        entries.commit(rows);
    }

    /** New ids, so that they go behind what waits for their keys. */
    synchronized void replay(List<ClaimedEntry> dead) {
        entries.commit(dead.stream()
                .map(entry -> Row.withIdAndAttempt(entry, ++lastId, 1))
                .map(entry -> Row.written(entry, partition(entry)))
                .toList());
    }

    synchronized int bury(Collection<Long> ids, String reason) {
        int buried = 0;
        for (long id : new TreeSet<>(ids)) {
            Row row = entries.get(id);
            if (row != null) {
                die(row, row.attempts(), reason);
                buried++;
            }
        }
        return buried;
    }

    static Position position(InMemoryStorage storage, ReadPosition position) {
        if (position instanceof Position ours && ours.storage() == storage) {
            return ours;
        }
        throw new IllegalArgumentException("the position was made by another storage than " + storage.description());
    }

    private Row row(long id, OutboxContext context, Message message) {
        String given = message.id();
        ClaimedEntry entry = new ClaimedEntry(
                id,
                context,
                given != null ? given : name + "-" + id,
                message.key(),
                message.payload(),
                message.headers(),
                message.type(),
                1,
                clock.now());
        return Row.written(entry, partition(entry));
    }

    /** Entries without a key have no order and are spread by their ids. */
    private int partition(ClaimedEntry entry) {
        int ofKey = entry.key() == null ? Long.hashCode(entry.id()) : Arrays.hashCode(entry.key());
        int hash = 31 * entry.namespace().hashCode() + ofKey;
        return Math.floorMod(hash ^ (hash >>> 16), partitions);
    }

    private @Nullable Row held(Session session, Claim claim, long id) {
        Row row = entries.get(id);
        return row != null && row.partition() == claim.partition() && leases.holds(session, claim) ? row : null;
    }

    private void die(Row row, int attempts, String reason) {
        entries.remove(row);
        deadLetters.add(Row.withAttempt(row.entry(), attempts), reason, clock.now());
    }
}
