package dev.boxcar.simulation;

import dev.boxcar.OutboxClock;
import java.time.Instant;

/**
 * A clock of one machine. What it counts from is its own affair, and its time of day may be hours off; a second on it is a
 * second.
 */
final class SimulatedClock implements OutboxClock {

    private final Scheduler time;
    private long origin;
    private long skew;

    SimulatedClock(Scheduler time, long origin) {
        this.time = time;
        this.origin = origin;
    }

    /** By how much its time of day is off, in nanoseconds. */
    long skew() {
        return skew;
    }

    void jump(long newSkew) {
        skew = newSkew;
    }

    /** Lets the monotonic time lose so much: a fault that no real clock has. */
    void lose(long nanos) {
        origin -= nanos;
    }

    long toTrueTime(long nanoTime) {
        return nanoTime - origin;
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli((time.now() + skew) / Scheduler.MILLI);
    }

    @Override
    public long nanoTime() {
        return time.now() + origin;
    }

    @Override
    public void parkUntil(long deadline) {
        throw new UnsupportedOperationException("nobody waits in a simulation");
    }
}
