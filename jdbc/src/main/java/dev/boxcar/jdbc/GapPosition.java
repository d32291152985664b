package dev.boxcar.jdbc;

import dev.boxcar.spi.ReadPosition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How far a {@link GapReader} has come: everything up to {@code top} was looked at but for the gaps. Times are those of
 * {@link System#nanoTime()}.
 *
 * @param run tells one run of the server from another, as far as the storage knows
 * @param top the highest id that was looked at
 * @param gaps ids below it that may still appear, in rising order, not overlapping
 * @param swept when the cold gaps were last looked at
 * @param catchingUp whether what was there at the start has not all been read yet
 */
record GapPosition(long run, long top, List<Gap> gaps, long swept, boolean catchingUp) implements ReadPosition {

    /**
     * Ids that were not visible when higher ones were.
     *
     * @param low the first id
     * @param high the last id
     * @param since when they had been handed out at the latest
     * @param cold whether nobody was seen to have written them although there was time enough
     */
    record Gap(long low, long high, long since, boolean cold) {

        Gap between(long newLow, long newHigh) {
            return new Gap(newLow, newHigh, since, cold);
        }
    }

    GapPosition {
        gaps = List.copyOf(gaps);
    }

    static GapPosition start(long run, long now) {
        return new GapPosition(run, 0, List.of(), now, true);
    }

    @Override
    public ReadPosition merge(ReadPosition other) {
        GapPosition that = (GapPosition) other;
        if (run != that.run) {
            return start(Math.max(run, that.run), swept);
        }
        long lower = Math.min(top, that.top);
        List<Gap> all = new ArrayList<>();
        for (Gap gap : gaps) {
            add(all, gap, lower);
        }
        for (Gap gap : that.gaps) {
            add(all, gap, lower);
        }
        long olderSweep = swept - that.swept < 0 ? swept : that.swept;
        return new GapPosition(run, lower, united(all), olderSweep, catchingUp || that.catchingUp);
    }

    private static void add(List<Gap> all, Gap gap, long top) {
        if (gap.low <= top) {
            all.add(gap.between(gap.low, Math.min(gap.high, top)));
        }
    }

    /** Overlapping gaps become one, as young as the youngest of them. */
    private static List<Gap> united(List<Gap> all) {
        all.sort(Comparator.comparingLong(Gap::low));
        List<Gap> united = new ArrayList<>();
        for (Gap gap : all) {
            int last = united.size() - 1;
            if (last >= 0 && united.get(last).high >= gap.low) {
                Gap before = united.get(last);
                long since = before.since - gap.since > 0 ? before.since : gap.since;
                long high = Math.max(before.high, gap.high);
                united.set(last, new Gap(before.low, high, since, before.cold && gap.cold));
            } else {
                united.add(gap);
            }
        }
        return united;
    }
}
