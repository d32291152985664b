package dev.boxcar.micrometer;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxListener;
import dev.boxcar.spi.OutboxStorage;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one outbox; {@link OutboxMetric} lists them. It is the outbox's listener and a binder for any number of
 * registries; {@link #watch(Outbox)} adds what the processor is doing now, {@link #watch(OutboxStorage)} what waits in the table.
 * Each is optional: an application that only writes watches its storage alone.
 *
 * <p>A scrape never runs SQL. What is known about the table is read in the background, once every
 * {@linkplain Builder#refreshInterval interval} (default 15 s), by four small queries and one about locks, none of which counts further
 * than 10,000 rows; while a lock holds them up, they hold up to two connections of the data source. If they fail, the
 * gauges become NaN after three intervals. What the processor is doing is read at most once a second.
 *
 * <p>Events before {@link #bindTo} are counted; only the timers and summaries begin there. Nothing is allocated for an entry.
 *
 * <p>Safe for use by several threads. {@link #close()} ends the reading and takes the meters out of their registries: close it after
 * the outbox, and before the data source.
 */
public final class OutboxMetrics implements MeterBinder, OutboxListener, AutoCloseable {

    /** The name of an outbox that was given none. */
    public static final String DEFAULT_NAME = "default";

    /** How often the table is looked at unless it is set. */
    public static final Duration DEFAULT_REFRESH_INTERVAL = Duration.ofSeconds(15);

    private static final List<OutboxMetric> COUNTERS = List.of(
            OutboxMetric.MESSAGES_WRITTEN,
            OutboxMetric.ATTEMPTS_FAILED,
            OutboxMetric.ENTRIES_RETRIED,
            OutboxMetric.ENTRIES_DEAD_LETTERED,
            OutboxMetric.KEYS_HELD,
            OutboxMetric.CLAIMS_ACQUIRED,
            OutboxMetric.CLAIMS_TAKEN_OVER,
            OutboxMetric.CLAIMS_LOST,
            OutboxMetric.STORAGE_OUTAGES);

    private final String name;
    private final Duration refreshInterval;
    private final double[] percentiles;
    private final LongSupplier wallClock;
    private final Map<OutboxMetric, LongAdder> counts = new EnumMap<>(OutboxMetric.class);
    private final List<DistributionSummary> settleBatches = new CopyOnWriteArrayList<>();
    private final Map<String, DestinationMeters> destinations = new ConcurrentHashMap<>();

    // Guarded by this.
    private final List<Meters> bound = new ArrayList<>();
    private @Nullable ProcessorWatch processor;
    private @Nullable StorageWatch storage;
    private boolean closed;

    private OutboxMetrics(Builder builder) {
        this.name = builder.name;
        this.refreshInterval = builder.refreshInterval;
        this.percentiles = builder.percentiles;
        this.wallClock = builder.wallClock;
        COUNTERS.forEach(metric -> counts.put(metric, new LongAdder()));
    }

    /** With the defaults of {@link #builder()}. */
    public static OutboxMetrics create() {
        return builder().build();
    }

    /** A builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** Adds what the processor of this outbox is doing. */
    public synchronized void watch(Outbox<?> outbox) {
        Objects.requireNonNull(outbox, "outbox");
        if (processor != null) {
            throw new IllegalStateException("the metrics '" + name + "' watch an outbox already; each needs its own");
        }
        requireOpen();
        ProcessorWatch watch = new ProcessorWatch(outbox::status, System::nanoTime);
        processor = watch;
        bound.forEach(watch::register);
        destinations.values().forEach(destination -> destination.watch(watch));
    }

    /** Adds what waits in a storage, and begins to look at it. */
    public synchronized void watch(OutboxStorage<?> outboxStorage) {
        Objects.requireNonNull(outboxStorage, "outboxStorage");
        if (storage != null) {
            throw new IllegalStateException("the metrics '" + name + "' watch a storage already; each needs its own");
        }
        requireOpen();
        StorageWatch watch = new StorageWatch(outboxStorage, refreshInterval, System::nanoTime);
        storage = watch;
        bound.forEach(watch::register);
        watch.start("boxcar-metrics-" + name);
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        requireOpen();
        if (bound.stream().anyMatch(meters -> meters.isOf(registry))) {
            return;
        }
        Meters meters = new Meters(registry, name, percentiles);
        counts.forEach(meters::counter);
        settleBatches.add(meters.summary(OutboxMetric.SETTLE_BATCH));
        destinations.values().forEach(destination -> destination.register(meters));
        if (processor != null) {
            processor.register(meters);
        }
        if (storage != null) {
            storage.register(meters);
        }
        bound.add(meters);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the metrics '" + name + "' are closed");
        }
    }

    /** Ends the reading and takes the meters out of their registries. May be called again. */
    @Override
    public void close() {
        StorageWatch watch;
        synchronized (this) {
            closed = true;
            watch = storage;
            storage = null;
        }
        if (watch != null) {
            watch.close();
        }
        synchronized (this) {
            bound.forEach(Meters::removeAll);
            bound.clear();
        }
    }

    private DestinationMeters destination(String destination) {
        DestinationMeters known = destinations.get(destination);
        return known != null ? known : meet(destination);
    }

    private synchronized DestinationMeters meet(String destination) {
        return destinations.computeIfAbsent(destination, unknown -> {
            DestinationMeters met = new DestinationMeters(destination);
            if (processor != null) {
                met.watch(processor);
            }
            bound.forEach(met::register);
            return met;
        });
    }

    private void count(OutboxMetric metric, long number) {
        LongAdder adder = counts.get(metric);
        if (adder != null) {
            adder.add(number);
        }
    }

    @Override
    public void messagesWritten(OutboxContext context, List<Message> messages) {
        count(OutboxMetric.MESSAGES_WRITTEN, messages.size());
    }

    @Override
    public void published(String destination, List<ClaimedEntry> entries, Duration callTime) {
        destination(destination).published(entries, callTime, wallClock.getAsLong());
    }

    @Override
    public void settled(int entries) {
        for (DistributionSummary batches : settleBatches) {
            batches.record(entries);
        }
    }

    @Override
    public void retryScheduled(ClaimedEntry entry, String reason, Duration delay) {
        count(OutboxMetric.ATTEMPTS_FAILED, 1);
        count(OutboxMetric.ENTRIES_RETRIED, 1);
    }

    @Override
    public void deadLettered(ClaimedEntry entry, String reason) {
        count(OutboxMetric.ATTEMPTS_FAILED, 1);
        count(OutboxMetric.ENTRIES_DEAD_LETTERED, 1);
    }

    @Override
    public void keyHeld(ClaimedEntry entry, String reason) {
        count(OutboxMetric.KEYS_HELD, 1);
    }

    @Override
    public void claimsAcquired(int partitions, int takenOver) {
        count(OutboxMetric.CLAIMS_ACQUIRED, partitions);
        count(OutboxMetric.CLAIMS_TAKEN_OVER, takenOver);
    }

    @Override
    public void claimsLost(int partitions) {
        count(OutboxMetric.CLAIMS_LOST, partitions);
    }

    @Override
    public void destinationUnavailable(String destination, String reason) {
        destination(destination).unavailable();
    }

    @Override
    public void destinationAvailable(String destination, Duration outage) {
        destination(destination).available();
    }

    @Override
    public void storageFailed(String operation, Throwable cause) {
        count(OutboxMetric.STORAGE_OUTAGES, 1);
    }

    @Override
    public String toString() {
        return "OutboxMetrics[" + name + "]";
    }

    /** Collects settings. Not safe for use by several threads. */
    public static final class Builder {
        private String name = DEFAULT_NAME;
        private Duration refreshInterval = DEFAULT_REFRESH_INTERVAL;
        private double[] percentiles = {};
        private LongSupplier wallClock = System::currentTimeMillis;

        private Builder() {}

        /** The value of the tag {@value OutboxMetric#OUTBOX}: what tells several outboxes of one process apart. */
        public Builder name(String value) {
            if (value.isBlank()) {
                throw new IllegalArgumentException("the name of an outbox's metrics must not be blank");
            }
            name = value;
            return this;
        }

        /** How often the table is looked at; from 1 s to 1 h, default 15 s. Shorter than a scrape's interval is a waste. */
        public Builder refreshInterval(Duration value) {
            if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("refreshInterval (" + value + ") must be from 1 s to 1 h");
            }
            refreshInterval = value;
            return this;
        }

        /**
         * Percentiles of the timers that are computed in this process, for example {@code 0.5, 0.99}: for registries that know no
         * histograms. They cannot be summed up over processes. Default: none; the timers have histograms, out of which Prometheus and
         * its like compute any percentile of all processes together.
         */
        public Builder percentiles(double... values) {
            if (Arrays.stream(values).anyMatch(value -> !(value >= 0 && value <= 1))) {
                throw new IllegalArgumentException(
                        "percentiles (" + Arrays.toString(values) + ") must be from 0 to 1; 0.99 is the 99th");
            }
            percentiles = values.clone();
            return this;
        }

        /** For tests: milliseconds since the epoch. */
        Builder wallClock(LongSupplier value) {
            wallClock = value;
            return this;
        }

        /** The metrics. */
        public OutboxMetrics build() {
            return new OutboxMetrics(this);
        }
    }
}
