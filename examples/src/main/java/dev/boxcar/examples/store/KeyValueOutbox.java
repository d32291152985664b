package dev.boxcar.examples.store;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.DeadLetters;
import dev.boxcar.Message;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A storage of one's own: an outbox inside a {@link KeyValueStore}. An entry gets its id when it is committed, and commits follow
 * one another, so the simplest of all positions is exact: the last id that was read. (Where ids are handed out before the commit,
 * as by the sequence of a database, it is not.)
 */
public final class KeyValueOutbox implements OutboxStorage<KeyValueStore.Transaction>, DeadLetters {

    private static final int PARTITIONS = 16;

    private record Place(long lastId) implements ReadPosition {
        @Override
        public ReadPosition merge(ReadPosition other) {
            return new Place(Math.min(lastId, ((Place) other).lastId));
        }
    }

    /** An entry, and when it may be tried, in the nanoseconds of the store's clock. */
    private record Row(ClaimedEntry entry, long notBefore) {}

    // The store's lock guards all of it.
    private final KeyValueStore store;
    private final TreeMap<Long, Row> rows = new TreeMap<>();
    private final TreeMap<Long, DeadLetter> dead = new TreeMap<>();
    private final Partitions partitions = new Partitions(PARTITIONS);
    private long lastId;
    private long lastDead;

    /** An empty outbox in this store. */
    public KeyValueOutbox(KeyValueStore store) {
        this.store = store;
    }

    @Override
    public String description() {
        return "an outbox in a key-value store";
    }

    @Override
    public int partitions() {
        return PARTITIONS;
    }

    @Override
    public void check() {}

    // ---- 1. write

    @Override
    public void publish(OutboxContext context, KeyValueStore.Transaction transaction, List<Message> messages) {
        if (!transaction.isOpenIn(store)) {
            throw new TransactionException(
                    "the transaction has ended, or is one of another store; nothing was written");
        }
        for (Message message : messages) {
            String id = message.id() != null ? message.id() : UUID.randomUUID().toString();
            Instant now = Instant.now();
            transaction.add(() -> insert(new ClaimedEntry(
                    0, context, id, message.key(), message.payload(), message.headers(), message.type(), 1, now)));
        }
    }

    private void insert(ClaimedEntry entry) {
        lastId++;
        rows.put(lastId, new Row(copy(entry, lastId, 1), Long.MIN_VALUE));
    }

    // ---- 2. claim

