package dev.boxcar;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** {@link OutboxClock} on the machine's clocks. */
enum SystemOutboxClock implements OutboxClock {
    INSTANCE;

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void parkUntil(long deadline) {
        long now = System.nanoTime();
        long nanos = deadline == Long.MAX_VALUE ? Long.MAX_VALUE : deadline - now;
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
    }
}
