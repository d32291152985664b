package dev.boxcar.internal;

import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxStatus;
import dev.boxcar.StorageException;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.WakeSource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns an engine: on the caller's thread by hand or until closed, or on a thread in the background. */
public final class Processor {

    private static final Logger log = LoggerFactory.getLogger(Processor.class);

    private static final WakeSource.Listening NO_WAKES = () -> {};

    private final Environment environment;
    private final Engine engine;
    private final @Nullable Executor executor;
    private final @Nullable WakeSource wakeSource;
    /** Guards the three fields below. */
    private final Object state = new Object();

    private boolean closed;
    private @Nullable Thread pumping;
    private @Nullable CountDownLatch background;
    private volatile @Nullable Thread runner;

    /** A processor at rest. Without an executor it makes threads of its own; without a source it wakes when it is told. */
    public Processor(Environment environment, @Nullable Executor executor, @Nullable WakeSource wakeSource) {
        this.environment = environment;
        this.executor = executor;
        this.wakeSource = wakeSource;
        this.engine = new Engine(environment);
        engine.onEvent(this::unparkRunner);
    }

    /** The engine, for what needs no thread. */
    public Engine engine() {
        return engine;
    }

    /** Refuses when closed. */
    public void checkOpen() {
        synchronized (state) {
            requireOpen();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the outbox of processor " + environment.processorId() + " is closed");
        }
    }

    /** What it is doing now. It runs from the moment it was asked to, although its thread may not have come to it yet. */
    public OutboxStatus status() {
        boolean running;
        synchronized (state) {
            running = !closed && (background != null || pumping != null);
        }
        OutboxStatus now = engine.status();
        return new OutboxStatus(
                now.processorId(),
                running,
                now.claims(),
                now.entriesInFlight(),
                now.bytesInFlight(),
                now.keysHeld(),
                now.destinations(),
                now.pausedNamespaces());
    }

    /** Looks for new entries soon; never blocks. */
    public void wake() {
        engine.wake();
    }

    // ---- by hand

    /** Publishes what can be published now; returns how much that was. */
    public int pump() {
        synchronized (state) {
            awaitOtherPump();
            requireOpen();
            if (background != null) {
                throw new IllegalStateException("processor " + environment.processorId()
                        + " is processing already; wakeProcessor() makes it look for new entries at once");
            }
            pumping = Thread.currentThread();
        }
        try {
            environment.storage().check();
            engine.begin(Runnable::run, false, true);
            runner = Thread.currentThread();
            try {
                pumpUntilDry();
            } finally {
                turnUntilAtRest();
            }
            return engine.published();
        } finally {
            runner = null;
            synchronized (state) {
                pumping = null;
                state.notifyAll();
            }
        }
    }

