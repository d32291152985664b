package dev.boxcar.examples.bank;

import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.spi.StorageStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Looks at the outbox once a second, and tells the progress how it stands. For one thread. */
final class Dashboard {

    private static final long STATUS_INTERVAL = TimeUnit.MILLISECONDS.toNanos(900);
    private static final long RATE_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final Progress progress;
    private final Ledger ledger;
    private final Takeovers takeovers;
    private final JdbcStorage outbox;
    private final long start = System.nanoTime();

    private StorageStatus status;
    private long statusAt;
    private long rateAt = start;
    private long rateFrom;
    private long rate;

    /** The time begins to count. */
    Dashboard(Progress progress, Ledger ledger, Takeovers takeovers, JdbcStorage outbox) {
        this.progress = progress;
        this.ledger = ledger;
        this.takeovers = takeovers;
        this.outbox = outbox;
        this.rateFrom = ledger.arrivedCount();
        this.status = outbox.status();
        this.statusAt = System.nanoTime();
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Whether the outbox was empty when it was last looked at, if that was after this time. */
    boolean sawEmptyOutboxAfter(long nanoTime) {
        return status.pending() == 0 && statusAt > nanoTime;
    }

    /** @param fraction how much of the demo is over */
    void show(double fraction) {
        long asked = System.nanoTime();
        if (asked - statusAt > STATUS_INTERVAL) {
            status = outbox.status();
            statusAt = asked;
        }
        long arrived = ledger.arrivedCount();
        if (asked - rateAt > RATE_INTERVAL) {
            rate = (arrived - rateFrom) * RATE_INTERVAL / (asked - rateAt);
            rateAt = asked;
            rateFrom = arrived;
        }
        progress.update(new Progress.Snapshot(
                elapsed(),
                Math.min(1, fraction),
                ledger.committedCount(),
                arrived,
                rate,
                status.oldestPending(),
                takeovers.held()));
    }
}
