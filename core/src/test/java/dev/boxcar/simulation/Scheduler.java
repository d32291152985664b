package dev.boxcar.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Time, chance and the order of events: all that happens follows from the seed. Keeps a trace that tells two runs apart. */
final class Scheduler {

    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;
    static final long NEVER = Long.MAX_VALUE;

    private record Event(long at, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event that) {
            int byTime = Long.compare(at, that.at);
            return byTime != 0 ? byTime : Long.compare(number, that.number);
        }
    }

    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final @Nullable List<String> log;
    private long now = SECOND;
    private long number;
    private long trace;

    Scheduler(long seed, boolean keepLog) {
        this.random = new SplittableRandom(seed);
        this.log = keepLog ? new ArrayList<>() : null;
    }

    /** The true time in nanoseconds. */
    long now() {
        return now;
    }

    SplittableRandom random() {
        return random;
    }

    /** From 0 to one less than {@code bound}. */
    int roll(int bound) {
        return random.nextInt(bound);
    }

    /** Once in so many times; never when that is 0. */
    boolean once(int in) {
        return in > 0 && random.nextInt(in) == 0;
    }

    /** A span of up to so many milliseconds. */
    long upTo(long millis) {
        return random.nextLong(millis * MILLI + 1);
    }

    void after(long nanos, Runnable action) {
        events.add(new Event(now + Math.max(0, nanos), number++, action));
    }

    void runUntil(long end) {
        for (Event event = events.peek(); event != null && event.at <= end; event = events.peek()) {
            events.poll();
            now = event.at;
            event.action.run();
        }
        now = end;
    }

    /** How many events there were and will be, as far as is known. */
    long count() {
        return number;
    }

    /** Notes what happens: in the trace always, as text when somebody wants to read it. */
    void note(String who, String what, Object which) {
        trace = trace * 0x9E3779B97F4A7C15L
                + (now ^ ((long) which.hashCode() << 32) ^ what.hashCode() ^ who.hashCode());
        if (log != null) {
            log.add(String.format(java.util.Locale.ROOT, "%10.3f ms  %-4s %s %s", now / 1e6, who, what, which));
        }
    }

    /** The same for two runs of the same schedule, and for no others, as good as surely. */
    long trace() {
        return trace ^ number;
    }

    List<String> log() {
        return log == null ? List.of() : log;
    }
}