    private void awaitOtherPump() {
        if (pumping == Thread.currentThread()) {
            throw new IllegalStateException("pumpOutbox() was called from within pumpOutbox()");
        }
        boolean interrupted = false;
        while (pumping != null) {
            try {
                state.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void pumpUntilDry() {
        while (!isClosed() && !Thread.currentThread().isInterrupted()) {
            int work = engine.turn();
            RuntimeException failure = engine.storageFailure();
            if (failure != null) {
                throw failure;
            }
            if (work == 0) {
                if (engine.isPumpedDry()) {
                    return;
                }
                park();
            }
        }
    }

    // ---- until closed

    /** Processes on this thread until closed or interrupted. */
    public void runHere() {
        CountDownLatch ended = enter();
        boolean checked;
        try {
            checked = check();
        } catch (RuntimeException e) {
            leave(ended);
            throw e;
        }
        run(ended, !checked);
    }

    /** Processes in the background until closed. */
    public void start() {
        CountDownLatch ended = enter();
        try {
            boolean checked = check();
            Runnable task = () -> run(ended, !checked);
            if (executor != null) {
                executor.execute(task);
            } else {
                thread("boxcar-" + environment.processorId(), task).start();
            }
        } catch (RuntimeException e) {
            leave(ended);
            throw e;
        }
    }

    private CountDownLatch enter() {
        synchronized (state) {
            requireOpen();
            if (background != null || pumping != null) {
                throw new IllegalStateException("processor " + environment.processorId() + " is processing already");
            }
            CountDownLatch ended = new CountDownLatch(1);
            background = ended;
            return ended;
        }
    }

    private void leave(CountDownLatch ended) {
        synchronized (state) {
            background = null;
        }
        ended.countDown();
    }

    /** Whether the tables are as they should be; false when the database cannot be reached now. */
    private boolean check() {
        OutboxStorage<?> storage = environment.storage();
        try {
            storage.check();
            if (wakeSource != null) {
                wakeSource.check();
            }
            return true;
        } catch (StorageException e) {
            log.warn(
                    "processor {}: cannot reach {} yet, waiting for it: {}",
                    environment.processorId(),
                    storage.description(),
                    e.getMessage());
            return false;
        }
    }

    private void run(CountDownLatch ended, boolean check) {
        Executor given = executor;
        ExecutorService own = given == null ? storageThreads() : null;
        boolean interrupted = false;
        WakeSource.Listening wakes = NO_WAKES;
        try {
            runner = Thread.currentThread();
            engine.begin(own != null ? own : given != null ? given : Runnable::run, check, false);
            log.info(
                    "processor {}: started on {}",
                    environment.processorId(),
                    environment.storage().description());
            if (wakeSource != null) {
                wakes = wakeSource.start(environment.processorId(), engine::wake);
            }
            while (!isClosed()) {
                if (Thread.interrupted()) {
                    interrupted = true;
                    break;
                }
                turnOrPark();
            }
            interrupted |= turnUntilAtRest();
            log.info("processor {}: stopped", environment.processorId());
        } finally {
            wakes.close();
            runner = null;
            if (own != null) {
                own.shutdown();
            }
            leave(ended);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void turnOrPark() {
        try {
            if (engine.turn() == 0) {
                park();
            }
        } catch (RuntimeException e) {
            log.error(
                    "processor {}: unexpected failure, processing goes on; please report it",
                    environment.processorId(),
                    e);
            OutboxClock clock = environment.clock();
            clock.parkUntil(clock.nanoTime() + Duration.ofMillis(500).toNanos());
        }
    }

    /** Brings everything to its end; whether the thread was interrupted meanwhile. */
    private boolean turnUntilAtRest() {
        boolean interrupted = false;
        engine.stop();
        while (!engine.isAtRest()) {
            interrupted |= Thread.interrupted();
            turnOrPark();
        }
        return interrupted;
    }

    private void park() {
        long deadline = engine.nextDeadline();
        if (!engine.hasEvents()) {
            environment.clock().parkUntil(deadline);
        }
    }

    private void unparkRunner() {
        Thread thread = runner;
        if (thread != null) {
            environment.clock().unpark(thread);
        }
    }

    private boolean isClosed() {
        synchronized (state) {
            return closed;
        }
    }

    /** Ends the processing and waits for its end. */
    public void close() {
        CountDownLatch ended;
        Thread pump;
        synchronized (state) {
            closed = true;
            ended = background;
            pump = pumping;
        }
        unparkRunner();
        boolean ownThread = runner == Thread.currentThread() || pump == Thread.currentThread();
        if (ownThread) {
            return; // from a listener or publisher: the processing ends after it returned
        }
        Duration limit = environment
                .settings()
                .claimDuration()
                .plus(environment.settings().publishTimeout())
                .plusSeconds(5);
        try {
            if (ended != null && !ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn(
                        "processor {}: did not stop within {} ms; its claims end by themselves",
                        environment.processorId(),
                        limit.toMillis());
            }
            synchronized (state) {
                long end = System.nanoTime() + limit.toNanos();
                while (pumping != null && System.nanoTime() < end) {
                    TimeUnit.NANOSECONDS.timedWait(state, Math.max(1, end - System.nanoTime()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ExecutorService storageThreads() {
        AtomicInteger number = new AtomicInteger();
        return Executors.newCachedThreadPool(
                task -> thread("boxcar-" + environment.processorId() + "-storage-" + number.incrementAndGet(), task));
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
