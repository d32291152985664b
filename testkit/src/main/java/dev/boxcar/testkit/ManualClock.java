package dev.boxcar.testkit;

import dev.boxcar.OutboxClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A clock that stands still until a test moves it. Threads that wait on it go on when their time has come.
 *
 * <p>Given to an outbox and to an in-memory storage, one of its own to each, it also shows what clocks that differ do. Safe for
 * use by several threads.
 */
public final class ManualClock implements OutboxClock {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Map<Thread, Long> waiting = new ConcurrentHashMap<>();
    private final Instant start;
    private long elapsed;

    /** A clock that starts with the year 2026. */
    public ManualClock() {
        this(START);
    }

    /** A clock that starts at this time. */
    public ManualClock(Instant start) {
        this.start = start;
    }

    @Override
    public synchronized Instant now() {
        return start.plusNanos(elapsed);
    }

    @Override
    public synchronized long nanoTime() {
        return elapsed;
    }

    /** Moves the time on, and wakes the threads whose time has come. */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + duration);
        }
        synchronized (this) {
            elapsed += duration.toNanos();
        }
        waiting.forEach((thread, deadline) -> {
            if (nanoTime() >= deadline) {
                LockSupport.unpark(thread);
            }
        });
    }

    @Override
    public void parkUntil(long deadline) {
        Thread self = Thread.currentThread();
        waiting.put(self, deadline);
        try {
            // After the registration, so that an advance in between is not missed.
            if (nanoTime() < deadline) {
                LockSupport.park(this);
            }
        } finally {
            waiting.remove(self);
        }
    }

    @Override
    public void unpark(Thread thread) {
        // At once, not when the thread comes to run: until then it looks as if it were waiting still.
        waiting.remove(thread);
        LockSupport.unpark(thread);
    }

    /**
     * Waits, in real time, until so many threads wait on this clock for a time that has not come: until what the last advance
     * or wake set going has come to rest.
     *
     * @throws AssertionError when they do not within 30 s
     */
    public void awaitIdle(int threads) {
        Await.until(threads + " threads wait on " + this, () -> {
            long idle = waiting.entrySet().stream()
                    .filter(each -> each.getValue() > nanoTime())
                    .filter(each -> each.getKey().getState() == Thread.State.WAITING)
                    .count();
            return idle == threads;
        });
    }

    @Override
    public String toString() {
        return "ManualClock[" + now() + "]";
    }
}
