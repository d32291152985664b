package dev.boxcar.testkit.scenario;

import dev.boxcar.DeadLetters;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StoredEntry;
import dev.boxcar.testkit.ManualClock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A storage whose delays pass on a clock that stands still until a test moves it, although a database has a clock of its own:
 * it remembers when each entry that it has postponed is due, and says how long that is from now.
 */
final class VirtualDelays<T> implements OutboxStorage<T> {

    private final OutboxStorage<T> storage;
    private final ManualClock clock;
    private final Map<Long, Long> dueAt = new HashMap<>();

    VirtualDelays(OutboxStorage<T> storage, ManualClock clock) {
        this.storage = storage;
        this.clock = clock;
    }

    ManualClock clock() {
        return clock;
    }

    /** How long it takes until the next entry is due that is not due yet, or null when there is none. */
    synchronized @Nullable Duration untilNext() {
        long now = clock.nanoTime();
        return dueAt.values().stream()
                .filter(due -> due > now)
                .min(Long::compare)
                .map(due -> Duration.ofNanos(due - now))
                .orElse(null);
    }

    @Override
    public ReadPage read(ReadRequest request) {
        ReadPage page = storage.read(request);
        return new ReadPage(delayed(page.entries()), page.next(), page.more());
    }

    @Override
    public List<StoredEntry> reload(Collection<Long> ids) {
        return delayed(storage.reload(ids));
    }

    private synchronized List<StoredEntry> delayed(List<StoredEntry> entries) {
        return entries.stream().map(this::delayed).toList();
    }

    private StoredEntry delayed(StoredEntry stored) {
        Long due = dueAt.get(stored.entry().id());
        if (due == null) {
            return stored;
        }
        long left = Math.max(0, due - clock.nanoTime());
        long millis = (left + 999_999) / 1_000_000;
        return new StoredEntry(stored.entry(), stored.partition(), millis, stored.defect());
    }

    @Override
    public void settle(Session session, Settlement settlement) {
        storage.settle(session, settlement);
        synchronized (this) {
            settlement.published().forEach(published -> dueAt.keySet().removeAll(published.ids()));
            settlement.dead().forEach(dead -> dueAt.remove(dead.id()));
            settlement
                    .retries()
                    .forEach(retry -> dueAt.put(
                            retry.id(), clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(retry.delayMillis())));
        }
    }

    @Override
    public String description() {
        return storage.description();
    }

    @Override
    public int partitions() {
        return storage.partitions();
    }

    @Override
    public void check() {
        storage.check();
    }

    @Override
    public void publish(OutboxContext context, T transaction, List<Message> messages) {
        storage.publish(context, transaction, messages);
    }

    @Override
    public ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
        return storage.heartbeat(session, claimDuration, join);
    }

    @Override
    public List<Claim> acquire(Session session, Collection<Claim> seen) {
        return storage.acquire(session, seen);
    }

    @Override
    public void release(Session session, Collection<Claim> claims) {
        storage.release(session, claims);
    }

    @Override
    public void leave(Session session) {
        storage.leave(session);
    }

    @Override
    public DeadLetters deadLetters() {
        return storage.deadLetters();
    }

    @Override
    public StorageStatus status() {
        return storage.status();
    }
}
