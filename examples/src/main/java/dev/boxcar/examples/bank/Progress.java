package dev.boxcar.examples.bank;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows how the demo goes. Safe for use by several threads. */
interface Progress {

    /** Something happened that is worth a line. */
    void event(String text);

    /** How it stands. Called several times a second. */
    void update(Snapshot snapshot);

    /** Nothing more will come. */
    void end();

    /**
     * How it stands.
     *
     * @param elapsed since the first transfer
     * @param fraction how much of the demo is over, from 0 to 1
     * @param written how many messages were committed
     * @param delivered how many of them arrived
     * @param perSecond how many arrived in the last second
     * @param oldestPending how long the oldest one in the outbox has been waiting, or null
     * @param held how many partitions each relay holds
     */
    record Snapshot(
            Duration elapsed,
            double fraction,
            long written,
            long delivered,
            long perSecond,
            @Nullable Duration oldestPending,
            Map<String, Integer> held) {

        String line() {
            Duration oldest = oldestPending;
            return String.format(
                    "%5.1f s   written %,8d   delivered %,8d   on the way %,6d   %,6d/s   oldest %s",
                    elapsed.toMillis() / 1_000.0,
                    written,
                    delivered,
                    Math.max(0, written - delivered),
                    perSecond,
                    oldest == null ? "   -" : String.format("%3.1f s", oldest.toMillis() / 1_000.0));
        }
    }
}
