package dev.boxcar.simulation;

import static dev.boxcar.simulation.Scheduler.NEVER;
import static dev.boxcar.simulation.Scheduler.SECOND;

import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.OutboxStatus;
import dev.boxcar.internal.Engine;
import dev.boxcar.internal.Engines;
import dev.boxcar.internal.Environment;
import java.util.ArrayList;
import java.util.List;

/** A processor on a machine of its own: the real engine, turned by simulated time. */
final class Node {

    private static final int TOO_MANY_TURNS = 10_000;
    private static final int TOO_MANY_IDLE_TURNS = 100;

    final String id;
    final OutboxSettings settings;
    final Engine engine;
    final NodeStorage storage;
    final SimulatedClock clock;
    final List<Call> openCalls = new ArrayList<>();
    boolean dead;
    long stoppedAt = NEVER;
    long lostClaimsAt = Long.MIN_VALUE;
    private final Life life;
    private final Scheduler time;
    private long standsStillUntil;
    private long pausedAt;
    private long turnAt = NEVER;
    private boolean inStorageCall;
    private int idleTurns;

    Node(String id, Life life) {
        this.id = id;
        this.life = life;
        this.time = life.time;
        this.settings = life.plan.settings(time);
        this.clock = new SimulatedClock(time, time.random().nextLong(-1_000 * SECOND, 1_000 * SECOND));
        if (time.roll(3) == 0) {
            clock.jump(time.random().nextLong(-5 * 3_600 * SECOND, 5 * 3_600 * SECOND));
        }
        this.storage = new NodeStorage(life.variant.storage(this, life, life.database), this, life);
        OutboxListener listener = new OutboxListener() {
            @Override
            public void claimsLost(int partitions) {
                lostClaimsAt = time.now();
                time.note(id, "lost claims", partitions);
            }
        };
        Environment environment = new Environment(
                id,
                settings,
                storage,
                life.variant.publisher(new NodePublisher(life, this), life),
                listener,
                clock,
                time.random().split());
        this.engine = Engines.create(environment, this::deliver);
        engine.onEvent(() -> turnSoon(time.now()));
    }

    void begin() {
        time.note(id, "starts", settings.batchSize());
        engine.begin(task -> send(requestLatency(), () -> inStorageCall(task)), true, false);
        turnSoon(time.now());
    }

    // ---- what leaves it and what comes back

    /**
     * Something on its way from here to a server: if this processor dies or stands still meanwhile, it may have left already, or
     * leave when it wakes up.
     */
    void send(long latency, Runnable arrival) {
        time.after(latency, () -> {
            boolean hasLeft = time.roll(2) == 0;
            if (hasLeft || (!dead && time.now() >= standsStillUntil)) {
                arrival.run();
            } else if (!dead) {
                time.note(id, "holds back", "what it was sending");
                send(standsStillUntil - time.now() + time.upTo(20), arrival);
            }
        });
    }

    private void inStorageCall(Runnable task) {
        inStorageCall = true;
        try {
            task.run();
        } finally {
            inStorageCall = false;
        }
    }

    /** The database's answer takes its time; a publisher's comes when the publisher completes. */
    private void deliver(Runnable post) {
        if (inStorageCall) {
            time.after(replyLatency(), post);
        } else {
            post.run();
        }
    }

    private long requestLatency() {
        return life.isTroubled() && life.plan.isWild() && time.once(300) ? time.upTo(3_000) : time.upTo(3);
    }

    private long replyLatency() {
        return life.isTroubled() && life.plan.isWild() && time.once(100) ? time.upTo(500) : time.upTo(3);
    }

    // ---- its thread

    private void turnSoon(long at) {
        if (dead || at >= turnAt) {
            return;
        }
        turnAt = at;
        time.after(at - time.now(), () -> turn(at));
    }

    private void turn(long at) {
        if (dead || turnAt != at) {
            return;
        }
        turnAt = NEVER;
        if (time.now() < standsStillUntil) {
            turnSoon(standsStillUntil);
            return;
        }
        if (pausedAt > 0) {
            life.variant.wokeUp(this, time.now() - pausedAt);
            pausedAt = 0;
        }
        int turns = 0;
        while (engine.turn() > 0) {
            turns++;
            if (turns > TOO_MANY_TURNS) {
                throw new IllegalStateException("the engine does not come to rest");
            }
        }
        checkBounds();
        long deadline = engine.nextDeadline();
        boolean spins = turns == 0 && deadline <= clock.nanoTime();
        idleTurns = spins ? idleTurns + 1 : 0;
        if (idleTurns > TOO_MANY_IDLE_TURNS) {
            throw new IllegalStateException("the engine spins without doing anything");
        }
        if (deadline != NEVER) {
            turnSoon(Math.max(time.now() + 1_000, deadline <= clock.nanoTime() ? 0 : clock.toTrueTime(deadline)));
        }
    }

    /** Each destination and each paused namespace has its limit. */
    private void checkBounds() {
        if (time.roll(32) > 0) {
            return;
        }
        OutboxStatus status = engine.status();
        int lanes = life.brokers.size() + Writers.NAMESPACES.size();
        if (status.entriesInFlight() > lanes * settings.maxInFlightEntries()) {
            life.oracle.violation(id + " holds " + status.entriesInFlight() + " entries");
        }
    }

    // ---- what happens to it

    void crash() {
        time.note(id, "crashes", "");
        dead = true;
    }

    void stop() {
        time.note(id, "stops", "");
        stoppedAt = time.now();
        engine.stop();
    }

    void standStill(long nanos) {
        if (time.now() >= standsStillUntil) {
            standsStillUntil = time.now() + nanos;
            pausedAt = time.now();
            time.note(id, "stands still until", standsStillUntil / Scheduler.MILLI);
        }
    }

    void wakeUp() {
        if (time.now() < standsStillUntil) {
            standsStillUntil = time.now();
            turnSoon(time.now());
        }
    }
}
