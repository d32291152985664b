package dev.boxcar.testkit;

import dev.boxcar.DeadLetters;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.StorageException;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A storage that fails by script, before or after another one did the work. A failure after the work is the reply that got
 * lost: the database has done it and the caller does not know.
 *
 * <p>Safe for use by several threads.
 *
 * @param <T> the transaction
 */
public final class FaultyStorage<T> implements OutboxStorage<T> {

    /** The methods of a storage that can fail. */
    public enum Operation {
        CHECK,
        PUBLISH,
        HEARTBEAT,
        ACQUIRE,
        RELEASE,
        LEAVE,
        READ,
        RELOAD,
        SETTLE,
        DEAD_LETTERS,
        STATUS
    }

    /** When an operation fails. */
    public enum Moment {
        BEFORE,
        AFTER
    }

    /** Called around every operation; throws to let it fail. */
    @FunctionalInterface
    public interface Fault {
        /** The operation is about to begin, or has just ended. */
        void at(Operation operation, Moment moment);
    }

    private final OutboxStorage<T> storage;
    private final Map<Operation, Integer> failBefore = new EnumMap<>(Operation.class);
    private final Map<Operation, Integer> failAfter = new EnumMap<>(Operation.class);
    private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
    private @Nullable Fault fault;
    private boolean broken;

    /** Fails for another storage, which goes on working for those who hold it. */
    public FaultyStorage(OutboxStorage<T> storage) {
        this.storage = storage;
    }

    /** Lets the next calls of an operation fail, so many of them, before anything is done. */
    public synchronized FaultyStorage<T> failBefore(Operation operation, int times) {
        failBefore.merge(operation, times, Integer::sum);
        return this;
    }

    /** Lets the next calls of an operation fail, so many of them, after everything was done. */
    public synchronized FaultyStorage<T> failAfter(Operation operation, int times) {
        failAfter.merge(operation, times, Integer::sum);
        return this;
    }

    /** Lets everything fail until {@link #repair()}. */
    public synchronized FaultyStorage<T> breakDown() {
        broken = true;
        return this;
    }

    /** Ends all failures. */
    public synchronized FaultyStorage<T> repair() {
        broken = false;
        fault = null;
        failBefore.clear();
        failAfter.clear();
        return this;
    }

    /** Asks somebody around every operation. */
    public synchronized FaultyStorage<T> withFault(Fault newFault) {
        fault = newFault;
        return this;
    }

    /** How often an operation was called. */
    public synchronized int count(Operation operation) {
        return counts.getOrDefault(operation, 0);
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
        run(Operation.CHECK, storage::check);
    }

    @Override
    public void publish(OutboxContext context, T transaction, List<Message> messages) {
        run(Operation.PUBLISH, () -> storage.publish(context, transaction, messages));
    }

    @Override
    public ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
        return call(Operation.HEARTBEAT, () -> storage.heartbeat(session, claimDuration, join));
    }

    @Override
    public List<Claim> acquire(Session session, Collection<Claim> seen) {
        return call(Operation.ACQUIRE, () -> storage.acquire(session, seen));
    }

    @Override
    public void release(Session session, Collection<Claim> claims) {
        run(Operation.RELEASE, () -> storage.release(session, claims));
    }

    @Override
    public void leave(Session session) {
        run(Operation.LEAVE, () -> storage.leave(session));
    }

    @Override
    public ReadPage read(ReadRequest request) {
        return call(Operation.READ, () -> storage.read(request));
    }

    @Override
    public List<StoredEntry> reload(Collection<Long> ids) {
        return call(Operation.RELOAD, () -> storage.reload(ids));
    }

    @Override
    public void settle(Session session, Settlement settlement) {
        run(Operation.SETTLE, () -> storage.settle(session, settlement));
    }

    @Override
    public DeadLetters deadLetters() {
        return call(Operation.DEAD_LETTERS, storage::deadLetters);
    }

    @Override
    public StorageStatus status() {
        return call(Operation.STATUS, storage::status);
    }

    @Override
    public List<BlockingSession> blockingSessions() {
        return call(Operation.STATUS, storage::blockingSessions);
    }

    private void run(Operation operation, Runnable action) {
        call(operation, () -> {
            action.run();
            return true;
        });
    }

    private <R> R call(Operation operation, Supplier<R> action) {
        at(operation, Moment.BEFORE, failBefore);
        R result = action.get();
        at(operation, Moment.AFTER, failAfter);
        return result;
    }

    private void at(Operation operation, Moment moment, Map<Operation, Integer> failures) {
        Fault asked;
        synchronized (this) {
            if (moment == Moment.BEFORE) {
                counts.merge(operation, 1, Integer::sum);
            }
            int left = failures.getOrDefault(operation, 0);
            if (left > 0) {
                failures.put(operation, left - 1);
            }
            if (left > 0 || broken) {
                throw new StorageException("injected: the storage failed " + moment + " " + operation, null);
            }
            asked = fault;
        }
        if (asked != null) {
            asked.at(operation, moment);
        }
    }
}
