package dev.boxcar.internal;

import dev.boxcar.OutboxStatus;
import dev.boxcar.OutboxStatus.DestinationStatus;
import dev.boxcar.SchemaException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processor: a state machine that is turned by one thread at a time. Each turn handles what has come in, then lets each part
 * do what it can: hold claims, read, send, settle. Nothing in it blocks: calls to the storage run on an executor, publish calls
 * complete later, and both come back as events.
 */
public final class Engine {

    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    private enum Phase {
        /** Holds nothing. */
        AT_REST,
        /** Checks the tables, then begins. */
        CHECKING,
        PROCESSING,
        /** Starts nothing new; brings to its end what is under way. */
        DRAINING,
        /** Gives its claims back. */
        LEAVING
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Environment environment;
    private final Mailbox mailbox;
    private final StorageCalls calls;
    private final Fencing fencing;
    private final ClaimKeeper claims;
    private final Lanes lanes;
    private final Memory memory;
    private final Settler settler;
    private final Reader reader;
    private final Dispatcher dispatcher;
    private final Backoff checkBackoff;
    private volatile Phase phase = Phase.AT_REST;
    private boolean byHand;
    private boolean checking;
    private long nextCheck = Long.MIN_VALUE;
    private long drainUntil = Long.MAX_VALUE;
    private @Nullable String schemaProblem;

    /** An engine at rest. */
    public Engine(Environment environment) {
        this(environment, new Mailbox());
    }

    Engine(Environment environment, Mailbox mailbox) {
        this.environment = environment;
        this.mailbox = mailbox;
        this.calls = new StorageCalls(environment, mailbox);
        this.lanes = new Lanes(environment);
        this.memory = new Memory(environment.storage().partitions(), key -> readLeftovers(key));
        this.fencing = new Fencing(environment, mailbox, new Work());
        this.claims = new ClaimKeeper(environment, calls, fencing);
        this.settler = new Settler(environment, calls, claims, this::settled);
        this.reader = new Reader(environment, calls, claims, lanes, memory, settler);
        this.dispatcher = new Dispatcher(environment, mailbox, claims, lanes, memory, settler);
        this.checkBackoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10), environment.random());
    }

    private void readLeftovers(KeyQueue key) {
        reader.readLeftovers(key);
    }

    /** What claims mean for the rest. */
    private final class Work implements ClaimKeeper.Owner {
        @Override
        public void acquired(Collection<Integer> partitions, Set<String> endedSessions) {
            reader.add(partitions);
        }

        @Override
        public void giveUp(Collection<Integer> partitions) {
            reader.remove(partitions);
            memory.dropWaiting(partitions);
        }

        @Override
        public boolean isQuiet(int partition) {
            return memory.isQuiet(partition);
        }

        @Override
        public void lost(Collection<Integer> partitions) {
            reader.remove(partitions);
            memory.dropAll(partitions);
        }
    }

    // ---- called by the thread that runs it

    /** Who is to be told when there may be something to do. */
    public void onEvent(Runnable signal) {
        mailbox.onEvent(signal);
    }

    /**
     * Begins to process.
     *
     * @param executor runs the calls to the storage
     * @param check whether to check the tables first
     * @param hand whether it is pumped by hand: then nothing waits for company
     */
    public void begin(Executor executor, boolean check, boolean hand) {
        locked(() -> {
            if (phase != Phase.AT_REST) {
                throw new IllegalStateException("processor " + environment.processorId() + " is processing already");
            }
            calls.runOn(executor);
            calls.takeFirstFailure();
            byHand = hand;
            settler.hurry(hand);
            nextCheck = Long.MIN_VALUE;
            phase = check ? Phase.CHECKING : Phase.PROCESSING;
            drainUntil = Long.MAX_VALUE;
            reader.begin(!hand);
            dispatcher.begin();
            environment.listener().started(environment.processorId());
        });
    }

    /** Does what can be done now and returns how much that was; 0 when there is nothing to do until an event comes. */
    public int turn() {
        lock.lock();
        try {
            int work = mailbox.drain();
            long now = environment.clock().nanoTime();
            work += switch (phase) {
                case AT_REST -> 0;
                case CHECKING -> check(now);
                case PROCESSING -> process(now);
                case DRAINING -> drain(now);
                case LEAVING -> 0;
            };
            return work;
        } finally {
            lock.unlock();
        }
    }

    /** The time at which {@link #turn} has something to do even if no event comes. */
    public long nextDeadline() {
        lock.lock();
        try {
            long now = environment.clock().nanoTime();
            return switch (phase) {
                case AT_REST, LEAVING -> Long.MAX_VALUE;
                case CHECKING -> checking ? Long.MAX_VALUE : nextCheck;
                case PROCESSING ->
                    Math.min(
                            Math.min(Math.min(activeDeadline(now), memory.nextDeadline()), fencing.nextDeadline()),
                            Math.min(reader.nextDeadline(now), woken.get() ? reader.takesWakesAt() : Long.MAX_VALUE));
                case DRAINING -> Math.min(drainUntil, activeDeadline(now));
            };
        } finally {
            lock.unlock();
        }
    }

    /** Of the parts that are at work until the end. */
    private long activeDeadline(long now) {
        return Math.min(Math.min(claims.nextDeadline(), settler.nextDeadline()), dispatcher.nextDeadline(now));
    }

    /** Whether an event waits to be handled. */
    public boolean hasEvents() {
        if (!mailbox.isEmpty()) {
            return true;
        }
        lock.lock();
        try {
            return woken.get()
                    && phase == Phase.PROCESSING
                    && reader.takesWakes(environment.clock().nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Whether, pumped by hand, it has done all that can be done now. */
    public boolean isPumpedDry() {
        lock.lock();
        try {
            return phase == Phase.PROCESSING
                    && mailbox.isEmpty()
                    && claims.isSharedOut()
                    && !claims.isBusy()
                    && !fencing.isUnderWay()
                    && calls.underWay() == 0
                    && dispatcher.callsUnderWay() == 0
                    && settler.isIdle();
        } finally {
            lock.unlock();
        }
    }

    /** The storage's first failure since processing began, or null. */
    public @Nullable RuntimeException storageFailure() {
        lock.lock();
        try {
            return calls.takeFirstFailure();
        } finally {
            lock.unlock();
        }
    }

    /** Starts nothing new from now on; {@link #isAtRest} tells when everything has come to its end. */
    public void stop() {
        locked(() -> {
            if (phase == Phase.CHECKING) {
                phase = Phase.DRAINING;
            }
            if (phase == Phase.PROCESSING || phase == Phase.DRAINING) {
                phase = Phase.DRAINING;
                reader.stop();
                dispatcher.stop();
                settler.hurry(true);
                long grace = environment.settings().publishTimeout().toNanos() * 5 / 4;
                drainUntil = Math.min(drainUntil, environment.clock().nanoTime() + grace + 500_000_000);
            }
        });
        mailbox.signal();
    }

    /** Whether it holds nothing. */
    public boolean isAtRest() {
        lock.lock();
        try {
            return phase == Phase.AT_REST;
        } finally {
            lock.unlock();
        }
    }

    /** How many entries were acknowledged since processing began. */
    public int published() {
        lock.lock();
        try {
            return dispatcher.published();
        } finally {
            lock.unlock();
        }
    }

    // ---- called by anybody

    /** Looks for new entries soon. */
    public void wake() {
        if (woken.compareAndSet(false, true)) {
            mailbox.signal();
        }
    }

    /** Stops sending a namespace's entries. */
    public void pause(String namespace) {
        command(() -> {
            Lane lane = lanes.pause(namespace);
            if (lane != null) {
                memory.dropWaiting(namespace);
                reader.detach(lane, null);
                environment.listener().namespacePaused(namespace);
            }
        });
    }

    /** Sends a namespace's entries again. */
    public void resume(String namespace) {
        command(() -> {
            Lane lane = lanes.resume(namespace);
            if (lane != null) {
                reader.detach(lane, null);
                environment.listener().namespaceResumed(namespace);
            }
        });
    }

    /** At once, unless it comes from within a turn: then at the next one. */
    private void command(Runnable action) {
        if (lock.isHeldByCurrentThread()) {
            mailbox.post(action);
        } else {
            locked(action);
            mailbox.signal();
        }
    }

    /** The processor's id. */
    public String processorId() {
        return environment.processorId();
    }

    /** What it is doing now. */
    public OutboxStatus status() {
        lock.lock();
        try {
            List<DestinationStatus> destinations = lanes.destinations().stream()
                    .map(each -> new DestinationStatus(each.name, each.isAvailable(), each.calls()))
                    .sorted(Comparator.comparing(DestinationStatus::name))
                    .toList();
            return new OutboxStatus(
                    environment.processorId(),
                    phase == Phase.PROCESSING || phase == Phase.CHECKING,
                    claims.heldCount(),
                    memory.size(),
                    lanes.all().stream().mapToLong(Lane::bytes).sum(),
                    memory.heldBack(environment.clock().nanoTime()),
                    destinations,
                    lanes.paused());
        } finally {
            lock.unlock();
        }
    }

    // ---- phases

    private int check(long now) {
        if (checking || now < nextCheck) {
            return 0;
        }
        checking = true;
        calls.start(
                "check its tables",
                () -> {
                    environment.storage().check();
                    return true;
                },
                ok -> {
                    checking = false;
                    checkBackoff.reset();
                    if (phase == Phase.CHECKING) {
                        phase = Phase.PROCESSING;
                    }
                },
                failure -> {
                    checking = false;
                    nextCheck = environment.clock().nanoTime() + checkBackoff.next();
                    if (failure instanceof SchemaException
                            && !String.valueOf(failure.getMessage()).equals(schemaProblem)) {
                        schemaProblem = String.valueOf(failure.getMessage());
                        log.error("processor {} cannot begin: {}", environment.processorId(), failure.getMessage());
                    }
                });
        return 1;
    }

    private int process(long now) {
        // Left set until a read can answer it: what wakes meanwhile then finds it set, and costs nothing.
        if (woken.get() && reader.takesWakes(now)) {
            woken.set(false);
            reader.wake();
        }
        return claims.tick(now)
                + fencing.tick(now)
                + memory.tick(now)
                + dispatcher.tick(now)
                + settler.tick(now)
                + reader.tick(now);
    }

    private int drain(long now) {
        int work = claims.tick(now) + dispatcher.tick(now) + settler.tick(now);
        boolean quiet = dispatcher.callsUnderWay() == 0 && settler.isIdle() && calls.underWay() == 0;
        if (quiet || now >= drainUntil) {
            phase = Phase.LEAVING;
            claims.leave(this::left);
            work++;
        }
        return work;
    }

    private void left() {
        reader.clear();
        settler.clear();
        phase = Phase.AT_REST;
        environment.listener().stopped(environment.processorId());
    }

    private void settled(List<Tracked> all) {
        long now = environment.clock().nanoTime();
        for (Tracked tracked : all) {
            if (tracked.dropped) {
                continue;
            }
            memory.settled(tracked, now);
            if (!memory.contains(tracked.id)) {
                reader.settled(tracked);
            }
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
