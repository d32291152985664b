package dev.boxcar.simulation;

import dev.boxcar.DeadLetterQuery;
import dev.boxcar.OutboxClock;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.memory.SmallStorage;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one database of a life. Takes effect at once when it is asked, each call as a whole; what can go wrong on the way is the
 * matter of {@link NodeStorage}. Tells the oracle who really holds what.
 */
final class Database extends ForwardingStorage<InMemoryTransaction> {

    /** Fewer than usual: whatever they cost is paid at each step. */
    private static final int PARTITIONS = 16;

    private static final Session WITNESS = new Session("oracle", "oracle");
    private static final Duration NO_TIME = Duration.ofMillis(1);

    private final Scheduler time;
    private final InMemoryStorage tables;
    private final DatabaseClock clock;
    private final Map<String, Long> deadlines = new HashMap<>();
    private final Set<String> left = new HashSet<>();
    private final @Nullable String[] deadOwners;

    private Database(
            Scheduler time, InMemoryStorage tables, OutboxStorage<InMemoryTransaction> reading, DatabaseClock clock) {
        super(reading);
        this.time = time;
        this.tables = tables;
        this.clock = clock;
        this.deadOwners = new String[tables.partitions()];
    }

    static Database create(Scheduler time, boolean gaps) {
        DatabaseClock clock = new DatabaseClock(time);
        InMemoryStorage tables = SmallStorage.create(clock, PARTITIONS);
        return new Database(time, tables, gaps ? new GapReading(tables) : tables, clock);
    }

    private static final class DatabaseClock implements OutboxClock {
        private final Scheduler time;
        private long skew;

        DatabaseClock(Scheduler time) {
            this.time = time;
        }

        @Override
        public Instant now() {
            return Instant.ofEpochMilli(nanoTime() / Scheduler.MILLI);
        }

        @Override
        public long nanoTime() {
            return time.now() + skew;
        }

        @Override
        public void parkUntil(long deadline) {
            throw new UnsupportedOperationException("nobody waits in a simulation");
        }
    }

    /** Judges claims by a wrong clock from now on: a fault. */
    void skew(long nanos) {
        clock.skew = nanos;
    }

    InMemoryTransaction begin() {
        return tables.begin();
    }

    long pending() {
        return tables.status().pending();
    }

    List<String> deadMessages() {
        return tables.deadLetters().list(DeadLetterQuery.all().limit(DeadLetterQuery.MAX_LIMIT)).stream()
                .map(letter -> letter.entry().messageId())
                .toList();
    }

    // ---- the truth about claims

    List<Claim> claims() {
        return tables.heartbeat(WITNESS, NO_TIME, false).claims();
    }

    /** Until when a session is alive, if it does not renew; in the past when it is dead or was never known. */
    long deadlineOf(String session) {
        return deadlines.getOrDefault(session, Long.MIN_VALUE);
    }

    /** Whether it gave everything back by itself. */
    boolean hasLeft(String session) {
        return left.contains(session);
    }

    /** The session that held the partition before its owner, if that one died with it. */
    @Nullable
    String deadOwnerOf(int partition) {
        return deadOwners[partition];
    }

    /** The entries of a settlement that the session may not touch, as they are now. */
    List<StoredEntry> notHeld(Session session, Settlement settlement) {
        List<Claim> claims = claims();
        List<Long> ids = new ArrayList<>();
        settlement.published().forEach(published -> {
            if (!holds(session, published.claim(), claims)) {
                ids.addAll(published.ids());
            }
        });
        settlement.retries().stream()
                .filter(retry -> !holds(session, retry.claim(), claims))
                .forEach(retry -> ids.add(retry.id()));
        settlement.dead().stream()
                .filter(dead -> !holds(session, dead.claim(), claims))
                .forEach(dead -> ids.add(dead.id()));
        return ids.isEmpty() ? List.of() : tables.reload(ids);
    }

    List<StoredEntry> stored(Collection<Long> ids) {
        return tables.reload(ids);
    }

    private static boolean holds(Session session, Claim claim, List<Claim> claims) {
        Claim now = claims.get(claim.partition());
        return session.id().equals(now.owner()) && now.epoch() == claim.epoch();
    }

    @Override
    public ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
        ClaimView view = super.heartbeat(session, claimDuration, join);
        if (view.alive()) {
            deadlines.put(session.id(), time.now() + claimDuration.toNanos());
        }
        return view;
    }

    @Override
    public List<Claim> acquire(Session session, Collection<Claim> seen) {
        List<Claim> before = claims();
        List<Claim> taken = super.acquire(session, seen);
        taken.forEach(claim ->
                deadOwners[claim.partition()] = before.get(claim.partition()).owner());
        return taken;
    }

    @Override
    public void leave(Session session) {
        super.leave(session);
        left.add(session.id());
    }
}
