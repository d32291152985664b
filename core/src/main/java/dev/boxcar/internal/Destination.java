package dev.boxcar.internal;

import dev.boxcar.OutboxListener;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a destination can be reached. While it cannot, one entry at a time probes it, with back-off; the first answer makes
 * it available again.
 */
final class Destination {

    private static final Logger log = LoggerFactory.getLogger(Destination.class);

    final String name;
    private final String processorId;
    private final OutboxListener listener;
    private final Backoff backoff;
    private boolean available = true;
    private long changedAt = Long.MIN_VALUE;
    private long nextProbe = Long.MIN_VALUE;
    private int calls;

    Destination(String name, Environment environment) {
        this.name = name;
        this.processorId = environment.processorId();
        this.listener = environment.listener();
        this.backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), environment.random());
    }

    boolean isAvailable() {
        return available;
    }

    int calls() {
        return calls;
    }

    /** When the next call may start: never while a probe is under way. */
    long nextCallAt(int maxCalls) {
        if (available) {
            return calls < maxCalls ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return calls == 0 ? nextProbe : Long.MAX_VALUE;
    }

    void callStarted() {
        calls++;
    }

    void callEnded() {
        calls--;
    }

    /** The destination answered a call that started then. */
    void answered(long startedAt, long now) {
        if (!available && startedAt >= changedAt) {
            Duration outage = Duration.ofNanos(now - changedAt);
            available = true;
            changedAt = now;
            backoff.reset();
            log.info(
                    "processor {}: destination '{}' is available again after {} ms",
                    processorId,
                    name,
                    outage.toMillis());
            listener.destinationAvailable(name, outage);
        }
    }

    /** The destination did not answer a call that started then. */
    void unreachable(long startedAt, long now, String reason) {
        if (available && startedAt >= changedAt) {
            available = false;
            changedAt = now;
            nextProbe = now + backoff.next();
            log.warn(
                    "processor {}: destination '{}' is unavailable: {}; its entries wait, no attempt is used up, and it is "
                            + "probed with back-off",
                    processorId,
                    name,
                    reason);
            listener.destinationUnavailable(name, reason);
        } else if (!available && startedAt >= changedAt) {
            nextProbe = now + backoff.next();
        }
    }
}