    @Override
    public ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
        synchronized (store) {
            return partitions.heartbeat(session, claimDuration, join);
        }
    }

    @Override
    public List<Claim> acquire(Session session, Collection<Claim> seen) {
        synchronized (store) {
            return partitions.acquire(session, seen);
        }
    }

    @Override
    public void release(Session session, Collection<Claim> claims) {
        synchronized (store) {
            partitions.release(session, claims);
        }
    }

    @Override
    public void leave(Session session) {
        synchronized (store) {
            partitions.leave(session);
        }
    }

    // ---- 3. read

    @Override
    public ReadPage read(ReadRequest request) {
        long after = request.position() instanceof Place place ? place.lastId : 0;
        List<StoredEntry> page = new ArrayList<>();
        long bytes = 0;
        synchronized (store) {
            for (Row row : rows.tailMap(after, false).values()) {
                ClaimedEntry entry = row.entry;
                if (request.partitions().contains(partitionOf(entry))
                        && request.namespaces().accepts(entry.namespace())) {
                    bytes += entry.payload().length;
                    if (page.size() == request.maxEntries() || (!page.isEmpty() && bytes > request.maxBytes())) {
                        return new ReadPage(page, new Place(after), true);
                    }
                    page.add(stored(row));
                }
                after = entry.id();
            }
            return new ReadPage(page, new Place(lastId), false);
        }
    }

    @Override
    public List<StoredEntry> reload(Collection<Long> ids) {
        synchronized (store) {
            return new TreeSet<>(ids)
                    .stream()
                            .filter(rows::containsKey)
                            .map(id -> stored(row(id)))
                            .toList();
        }
    }

    // ---- 5. settle

    @Override
    public void settle(Session session, Settlement settlement) {
        synchronized (store) {
            for (Settlement.Published published : settlement.published()) {
                published.ids().stream()
                        .filter(id -> isHeld(session, published.claim(), id))
                        .forEach(rows::remove);
            }
            for (Settlement.Retry retry : settlement.retries()) {
                if (isHeld(session, retry.claim(), retry.id())) {
                    ClaimedEntry again = copy(row(retry.id()).entry, retry.id(), retry.attempts() + 1);
                    rows.put(retry.id(), new Row(again, System.nanoTime() + retry.delayMillis() * 1_000_000));
                }
            }
            for (Settlement.Dead each : settlement.dead()) {
                if (isHeld(session, each.claim(), each.id())) {
                    die(each.id(), each.attempts(), each.reason());
                }
            }
        }
    }

    private boolean isHeld(Session session, Claim claim, long id) {
        return partitions.holds(session, claim)
                && rows.containsKey(id)
                && partitionOf(row(id).entry) == claim.partition();
    }

    private void die(long id, int attempts, String reason) {
        ClaimedEntry last = copy(row(id).entry, id, attempts);
        rows.remove(id);
        lastDead++;
        dead.put(lastDead, new DeadLetter(lastDead, last, reason, Instant.now()));
    }

    // ---- dead letters

    @Override
    public DeadLetters deadLetters() {
        return this;
    }

    @Override
    public List<DeadLetter> list(DeadLetterQuery query) {
        List<Long> ids = query.ids();
        String namespace = query.namespace();
        synchronized (store) {
            return dead.tailMap(query.afterId(), false).values().stream()
                    .filter(letter -> ids == null || ids.contains(letter.id()))
                    .filter(letter ->
                            namespace == null || letter.entry().namespace().equals(namespace))
                    .limit(query.limit())
                    .toList();
        }
    }

    @Override
    public int replay(DeadLetterQuery query) {
        synchronized (store) {
            list(query).forEach(letter -> insert(letter.entry()));
            return purge(query);
        }
    }

    @Override
    public int purge(DeadLetterQuery query) {
        synchronized (store) {
            List<DeadLetter> found = list(query);
            found.forEach(letter -> dead.remove(letter.id()));
            return found.size();
        }
    }

    @Override
    public int bury(Collection<Long> entryIds, String reason) {
        synchronized (store) {
            List<Long> there =
                    new TreeSet<>(entryIds).stream().filter(rows::containsKey).toList();
            there.forEach(id -> die(id, row(id).entry.attempt() - 1, reason));
            return there.size();
        }
    }

    @Override
    public StorageStatus status() {
        synchronized (store) {
            Map.Entry<Long, Row> first = rows.firstEntry();
            Duration oldest = first == null
                    ? null
                    : Duration.between(first.getValue().entry.createdAt(), Instant.now());
            return new StorageStatus(
                    Math.min(rows.size(), StorageStatus.COUNT_LIMIT),
                    oldest,
                    Math.min(dead.size(), StorageStatus.COUNT_LIMIT),
                    partitions.processors());
        }
    }

    // ---- rows

    private Row row(long id) {
        @Nullable Row row = rows.get(id);
        if (row == null) {
            throw new IllegalStateException("no entry " + id);
        }
        return row;
    }

    /** A delay is rounded up, so that an entry never seems due before it is. */
    private static StoredEntry stored(Row row) {
        long nanos = row.notBefore == Long.MIN_VALUE ? 0 : Math.max(0, row.notBefore - System.nanoTime());
        return new StoredEntry(row.entry, partitionOf(row.entry), (nanos + 999_999) / 1_000_000, null);
    }

    /** Entries without a key have no order and are spread by their ids. */
    private static int partitionOf(ClaimedEntry entry) {
        byte[] key = entry.key();
        int ofKey = key == null ? Long.hashCode(entry.id()) : Arrays.hashCode(key);
        return Math.floorMod(31 * entry.namespace().hashCode() + ofKey, PARTITIONS);
    }

    private static ClaimedEntry copy(ClaimedEntry entry, long id, int attempt) {
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
