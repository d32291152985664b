package dev.boxcar.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Many lives, one seed after the other, on several threads, until one goes wrong. Safe for use by several threads. */
final class Campaign {

    /**
     * A life that went wrong.
     *
     * @param seed replays it
     * @param verdict what was wrong
     */
    record Failure(long seed, Life.Verdict verdict) {

        @Override
        public String toString() {
            return "seed " + seed + " (" + verdict.plan().kind() + "): " + String.join("; ", verdict.violations())
                    + "\nreplay it, with all that happens: core/simulate --seed " + seed;
        }
    }

    private final Variant variant;
    private final long first;
    private final long last;
    private final Map<Plan.Kind, Integer> kinds = new EnumMap<>(Plan.Kind.class);
    private long next;
    private long lives;
    private long messages;
    private long duplicates;
    private long dead;
    private boolean stopped;
    private @Nullable Failure failure;
    private @Nullable Throwable broken;

    /** Of the seeds from the first to the last. */
    Campaign(Variant variant, long first, long last) {
        this.variant = variant;
        this.first = first;
        this.last = last;
        this.next = first;
        quietenTheLog();
    }

    /** What happens to these processors would make anybody's log scream. */
    static void quietenTheLog() {
        ((Logger) LoggerFactory.getLogger("dev.boxcar.internal")).setLevel(Level.OFF);
    }

    /** Runs until the last seed, a failure or {@link #stop}; returns the first failure, or null. */
    @Nullable
    Failure run(int threads) throws InterruptedException {
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(this::work, "simulation-" + i);
            all.add(thread);
            thread.start();
        }
        for (Thread thread : all) {
            thread.join();
        }
        Throwable cause = broken();
        if (cause != null) {
            throw new IllegalStateException("the simulation itself failed", cause);
        }
        return failure();
    }

    private void work() {
        try {
            for (long seed = take(); seed <= last; seed = take()) {
                note(seed, new Life(seed, variant, false).run());
            }
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    /** A seed above the last one means that there is nothing more to do. */
    private synchronized long take() {
        return stopped || next > last ? Long.MAX_VALUE : next++;
    }

    private synchronized void note(long seed, Life.Verdict verdict) {
        lives++;
        messages += verdict.messages();
        duplicates += verdict.duplicates();
        dead += verdict.dead();
        kinds.merge(verdict.plan().kind(), 1, Integer::sum);
        if (!verdict.violations().isEmpty()) {
            stopped = true;
            if (failure == null || seed < failure.seed) {
                failure = new Failure(seed, verdict);
            }
        }
    }

    private synchronized void broken(Throwable cause) {
        stopped = true;
        broken = cause;
    }

    private synchronized @Nullable Throwable broken() {
        return broken;
    }

    synchronized void stop() {
        stopped = true;
    }

    synchronized @Nullable Failure failure() {
        return failure;
    }

    synchronized long lives() {
        return lives;
    }

    synchronized long messages() {
        return messages;
    }

    synchronized long duplicates() {
        return duplicates;
    }

    synchronized long dead() {
        return dead;
    }

    synchronized int lives(Plan.Kind kind) {
        return kinds.getOrDefault(kind, 0);
    }

    @Override
    public synchronized String toString() {
        return lives + " lives from seed " + first + " " + kinds + ", " + messages + " messages, " + duplicates
                + " duplicates after faults, " + dead + " dead letters";
    }
}
