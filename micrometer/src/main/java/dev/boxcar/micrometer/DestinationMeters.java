package dev.boxcar.micrometer;

import dev.boxcar.ClaimedEntry;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What is measured of one destination. */
final class DestinationMeters {

    /** What one registry records. */
    private record Recorders(Timer lag, Timer call, DistributionSummary batch) {}

    private final String name;
    private final LongAdder published = new LongAdder();
    private final LongAdder outages = new LongAdder();
    private final List<Recorders> recorders = new CopyOnWriteArrayList<>();
    private volatile @Nullable ProcessorWatch processor;
    private volatile boolean available = true;

    DestinationMeters(String name) {
        this.name = name;
    }

    void watch(ProcessorWatch watch) {
        processor = watch;
    }

    void register(Meters meters) {
        Tag tag = Tag.of(OutboxMetric.DESTINATION, name);
        meters.counter(OutboxMetric.ENTRIES_PUBLISHED, published, tag);
        meters.counter(OutboxMetric.DESTINATION_OUTAGES, outages, tag);
        meters.gauge(OutboxMetric.DESTINATION_AVAILABLE, this, self -> self.available ? 1 : 0, tag);
        meters.gauge(OutboxMetric.DESTINATION_CALLS, this, DestinationMeters::calls, tag);
        recorders.add(new Recorders(
                meters.timer(OutboxMetric.DELIVERY_LAG, tag),
                meters.timer(OutboxMetric.PUBLISH_CALL, tag),
                meters.summary(OutboxMetric.PUBLISH_BATCH, tag)));
    }

    void published(List<ClaimedEntry> entries, Duration callTime, long nowMillis) {
        published.add(entries.size());
        for (Recorders each : recorders) {
            each.call.record(callTime);
            each.batch.record(entries.size());
            for (int i = 0; i < entries.size(); i++) {
                // Two clocks: a processor's that is behind would make it negative.
                long lag = nowMillis - entries.get(i).createdAt().toEpochMilli();
                each.lag.record(Math.max(0, lag), TimeUnit.MILLISECONDS);
            }
        }
    }

    void unavailable() {
        available = false;
        outages.increment();
    }

    void available() {
        available = true;
    }

    private double calls() {
        ProcessorWatch watch = processor;
        return watch == null ? Double.NaN : watch.callsTo(name);
    }
}
