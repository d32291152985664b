package dev.boxcar.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxListener;
import dev.boxcar.RetryPolicy;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.FaultyStorage;
import dev.boxcar.testkit.RecordingPublisher;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxMetricsTest {

    private final InMemoryStorage storage = InMemoryStorage.create();
    private final RecordingPublisher publisher = RecordingPublisher.keepingOrder();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final OutboxMetrics metrics = OutboxMetrics.builder()
            .name("shop")
            .refreshInterval(Duration.ofSeconds(1))
            .build();

    @AfterEach
    void close() {
        metrics.close();
        assertThat(registry.getMeters()).as("meters that are left").isEmpty();
    }

    private Outbox<InMemoryTransaction> outbox(OutboxListener listener) {
        return Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(publisher)
                .listener(listener)
                .settings(s -> s.retryPolicy(
                        RetryPolicy.DEFAULT.withMaxAttempts(2).withDelays(Duration.ofMillis(1), Duration.ofMillis(1))))
                .build();
    }

    private void write(Outbox<InMemoryTransaction> outbox, String... payloads) {
        try (InMemoryTransaction transaction = storage.begin()) {
            for (String payload : payloads) {
                outbox.publish(transaction, Message.of("k", payload));
            }
            transaction.commit();
        }
    }

    private static double value(MeterRegistry in, OutboxMetric metric, String... tags) {
        Meter meter = in.get(metric.meterName())
                .tag(OutboxMetric.OUTBOX, "shop")
                .tags(tags)
                .meter();
        return meter.measure().iterator().next().getValue();
    }

    private double value(OutboxMetric metric, String... tags) {
        return value(registry, metric, tags);
    }

    @Test
    void itCountsWhatHappensToMessages() {
        metrics.bindTo(registry);
        publisher.failing(entry -> entry.payload().length == 3, 1, "not now");
        publisher.rejecting(entry -> entry.payload().length == 5, "never");
        try (Outbox<InMemoryTransaction> outbox = outbox(metrics)) {
            write(outbox, "1", "two", "three");
            Await.until("all is done", () -> {
                outbox.pumpOutbox();
                return storage.status().pending() == 0;
            });
        }

        assertThat(value(OutboxMetric.MESSAGES_WRITTEN)).isEqualTo(3);
        assertThat(value(OutboxMetric.ENTRIES_PUBLISHED, "destination", "default"))
                .isEqualTo(2);
        assertThat(value(OutboxMetric.ATTEMPTS_FAILED)).isEqualTo(2);
        assertThat(value(OutboxMetric.ENTRIES_RETRIED)).isEqualTo(1);
        assertThat(value(OutboxMetric.ENTRIES_DEAD_LETTERED)).isEqualTo(1);
        assertThat(value(OutboxMetric.CLAIMS_ACQUIRED)).isGreaterThanOrEqualTo(64);
        assertThat(value(OutboxMetric.CLAIMS_TAKEN_OVER)).isZero();
    }

    @Test
    void itMeasuresHowLongDeliveryTookAndHowMuchWentAtOnce() {
        OutboxMetrics late = OutboxMetrics.builder()
                .name("shop")
                .wallClock(() -> System.currentTimeMillis() + 60_000)
                .build();
        late.bindTo(registry);
        try (Outbox<InMemoryTransaction> outbox = outbox(late)) {
            write(outbox, "1", "2", "3");
            outbox.pumpOutbox();
        }

        Timer lag = registry.get(OutboxMetric.DELIVERY_LAG.meterName()).timer();
        assertThat(lag.count()).isEqualTo(3);
        assertThat(lag.mean(TimeUnit.SECONDS)).isBetween(60.0, 90.0);
        assertThat(lag.takeSnapshot().histogramCounts()).anySatisfy(bucket -> {
            assertThat(bucket.bucket(TimeUnit.MINUTES)).isEqualTo(5, within(0.01));
            assertThat(bucket.count()).isEqualTo(3);
        });
        assertThat(registry.get(OutboxMetric.PUBLISH_CALL.meterName()).timer().count())
                .isEqualTo(1);
        DistributionSummary batch =
                registry.get(OutboxMetric.PUBLISH_BATCH.meterName()).summary();
        assertThat(batch.totalAmount()).isEqualTo(3);
        assertThat(batch.count()).isEqualTo(1);
        assertThat(registry.get(OutboxMetric.SETTLE_BATCH.meterName()).summary().totalAmount())
                .isEqualTo(3);
        late.close();
    }

    /** A processor's clock that is behind the database's must not make time run backwards. */
    @Test
    void aClockThatIsBehindMeasuresNothingBelowZero() {
        OutboxMetrics behind = OutboxMetrics.builder().wallClock(() -> 0).build();
        behind.bindTo(registry);
        try (Outbox<InMemoryTransaction> outbox = outbox(behind)) {
            write(outbox, "1");
            outbox.pumpOutbox();
        }
        Timer lag = registry.get(OutboxMetric.DELIVERY_LAG.meterName()).timer();
        assertThat(lag.count()).isEqualTo(1);
        assertThat(lag.max(TimeUnit.SECONDS)).isZero();
        behind.close();
    }

    @Test
    void percentilesAreComputedHereIfWanted() {
        OutboxMetrics with = OutboxMetrics.builder().percentiles(0.5, 0.99).build();
        with.bindTo(registry);
        try (Outbox<InMemoryTransaction> outbox = outbox(with)) {
            write(outbox, "1");
            outbox.pumpOutbox();
        }
        assertThat(registry.get(OutboxMetric.DELIVERY_LAG.meterName())
                        .timer()
                        .takeSnapshot()
                        .percentileValues())
                .hasSize(2);
        with.close();
        assertThatThrownBy(() -> OutboxMetrics.builder().percentiles(99)).hasMessageContaining("0.99 is the 99th");
    }

    @Test
    void itShowsADestinationThatCannotBeReached() {
        metrics.bindTo(registry);
        publisher.unavailable();
        try (Outbox<InMemoryTransaction> outbox = outbox(metrics)) {
            write(outbox, "1");
            outbox.pumpOutbox();
            assertThat(value(OutboxMetric.DESTINATION_AVAILABLE, "destination", "default"))
                    .isZero();
            assertThat(value(OutboxMetric.DESTINATION_OUTAGES, "destination", "default"))
                    .isEqualTo(1);

            publisher.heal();
            Await.until("it is sent", () -> outbox.pumpOutbox() == 1);
        }
        assertThat(value(OutboxMetric.DESTINATION_AVAILABLE, "destination", "default"))
                .isEqualTo(1);
    }

    @Test
    void itShowsWhatTheProcessorIsDoingAndWhatWaits() {
        metrics.bindTo(registry);
        publisher.hold();
        try (Outbox<InMemoryTransaction> outbox = outbox(metrics)) {
            metrics.watch(outbox);
            metrics.watch(storage);
            outbox.start();
            write(outbox, "12345");
            outbox.wakeProcessor();
            Await.until("a call is under way", () -> !publisher.heldCalls().isEmpty());
            Await.until("it shows", () -> value(OutboxMetric.ENTRIES_IN_FLIGHT) == 1);
            Await.until("it shows", () -> value(OutboxMetric.PENDING) == 1);
            Await.until("it shows", () -> value(OutboxMetric.PENDING_OLDEST_AGE) > 0);

            assertThat(value(OutboxMetric.PROCESSOR_RUNNING)).isEqualTo(1);
            assertThat(value(OutboxMetric.CLAIMS_HELD)).isEqualTo(64);
            assertThat(value(OutboxMetric.PAYLOAD_IN_FLIGHT)).isEqualTo(6);
            assertThat(value(OutboxMetric.KEYS_WAITING)).isZero();
            assertThat(value(OutboxMetric.NAMESPACES_PAUSED)).isZero();
            assertThat(value(OutboxMetric.PROCESSORS)).isEqualTo(1);
            assertThat(value(OutboxMetric.PARTITIONS_UNCLAIMED)).isZero();
            assertThat(value(OutboxMetric.DEAD_LETTERS)).isZero();
            assertThat(value(OutboxMetric.BLOCKING_SESSIONS)).isZero();
            assertThat(value(OutboxMetric.STATUS_AGE)).isLessThan(60);

            publisher.release();
            Await.until("nothing waits", () -> value(OutboxMetric.PENDING) == 0);
            assertThat(value(OutboxMetric.DRAIN_TIME)).isZero();
            assertThat(value(OutboxMetric.DESTINATION_CALLS, "destination", "default"))
                    .isNotNaN();
        }
        Await.until("it has stopped", () -> value(OutboxMetric.PROCESSOR_RUNNING) == 0);
        Await.until("nobody is there", () -> value(OutboxMetric.PARTITIONS_UNCLAIMED) == 64);
    }

    /** Whatever is scraped how often: the storage is asked once in an interval. */
    @Test
    void aScrapeAsksNeitherTheStorageNorOften() {
        FaultyStorage<InMemoryTransaction> counting = new FaultyStorage<>(storage);
        OutboxMetrics slow = OutboxMetrics.builder()
                .name("shop")
                .refreshInterval(Duration.ofHours(1))
                .build();
        slow.bindTo(registry);
        slow.watch(counting);
        Await.until("the first look", () -> value(OutboxMetric.PENDING) == 0);
        Await.until("the other first look", () -> value(OutboxMetric.BLOCKING_SESSIONS) == 0);
        for (int i = 0; i < 1_000; i++) {
            registry.getMeters().forEach(meter -> meter.measure().forEach(each -> each.getValue()));
        }
        assertThat(counting.count(FaultyStorage.Operation.STATUS)).isEqualTo(2);
        slow.close();
    }

    @Test
    void numbersThatAreTooOldAreNotShown() {
        FaultyStorage<InMemoryTransaction> faulty = new FaultyStorage<>(storage);
        metrics.bindTo(registry);
        metrics.watch(faulty);
        Await.until("the first look", () -> value(OutboxMetric.PENDING) == 0);
        faulty.breakDown();
        Await.until("old numbers are gone", () -> Double.isNaN(value(OutboxMetric.PENDING)));
        assertThat(value(OutboxMetric.STATUS_AGE)).isGreaterThan(3);
        assertThat(value(OutboxMetric.BLOCKING_SESSIONS)).isNaN();
        faulty.repair();
        Await.until("it sees again", () -> value(OutboxMetric.PENDING) == 0);
    }

    @Test
    void whatHappenedBeforeARegistryCameIsCounted() {
        try (Outbox<InMemoryTransaction> outbox = outbox(metrics)) {
            metrics.watch(outbox);
            write(outbox, "1", "2");
            outbox.pumpOutbox();
        }
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        metrics.bindTo(registry);
        metrics.bindTo(other);
        metrics.bindTo(other);
        for (MeterRegistry each : List.of(registry, other)) {
            assertThat(value(each, OutboxMetric.MESSAGES_WRITTEN)).isEqualTo(2);
            assertThat(value(each, OutboxMetric.ENTRIES_PUBLISHED)).isEqualTo(2);
            assertThat(value(each, OutboxMetric.PROCESSOR_RUNNING)).isZero();
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> OutboxMetrics.builder().name(" ")).hasMessageContaining("blank");
        assertThatThrownBy(() -> OutboxMetrics.builder().refreshInterval(Duration.ofMillis(10)))
                .hasMessageContaining("1 s to 1 h");
        metrics.watch(storage);
        assertThatThrownBy(() -> metrics.watch(storage)).hasMessageContaining("already");
        metrics.close();
        assertThatThrownBy(() -> metrics.bindTo(registry)).hasMessageContaining("closed");
    }
}
