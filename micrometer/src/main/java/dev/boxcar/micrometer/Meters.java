package dev.boxcar.micrometer;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Registers the meters of one outbox in one registry, and takes them out again. */
final class Meters {

    /** From a wake to an outage of a day: a delivery can take either. */
    private static final Duration[] DELIVERY = Stream.of(
                    5L,
                    10L,
                    25L,
                    50L,
                    100L,
                    250L,
                    500L,
                    1_000L,
                    2_500L,
                    5_000L,
                    10_000L,
                    30_000L,
                    60_000L,
                    300_000L,
                    900_000L,
                    3_600_000L,
                    21_600_000L,
                    86_400_000L)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final Duration[] CALL = Stream.of(
                    1L, 2L, 5L, 10L, 25L, 50L, 100L, 250L, 500L, 1_000L, 2_500L, 10_000L)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final double[] BATCH = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000};

    private final MeterRegistry registry;
    private final Tags common;
    private final double[] percentiles;
    private final List<Meter> registered = new CopyOnWriteArrayList<>();

    Meters(MeterRegistry registry, String outbox, double[] percentiles) {
        this.registry = registry;
        this.common = Tags.of(OutboxMetric.OUTBOX, outbox);
        this.percentiles = percentiles;
    }

    boolean isOf(MeterRegistry other) {
        return registry == other;
    }

    void counter(OutboxMetric metric, LongAdder count, Tag... tags) {
        registered.add(FunctionCounter.builder(metric.meterName(), count, LongAdder::doubleValue)
                .description(metric.description())
                .tags(common.and(tags))
                .register(registry));
    }

    /** The registry does not keep the state alive. A time is in seconds. */
    <S> void gauge(OutboxMetric metric, S state, ToDoubleFunction<S> value, Tag... tags) {
        registered.add(
                metric.kind() == OutboxMetric.Kind.TIME_GAUGE
                        ? TimeGauge.builder(metric.meterName(), state, TimeUnit.SECONDS, value)
                                .description(metric.description())
                                .tags(common.and(tags))
                                .register(registry)
                        : Gauge.builder(metric.meterName(), state, value)
                                .description(metric.description())
                                .baseUnit(metric.unit())
                                .tags(common.and(tags))
                                .register(registry));
    }

    MultiGauge multiGauge(OutboxMetric metric) {
        return MultiGauge.builder(metric.meterName())
                .description(metric.description())
                .baseUnit(metric.unit())
                .tags(common)
                .register(registry);
    }

    Timer timer(OutboxMetric metric, Tag... tags) {
        Timer timer = Timer.builder(metric.meterName())
                .description(metric.description())
                .tags(common.and(tags))
                .serviceLevelObjectives(metric == OutboxMetric.DELIVERY_LAG ? DELIVERY : CALL)
                .publishPercentiles(percentiles)
                .register(registry);
        registered.add(timer);
        return timer;
    }

    DistributionSummary summary(OutboxMetric metric, Tag... tags) {
        DistributionSummary summary = DistributionSummary.builder(metric.meterName())
                .description(metric.description())
                .baseUnit(metric.unit())
                .tags(common.and(tags))
                .serviceLevelObjectives(BATCH)
                .register(registry);
        registered.add(summary);
        return summary;
    }

    void removeAll() {
        registered.forEach(registry::remove);
        registered.clear();
    }
}
