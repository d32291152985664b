package dev.boxcar.simulation;

import dev.boxcar.DeadLetters;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.spi.BlockingSession;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** Passes every call on through one place. */
public abstract class ForwardingStorage<T> implements OutboxStorage<T> {

    protected final OutboxStorage<T> storage;

    protected ForwardingStorage(OutboxStorage<T> storage) {
        this.storage = storage;
    }

    /** What becomes of a call; passes it on. */
    protected <R> R call(String operation, Supplier<R> call) {
        return call.get();
    }

    private void run(String operation, Runnable call) {
        call(operation, () -> {
            call.run();
            return true;
        });
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
        run("check", storage::check);
    }

    @Override
    public void publish(OutboxContext context, T transaction, List<Message> messages) {
        run("publish", () -> storage.publish(context, transaction, messages));
    }

    @Override
    public ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
        return call("heartbeat", () -> storage.heartbeat(session, claimDuration, join));
    }

    @Override
    public List<Claim> acquire(Session session, Collection<Claim> seen) {
        return call("acquire", () -> storage.acquire(session, seen));
    }

    @Override
    public void release(Session session, Collection<Claim> claims) {
        run("release", () -> storage.release(session, claims));
    }

    @Override
    public void leave(Session session) {
        run("leave", () -> storage.leave(session));
    }

    @Override
    public ReadPage read(ReadRequest request) {
        return call("read", () -> storage.read(request));
    }

    @Override
    public List<StoredEntry> reload(Collection<Long> ids) {
        return call("reload", () -> storage.reload(ids));
    }

    @Override
    public void settle(Session session, Settlement settlement) {
        run("settle", () -> storage.settle(session, settlement));
    }

    @Override
    public DeadLetters deadLetters() {
        return storage.deadLetters();
    }

    @Override
    public StorageStatus status() {
        return storage.status();
    }

    @Override
    public List<BlockingSession> blockingSessions() {
        return storage.blockingSessions();
    }
}
