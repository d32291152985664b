package dev.boxcar.testkit.scenario;

import dev.boxcar.Outbox;
import dev.boxcar.OutboxSettings;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.testkit.ManualClock;
import dev.boxcar.testkit.RecordingPublisher;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects what an {@link OutboxScenario} is made of. Not safe for use by several threads.
 *
 * @param <T> the transaction
 */
public final class ScenarioBuilder<T> {

    /** Longer than any test's delivery: the processor's clock stands still, the database's does not. */
    private static final Duration CLAIM_DURATION = Duration.ofMinutes(1);

    private final OutboxStorage<T> storage;
    private @Nullable Transactions<T> transactions;
    private Consumer<OutboxSettings.Builder> settings = each -> {};
    private RecordingPublisher broker = RecordingPublisher.keepingOrder();

    ScenarioBuilder(OutboxStorage<T> storage) {
        this.storage = storage;
    }

    /** How {@link OutboxScenario#stimulate(OutboxScenario.Work)} begins and ends transactions. Default: it refuses. */
    public ScenarioBuilder<T> transactions(Transactions<T> value) {
        transactions = value;
        return this;
    }

    /** Settings of the application's own, for example its retry policy. */
    public ScenarioBuilder<T> settings(Consumer<OutboxSettings.Builder> change) {
        settings = change;
        return this;
    }

    /** A destination for each of these namespaces, and no others. Default: one for all. */
    public ScenarioBuilder<T> destinations(String... namespaces) {
        broker = RecordingPublisher.withDestinations(namespaces);
        return this;
    }

    /** The scenario. Does not touch the storage. */
    public OutboxScenario<T> build() {
        return build(new ManualClock());
    }

    OutboxScenario<T> build(ManualClock clock) {
        VirtualDelays<T> delays = new VirtualDelays<>(storage, clock);
        Outbox<T> outbox = Outbox.<T>builder()
                .storage(delays)
                .publisher(broker)
                .clock(clock)
                .settings(each -> settings.accept(each.claimDuration(CLAIM_DURATION)))
                .build();
        return new OutboxScenario<>(outbox, delays, broker, transactions, delays);
    }
}
