package dev.boxcar;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * The processor's time. It decides when to poll, to retry and to renew; who holds a claim is decided by the database's
 * clock alone.
 *
 * <p>Safe for use by several threads. Tests use the test kit's manual clock.
 */
public interface OutboxClock {

    /** The time of day, for people. */
    Instant now();

    /** A monotonic time in nanoseconds, comparable only with other values of the same clock; see {@link System#nanoTime()}. */
    long nanoTime();

    /**
     * Waits until {@link #nanoTime()} reaches {@code deadline}, the thread is {@linkplain #unpark unparked} or
     * interrupted; may also return for no reason.
     */
    void parkUntil(long deadline);

    /** Makes the thread's present or else its next {@link #parkUntil} return; see {@link LockSupport#unpark}. */
    default void unpark(Thread thread) {
        LockSupport.unpark(thread);
    }

    /** The machine's clock. */
    static OutboxClock system() {
        return SystemOutboxClock.INSTANCE;
    }
}
