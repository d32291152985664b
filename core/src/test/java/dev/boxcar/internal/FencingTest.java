package dev.boxcar.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.PublishLease;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.RoutingPublisher;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A publisher that can fence is asked to, before anything of what was taken over is published. */
class FencingTest {

    private static final Duration CLAIM = Duration.ofSeconds(2);

    private final ManualClock clock = new ManualClock();
    private final InMemoryStorage storage = InMemoryStorage.create(clock);
    private final Fencer fencer = new Fencer();
    private final Session dead = new Session("dead", "the-dead-session");

    @BeforeEach
    void writeAndDie() {
        try (InMemoryTransaction transaction = storage.begin()) {
            storage.publish(OutboxContext.DEFAULT, transaction, List.of(Message.of("k", "1"), Message.of("l", "2")));
            transaction.commit();
        }
        var view = storage.heartbeat(dead, CLAIM, true);
        storage.acquire(dead, view.claims());
        clock.advance(CLAIM.plusMillis(1));
    }

    @Test
    void nothingOfADeadProcessorIsPublishedBeforeItIsFenced() {
        Engine engine = engine(fencer);

        turn(engine);
        assertThat(fencer.asked).containsExactly("the-dead-session");
        assertThat(fencer.published).isEmpty();
        for (int i = 0; i < 10; i++) { // its claims stay alive meanwhile
            clock.advance(CLAIM.dividedBy(4));
            turn(engine);
        }
        assertThat(fencer.asked).hasSize(1);
        assertThat(fencer.published).isEmpty();

        fencer.answers.get(0).complete(null);
        turn(engine);
        assertThat(fencer.published).hasSize(2);
    }

    @Test
    void fencingIsAskedForAgainUntilItSucceeds() {
        Engine engine = engine(fencer);
        turn(engine);

        fencer.answers.get(0).completeExceptionally(new IllegalStateException("no broker"));
        turn(engine);
        assertThat(fencer.asked).hasSize(1);
        clock.advance(Duration.ofMillis(500));
        turn(engine);
        assertThat(fencer.asked).containsExactly("the-dead-session", "the-dead-session");
        assertThat(fencer.published).isEmpty();

        fencer.answers.get(1).complete(null);
        turn(engine);
        assertThat(fencer.published).hasSize(2);
    }

    @Test
    void whatIsGivenBackNeedsNoFencing() {
        storage.heartbeat(dead, CLAIM, false);
        Session polite = new Session("polite", "polite");
        var view = storage.heartbeat(polite, CLAIM, true);
        storage.acquire(polite, view.claims());
        storage.leave(polite);
        Engine engine = engine(fencer);

        turn(engine);
        assertThat(fencer.asked).isEmpty();
        assertThat(fencer.published).hasSize(2);
    }

    @Test
    void aLeaseNamesTheSessionAndIsValidAsLongAsTheClaimsSurelyAre() {
        Engine engine = engine(fencer);
        turn(engine);
        fencer.answers.get(0).complete(null);
        turn(engine);

        PublishLease lease = fencer.leases.get(0);
        assertThat(storage.heartbeat(new Session("other", "other"), CLAIM, true).claims())
                .allMatch(claim -> lease.session().equals(claim.owner()));
        assertThat(lease.isValid()).isTrue();
        clock.advance(CLAIM);
        assertThat(lease.isValid()).isFalse();
    }

    @Test
    void aRoutingPublisherFencesEachOfItsPublishersOnceAndHandsTheLeaseOn() {
        Publisher routing = RoutingPublisher.builder()
                .route("", fencer)
                .route("other", "other", fencer)
                .otherwise("rest", entries -> new CompletableFuture<>())
                .build();
        Engine engine = engine(routing);

        turn(engine);
        assertThat(fencer.asked).containsExactly("the-dead-session");
        fencer.answers.get(0).complete(null);
        turn(engine);
        assertThat(fencer.published).hasSize(2);
        assertThat(fencer.leases).isNotEmpty();
    }

    private Engine engine(Publisher publisher) {
        Engine engine = new Engine(new Environment(
                "heir",
                OutboxSettings.builder().claimDuration(CLAIM).build(),
                storage,
                publisher,
                new OutboxListener() {},
                clock,
                new Random(1)));
        engine.begin(Runnable::run, false, false);
        return engine;
    }

    private static void turn(Engine engine) {
        while (engine.turn() > 0) {}
    }

    private static final class Fencer implements Publisher {
        final List<String> asked = new ArrayList<>();
        final List<CompletableFuture<Void>> answers = new ArrayList<>();
        final List<ClaimedEntry> published = new ArrayList<>();
        final List<PublishLease> leases = new ArrayList<>();

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            throw new AssertionError("published without a lease");
        }

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries, PublishLease lease) {
            published.addAll(entries);
            leases.add(lease);
            return CompletableFuture.completedFuture(PublishResults.allSent());
        }

        @Override
        public CompletionStage<Void> fence(String endedSession) {
            asked.add(endedSession);
            CompletableFuture<Void> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        }
    }

    private static final class ManualClock implements OutboxClock {
        private long nanos = 1_000_000_000;

        void advance(Duration by) {
            nanos += by.toNanos();
        }

        @Override
        public Instant now() {
            return Instant.ofEpochSecond(0, nanos);
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public void parkUntil(long deadline) {
            throw new UnsupportedOperationException("the test turns the engine by hand");
        }
    }
}
