package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxSettings;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.RoutingPublisher;
import dev.boxcar.memory.InMemoryTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How many entries go into one publish call. */
class CallSizeTest {

    /** Prefers calls of a certain size, and notes how large they are. */
    private static final class Preferring implements Publisher {
        private final int size;
        private final List<Integer> calls = new ArrayList<>();

        Preferring(int size) {
            this.size = size;
        }

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            calls.add(entries.size());
            return CompletableFuture.completedFuture(PublishResults.allSent());
        }

        @Override
        public boolean keepsOrderWithinCall() {
            return true;
        }

        @Override
        public int preferredBatchSize() {
            return size;
        }
    }

    private final Scene scene = new Scene();

    @Test
    void aPublisherThatPrefersLargerCallsGetsThemEvenOfOneKey() {
        assertThat(callsOf(new Preferring(50), settings -> {})).containsExactly(50, 50, 20);
    }

    @Test
    void aPublisherThatPrefersSmallerCallsGetsTheDefault() {
        assertThat(callsOf(new Preferring(1), settings -> {})).containsOnly(OutboxSettings.DEFAULT_BATCH_SIZE);
    }

    @Test
    void aBatchSizeThatWasSetIsKept() {
        assertThat(callsOf(new Preferring(50), settings -> settings.batchSize(30)))
                .containsExactly(30, 30, 30, 30);
    }

    @Test
    void noCallHoldsMoreThanMemoryMay() {
        assertThat(callsOf(
                        new Preferring(50),
                        settings -> settings.maxInFlightEntries(40).readSize(40)))
                .containsExactly(40, 40, 40);
    }

    @Test
    void whatIsRoutedGoesInCallsThatNoneOfThePublishersFindsTooLarge() {
        Preferring large = new Preferring(50);
        Preferring small = new Preferring(25);
        Publisher routes =
                RoutingPublisher.builder().route("a", large).route("b", small).build();
        write("a");
        pump(routes, settings -> {});
        assertThat(large.calls).containsExactly(25, 25, 25, 25, 20);
    }

    private List<Integer> callsOf(Preferring publisher, Consumer<OutboxSettings.Builder> settings) {
        write("");
        pump(publisher, settings);
        return publisher.calls;
    }

    private void write(String namespace) {
        for (int i = 0; i < 120; i++) {
            scene.write(namespace, "key", "text");
        }
    }

    private void pump(Publisher publisher, Consumer<OutboxSettings.Builder> settings) {
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(scene.storage)
                .publisher(publisher)
                .clock(scene.clock)
                .settings(settings)
                .build()) {
            outbox.pumpOutbox();
        }
    }
}
