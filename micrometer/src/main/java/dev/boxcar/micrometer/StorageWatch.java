package dev.boxcar.micrometer;

import dev.boxcar.spi.BlockingSession;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StorageStatus.ProcessorStatus;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a storage from time to time and remembers what it saw. Who blocks is asked on a thread of its own, because the status
 * reads the tables: while somebody has locked them it waits, and that is when the other answer matters.
 */
final class StorageWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StorageWatch.class);

    /** Older numbers are not reported. */
    private static final int INTERVALS = 3;

    private record Seen(StorageStatus status, double drainSeconds, long at) {}

    private record Blocked(List<BlockingSession> sessions, long at) {}

    private final OutboxStorage<?> storage;
    private final Duration interval;
    private final LongSupplier nanoTime;
    private final Drain drain;
    private final long begun;
    private final List<MultiGauge> blockedGauges = new CopyOnWriteArrayList<>();
    private @Nullable ScheduledExecutorService threads;
    private boolean statusFails;
    private boolean blockingFails;
    private volatile @Nullable Seen seen;
    private volatile @Nullable Blocked blocked;

    StorageWatch(OutboxStorage<?> storage, Duration interval, LongSupplier nanoTime) {
        this.storage = storage;
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.drain = new Drain(interval);
        this.begun = nanoTime.getAsLong();
    }

    void register(Meters meters) {
        gauge(meters, OutboxMetric.PENDING, last -> last.status.pendingEstimate());
        gauge(meters, OutboxMetric.PENDING_OLDEST_AGE, last -> {
            Duration oldest = last.status.oldestPending();
            return oldest == null ? 0 : oldest.toMillis() / 1e3;
        });
        gauge(meters, OutboxMetric.DRAIN_TIME, last -> last.drainSeconds);
        gauge(meters, OutboxMetric.DEAD_LETTERS, last -> last.status.deadLetters());
        gauge(meters, OutboxMetric.PROCESSORS, last -> last.status.processors().size());
        gauge(
                meters,
                OutboxMetric.PARTITIONS_UNCLAIMED,
                last -> Math.max(
                        0,
                        storage.partitions()
                                - last.status.processors().stream()
                                        .mapToInt(ProcessorStatus::partitions)
                                        .sum()));
        meters.gauge(OutboxMetric.STATUS_AGE, this, StorageWatch::age);
        meters.gauge(OutboxMetric.BLOCKING_SESSIONS, this, StorageWatch::blockingSessions);
        blockedGauges.add(meters.multiGauge(OutboxMetric.DELIVERY_BLOCKED));
    }

    private void gauge(Meters meters, OutboxMetric metric, ToDoubleFunction<Seen> value) {
        meters.gauge(metric, this, self -> {
            Seen last = self.seen;
            return last == null || self.isOld(last.at) ? Double.NaN : value.applyAsDouble(last);
        });
    }

    private boolean isOld(long at) {
        return nanoTime.getAsLong() - at > interval.toNanos() * INTERVALS;
    }

    private double age() {
        Seen last = seen;
        return (nanoTime.getAsLong() - (last == null ? begun : last.at)) / 1e9;
    }

    private double blockingSessions() {
        Blocked last = blocked;
        return last == null || isOld(last.at) ? Double.NaN : last.sessions.size();
    }

    synchronized void start(String threadName) {
        ScheduledExecutorService executor = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        threads = executor;
        long millis = interval.toMillis();
        var unused = executor.scheduleWithFixedDelay(this::lookWhoBlocks, 0, millis, TimeUnit.MILLISECONDS);
        unused = executor.scheduleWithFixedDelay(this::lookAtStatus, 0, millis, TimeUnit.MILLISECONDS);
    }

    void lookAtStatus() {
        try {
            StorageStatus status = storage.status();
            long now = nanoTime.getAsLong();
            seen = new Seen(status, drain.seconds(now, status.pendingEstimate(), status.oldestPending()), now);
            statusFails = tell(statusFails, null);
        } catch (RuntimeException e) {
            statusFails = tell(statusFails, e);
        }
    }

    void lookWhoBlocks() {
        try {
            List<BlockingSession> sessions = storage.blockingSessions();
            Blocked before = blocked;
            blocked = new Blocked(sessions, nanoTime.getAsLong());
            if (!sessions.isEmpty() || (before != null && !before.sessions.isEmpty())) {
                List<MultiGauge.Row<?>> rows = sessions.stream()
                        .<MultiGauge.Row<?>>map(StorageWatch::row)
                        .toList();
                blockedGauges.forEach(gauge -> gauge.register(rows, true));
            }
            blockingFails = tell(blockingFails, null);
        } catch (RuntimeException e) {
            blockingFails = tell(blockingFails, e);
        }
    }

    private static MultiGauge.Row<Number> row(BlockingSession session) {
        return MultiGauge.Row.of(
                Tags.of(
                        OutboxMetric.SESSION,
                        session.id(),
                        OutboxMetric.USER,
                        session.user(),
                        OutboxMetric.APPLICATION,
                        session.application()),
                session.longestWait().toMillis() / 1e3);
    }

    private boolean tell(boolean failing, @Nullable RuntimeException failure) {
        if (failure != null && !failing) {
            log.warn(
                    "metrics: cannot look at {}; trying again every {} s: {}",
                    storage.description(),
                    interval.toSeconds(),
                    failure.toString());
        } else if (failure == null && failing) {
            log.info("metrics: can look at {} again", storage.description());
        }
        return failure != null;
    }

    @Override
    public void close() {
        ScheduledExecutorService executor;
        synchronized (this) {
            executor = threads;
            threads = null;
        }
        if (executor != null) {
            executor.shutdown();
            try {
                if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
                    executor.shutdownNow();
                }
            } catch (InterruptedException e) {
                executor.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
        blockedGauges.forEach(gauge -> gauge.register(List.of(), true));
    }
}
