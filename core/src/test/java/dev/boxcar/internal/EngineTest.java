package dev.boxcar.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.StorageException;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.simulation.ForwardingStorage;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the simulation has found, each by itself. */
class EngineTest {

    private static final Duration CLAIM = Duration.ofSeconds(2);

    private final StillClock clock = new StillClock();
    private final InMemoryStorage storage = InMemoryStorage.create(clock);
    private int engines;

    /** It took a time that had passed for its next deadline, and its thread span until the last call was answered. */
    @Test
    void whoDrainsWaitsForWhatIsUnderWayAndForNothingElse() {
        write("failing", "held");
        CompletableFuture<PublishResults> held = new CompletableFuture<>();
        Engine engine = engine(
                storage,
                entries -> text(entries.get(0)).equals("held")
                        ? held
                        : CompletableFuture.completedFuture(PublishResults.all(PublishResult.failed("not yet"))));
        turn(engine);

        engine.stop();
        clock.nanos += OutboxSettings.defaults().retryPolicy().firstDelay().toNanos();
        turn(engine);

        assertThat(engine.isAtRest()).as("the second message is being sent").isFalse();
        assertThat(engine.nextDeadline()).as("when it goes on by itself").isGreaterThan(clock.nanoTime());
        held.complete(PublishResults.allSent());
        turn(engine);
        assertThat(engine.isAtRest()).isTrue();
    }

    /** It looked again a third of the claim duration later, so that a takeover took longer than promised. */
    @Test
    void whoWasTooSlowToTakeAClaimLooksAtOnceWhatIsLeft() {
        List<Integer> wanted = new ArrayList<>();
        OutboxStorage<InMemoryTransaction> contended = new ForwardingStorage<>(storage) {
            @Override
            public List<Claim> acquire(Session session, Collection<Claim> seen) {
                wanted.add(seen.size());
                // Another one is faster, takes a half of them, and leaves again.
                List<Claim> rest = List.copyOf(seen).subList(0, (seen.size() + 1) / 2);
                return super.acquire(session, rest);
            }
        };
        Engine engine = engine(contended, entries -> new CompletableFuture<>());

        turn(engine);

        assertThat(wanted).containsExactly(64, 32, 16, 8, 4, 2, 1);
        assertThat(engine.status().claims()).isEqualTo(64);
    }

    /** A pause forgot it while it was on its way to the dead letters, and what was read afterwards was sent. */
    @Test
    void whatGoesToTheDeadLettersIsNotSentAgainAfterAPause() {
        write("refused");
        List<String> sent = new ArrayList<>();
        boolean[] away = {true};
        OutboxStorage<InMemoryTransaction> unreachable = new ForwardingStorage<>(storage) {
            @Override
            public void settle(Session session, Settlement settlement) {
                if (away[0]) {
                    throw new StorageException("away", null);
                }
                super.settle(session, settlement);
            }
        };
        Engine engine = engine(unreachable, entries -> {
            sent.add(text(entries.get(0)));
            return CompletableFuture.completedFuture(PublishResults.all(PublishResult.rejected("no")));
        });
        turn(engine);
        assertThat(storage.status().deadLetters()).isZero();

        engine.pause("");
        engine.resume("");
        turn(engine);
        away[0] = false;
        clock.nanos += Duration.ofSeconds(1).toNanos();
        turn(engine);

        assertThat(storage.status().deadLetters()).isEqualTo(1);
        assertThat(sent).containsExactly("refused");
        assertThat(engine.status().entriesInFlight()).isZero();
    }

    /** It found out with its next look, up to a third of the claim duration later. */
    @Test
    void whatADeadProcessorHeldIsTakenOverAsSoonAsItsClaimsEnd() {
        Engine dying = engine(storage, entries -> new CompletableFuture<>());
        turn(dying);
        Engine heir = engine(storage, entries -> new CompletableFuture<>());
        turn(heir);
        long death = clock.nanos; // it has just renewed its claims
        assertThat(heir.status().claims()).isZero();

        while (heir.status().claims() == 0) {
            clock.nanos = heir.nextDeadline();
            turn(heir);
        }

        assertThat(Duration.ofNanos(clock.nanos - death))
                .as("from the last renewal to the takeover")
                .isBetween(CLAIM, CLAIM.plusMillis(25));
        assertThat(heir.status().claims()).isEqualTo(64);
    }

    private void write(String... texts) {
        try (InMemoryTransaction transaction = storage.begin()) {
            for (String text : texts) {
                storage.publish(OutboxContext.DEFAULT, transaction, List.of(Message.of(text, text)));
            }
            transaction.commit();
        }
    }

    private static String text(ClaimedEntry entry) {
        return new String(entry.payload(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private Engine engine(OutboxStorage<InMemoryTransaction> its, Publisher publisher) {
        Engine engine = new Engine(new Environment(
                "p",
                OutboxSettings.builder().claimDuration(CLAIM).batchSize(1).build(),
                its,
                publisher,
                new OutboxListener() {},
                clock,
                new Random(++engines)));
        engine.begin(Runnable::run, false, false);
        return engine;
    }

    private static void turn(Engine engine) {
        while (engine.turn() > 0) {}
    }

    private static final class StillClock implements OutboxClock {
        private long nanos = 1_000_000_000;

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
