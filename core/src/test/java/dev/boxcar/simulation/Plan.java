package dev.boxcar.simulation;

import dev.boxcar.OutboxSettings;
import dev.boxcar.RetryPolicy;
import dev.boxcar.RetryPolicy.AfterLastAttempt;
import java.time.Duration;

/**
 * What kind of life it is, drawn from the seed.
 *
 * @param kind what goes wrong in it
 * @param nodes how many processors there are at first
 * @param gaps whether the database reads by gaps in the ids, as MySQL does, and not by snapshots, as PostgreSQL does
 * @param fencing whether the brokers can fence
 * @param keepsOrder whether the publisher keeps the order within a call
 * @param policy what becomes of messages that fail
 * @param hot whether most messages have the same key, so that more pile up behind a failed one than are kept in memory
 * @param writerPause the longest pause of a writer in milliseconds
 * @param millis how long it lasts before everything is healed
 */
record Plan(
        Kind kind,
        int nodes,
        boolean gaps,
        boolean fencing,
        boolean keepsOrder,
        RetryPolicy policy,
        boolean hot,
        int writerPause,
        int millis) {

    static final Duration CLAIM = Duration.ofSeconds(2);
    static final long PUBLISH_TIMEOUT = CLAIM.toNanos() / 2;

    /** A call without an answer is given up after this: the publish timeout and a quarter of it. */
    static final long GIVEN_UP = PUBLISH_TIMEOUT * 5 / 4;

    /** The few things that go wrong in a tame life allow a sharp verdict on them. */
    enum Kind {
        /** Nothing but messages that fail by themselves: then no message comes twice. */
        CALM,
        /** One destination is down for a while: nothing comes twice, no attempt is used up, the other destination flows. */
        OUTAGE,
        /** Processors die: somebody takes over in time. */
        CRASH,
        /** Everything at once. */
        WILD
    }

    static Plan draw(Scheduler time) {
        int dice = time.roll(100);
        Kind kind = dice < 12 ? Kind.CALM : dice < 26 ? Kind.OUTAGE : dice < 38 ? Kind.CRASH : Kind.WILD;
        boolean holdKey = time.roll(6) == 0;
        RetryPolicy policy = RetryPolicy.DEFAULT
                .withMaxAttempts(1 + time.roll(3))
                .withDelays(Duration.ofMillis(50), Duration.ofMillis(400))
                .withAfterLastAttempt(holdKey ? AfterLastAttempt.HOLD_KEY : AfterLastAttempt.DEAD_LETTER);
        int nodes = kind == Kind.CRASH ? 2 + time.roll(2) : 1 + time.roll(3);
        int millis = kind == Kind.CRASH ? 4_000 : kind == Kind.OUTAGE ? 3_000 : 1_000 + time.roll(2_500);
        boolean hot = kind == Kind.WILD && time.roll(16) == 0;
        int pause = hot ? 40 : kind == Kind.OUTAGE ? 180 : 120 + time.roll(450);
        return new Plan(
                kind, nodes, time.roll(3) == 0, time.roll(4) == 0, time.roll(3) > 0, policy, hot, pause, millis);
    }

    boolean isWild() {
        return kind == Kind.WILD;
    }

    OutboxSettings settings(Scheduler time) {
        return OutboxSettings.builder()
                .claimDuration(CLAIM)
                .batchSize(1 + time.roll(8))
                .readSize(2 + time.roll(12))
                .maxInFlightEntries(8 + time.roll(30) + (hot ? 80 : 0))
                .maxConcurrentCalls(1 + time.roll(4))
                .processInterval(Duration.ofMillis(500))
                .settleDelay(Duration.ofMillis(time.roll(10)))
                .retryPolicy(policy)
                .build();
    }
}
