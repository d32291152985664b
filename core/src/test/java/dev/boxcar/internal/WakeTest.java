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
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.simulation.ForwardingStorage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** How many reads answer how many wakes, and how many statements settle how many entries. */
class WakeTest {

    private static final Duration LATER = Duration.ofHours(1);

    private final Clock clock = new Clock();
    private final InMemoryStorage memory = InMemoryStorage.create(clock);
    private final List<String> calls = new ArrayList<>();
    private final List<String> published = new ArrayList<>();
    private Duration readTakes = Duration.ofMillis(1);
    private int signals;

    private Engine engine(boolean byHand) {
        Publisher publisher = entries -> {
            PublishResults.Builder results = PublishResults.builder();
            for (ClaimedEntry entry : entries) {
                String payload = new String(entry.payload(), StandardCharsets.UTF_8);
                published.add(payload);
                results.add(entry, payload.equals("bad") ? PublishResult.rejected("it is bad") : PublishResult.SENT);
            }
            return CompletableFuture.completedFuture(results.build());
        };
        Engine engine = new Engine(new Environment(
                "p",
                OutboxSettings.builder()
                        .processInterval(LATER)
                        .minPollInterval(LATER)
                        .claimDuration(LATER)
                        .build(),
                new ForwardingStorage<>(memory) {
                    @Override
                    protected <R> R call(String operation, Supplier<R> call) {
                        calls.add(operation);
                        if (operation.equals("read")) {
                            clock.nanos += readTakes.toNanos();
                        }
                        return super.call(operation, call);
                    }
                },
                publisher,
                new OutboxListener() {},
                clock,
                new Random(1)));
        engine.onEvent(() -> signals++);
        engine.begin(Runnable::run, false, byHand);
        turn(engine);
        clock.nanos += 100_000_000;
        turn(engine);
        calls.clear();
        return engine;
    }

    private static void turn(Engine engine) {
        while (engine.turn() > 0) {}
    }

    private long reads() {
        return calls.stream().filter("read"::equals).count();
    }

    private void write(String payload) {
        try (InMemoryTransaction transaction = memory.begin()) {
            memory.publish(OutboxContext.DEFAULT, transaction, List.of(Message.of("k" + payload, payload)));
            transaction.commit();
        }
    }

    @Test
    void aWakeAfterAQuietTimeIsAnsweredAtOnce() {
        Engine engine = engine(false);
        write("a");
        engine.wake();
        assertThat(engine.hasEvents()).isTrue();
        turn(engine);
        assertThat(reads()).isEqualTo(1);
        assertThat(published).containsExactly("a");
    }

    @Test
    void wakesAfterAReadAreGatheredTwiceAsLongAsItTookAndAnsweredByOne() {
        Engine engine = engine(false);
        engine.wake();
        turn(engine);
        long end = clock.nanos;
        signals = 0;
        for (int i = 0; i < 10; i++) {
            write("m" + i);
            engine.wake();
            turn(engine);
        }
        assertThat(reads()).as("only the first").isEqualTo(1);
        assertThat(signals).as("the others cost nothing").isEqualTo(1);
        assertThat(engine.hasEvents()).as("it can wait").isFalse();
        assertThat(engine.nextDeadline()).isEqualTo(end + 2_000_000);

        clock.nanos = end + 1_999_999;
        turn(engine);
        assertThat(published).isEmpty();
        clock.nanos = end + 2_000_000;
        turn(engine);
        assertThat(reads()).isEqualTo(2);
        assertThat(published).hasSize(10);
        clock.nanos += LATER.toNanos() / 100;
        turn(engine);
        assertThat(reads()).as("nobody has woken it since").isEqualTo(2);
    }

    @Test
    void aSlowReadIsFollowedByAShortRest() {
        readTakes = Duration.ofSeconds(3);
        Engine engine = engine(false);
        engine.wake();
        turn(engine);
        engine.wake();
        assertThat(engine.nextDeadline()).isEqualTo(clock.nanos + 2_000_000);
    }

    @Test
    void aPumpByHandRestsNot() {
        Engine engine = engine(true);
        for (int i = 1; i <= 3; i++) {
            engine.wake();
            turn(engine);
            assertThat(reads()).isEqualTo(i);
        }
    }

    @Test
    void whatWasSentWaitsForCompanyAndWhatFailedDoesNot() {
        Engine engine = engine(false);
        write("good");
        engine.wake();
        turn(engine);
        assertThat(published).containsExactly("good");
        assertThat(calls).doesNotContain("settle");
        assertThat(memory.status().pending()).isEqualTo(1);
        clock.nanos += 10_000_000;
        write("bad");
        engine.wake();
        turn(engine);
        assertThat(calls).containsOnlyOnce("settle");
        assertThat(memory.status().pending()).isZero();

        write("better");
        clock.nanos += 10_000_000;
        engine.wake();
        turn(engine);
        assertThat(calls).containsOnlyOnce("settle");
        clock.nanos += OutboxSettings.defaults().settleDelay().toNanos();
        turn(engine);
        assertThat(memory.status().pending()).isZero();
    }

    private static final class Clock implements OutboxClock {
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
