package dev.boxcar.micrometer;

import dev.boxcar.OutboxStatus;
import dev.boxcar.OutboxStatus.DestinationStatus;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a processor is doing, asked at most once a second: a scrape reads all its gauges from one answer. */
final class ProcessorWatch {

    private static final long FRESH_NANOS = 1_000_000_000;

    private record Answer(OutboxStatus status, long at) {}

    private final Supplier<OutboxStatus> source;
    private final LongSupplier nanoTime;
    private volatile @Nullable Answer last;

    ProcessorWatch(Supplier<OutboxStatus> source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
    }

    void register(Meters meters) {
        meters.gauge(OutboxMetric.PROCESSOR_RUNNING, this, self -> self.status().running() ? 1 : 0);
        meters.gauge(OutboxMetric.CLAIMS_HELD, this, self -> self.status().claims());
        meters.gauge(OutboxMetric.ENTRIES_IN_FLIGHT, this, self -> self.status().entriesInFlight());
        meters.gauge(OutboxMetric.PAYLOAD_IN_FLIGHT, this, self -> self.status().bytesInFlight());
        meters.gauge(OutboxMetric.KEYS_WAITING, this, self -> self.status().keysHeld());
        meters.gauge(
                OutboxMetric.NAMESPACES_PAUSED,
                this,
                self -> self.status().pausedNamespaces().size());
    }

    double callsTo(String destination) {
        for (DestinationStatus each : status().destinations()) {
            if (each.name().equals(destination)) {
                return each.callsInFlight();
            }
        }
        return 0;
    }

    private OutboxStatus status() {
        long now = nanoTime.getAsLong();
        Answer known = last;
        if (known == null || now - known.at > FRESH_NANOS) {
            known = new Answer(source.get(), now);
            last = known;
        }
        return known.status;
    }
}
