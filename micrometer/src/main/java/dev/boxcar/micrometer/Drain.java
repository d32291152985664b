package dev.boxcar.micrometer;

import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Estimates when a backlog is gone, by how it shrank over the last looks. Not safe for use by several threads. */
final class Drain {

    private static final int LOOKS = 8;

    private record Look(long at, long pending) {}

    private final ArrayDeque<Look> looks = new ArrayDeque<>();
    private final long interval;

    /** @param interval the time between two looks */
    Drain(Duration interval) {
        this.interval = interval.toNanos();
    }

    /** Seconds after this look: 0 when nothing waits, infinite while the backlog grows or stands, NaN when it is too early to say. */
    double seconds(long now, long pending, @Nullable Duration oldest) {
        looks.addLast(new Look(now, pending));
        if (looks.size() > LOOKS) {
            looks.removeFirst();
        }
        if (pending == 0 || oldest == null) {
            return 0;
        }
        if (oldest.toNanos() <= interval) {
            return oldest.toNanos() / 1e9; // no backlog, but what came since the last look: it goes as fast as it comes
        }
        Look first = looks.getFirst();
        if (looks.size() == 1) {
            return Double.NaN;
        }
        double shrunkPerSecond = (first.pending - pending) * 1e9 / (now - first.at);
        return shrunkPerSecond <= 0 ? Double.POSITIVE_INFINITY : pending / shrunkPerSecond;
    }
}
