package dev.boxcar.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was done to the system, and what it showed: for each kind of fault how often, the longest time without a delivery, duplicates.
 * Safe for use by several threads.
 */
final class FaultLog {

    /** What was seen of one kind of fault. */
    private static final class Seen {
        long count;
        long longestGapNanos;
        long longestTakeoverNanos;
        long duplicates;
        long duplicateBound;
    }

    /** Stands for the time before the first fault. */
    static final String BETWEEN = "none yet";

    private final Map<String, Seen> kinds = new TreeMap<>();
    private final List<String> current = new ArrayList<>();
    private final List<String> unrecovered = new ArrayList<>();
    private final List<String> slowTakeovers = new ArrayList<>();
    private String last = BETWEEN;
    private long lastDelivery = System.nanoTime();
    private long ownFailures;

    /** A fault begins; several can be there at once. */
    synchronized void begin(String kind, int relays) {
        Seen seen = seen(kind);
        seen.count++;
        seen.duplicateBound += (long) relays * RelayFleet.IN_FLIGHT;
        current.add(kind);
        last = kind;
        lastDelivery = System.nanoTime();
    }

    /** A fault is over, and the system has recovered from it. */
    synchronized void end(String kind) {
        gap(System.nanoTime());
        current.remove(kind);
    }

    /** Whether nothing else is wrong beside one fault, so that what is seen is its own. */
    synchronized boolean isAlone() {
        return current.size() == 1;
    }

    /** What was committed before a fault ended has not arrived long after. */
    synchronized void notRecovered(String kind, String numbers) {
        unrecovered.add(kind + ": " + numbers);
    }

    /** Others have everything that a relay held. */
    synchronized void takeover(String kind, Duration time, Duration limit) {
        Seen seen = seen(kind);
        seen.longestTakeoverNanos = Math.max(seen.longestTakeoverNanos, time.toNanos());
        if (time.compareTo(limit) > 0) {
            slowTakeovers.add(kind + ": " + time.toMillis() + " ms");
        }
    }

    /** A message came for the first time. */
    synchronized void delivered() {
        long now = System.nanoTime();
        gap(now);
        lastDelivery = now;
    }

    private void gap(long now) {
        for (String kind : current) {
            Seen seen = seen(kind);
            seen.longestGapNanos = Math.max(seen.longestGapNanos, now - lastDelivery);
        }
    }

    /** A message came once more. */
    synchronized void duplicate() {
        seen(current.isEmpty() ? last : current.get(current.size() - 1)).duplicates++;
    }

    /** A relay told of a failure: outside of faults it needs a reason of its own. */
    synchronized void relayFailed() {
        if (current.isEmpty()) {
            ownFailures++;
        }
    }

    private Seen seen(String kind) {
        return kinds.computeIfAbsent(kind, k -> new Seen());
    }

    synchronized Summary summary() {
        Map<String, Row> rows = new TreeMap<>();
        long bound = ownFailures * RelayFleet.IN_FLIGHT;
        for (Map.Entry<String, Seen> each : kinds.entrySet()) {
            Seen seen = each.getValue();
            bound += seen.duplicateBound;
            rows.put(
                    each.getKey(),
                    new Row(
                            seen.count,
                            Duration.ofNanos(seen.longestGapNanos),
                            Duration.ofNanos(seen.longestTakeoverNanos),
                            seen.duplicates));
        }
        return new Summary(rows, bound, ownFailures, List.copyOf(unrecovered), List.copyOf(slowTakeovers));
    }

    /**
     * One kind of fault.
     *
     * @param count how often
     * @param longestGap the longest time without a delivery during one
     * @param longestTakeover the longest time until others had what a relay held; zero when none was measured
     * @param duplicates how many came during one, or until the next
     */
    record Row(long count, Duration longestGap, Duration longestTakeover, long duplicates) {}

    /**
     * All.
     *
     * @param rows by kind
     * @param duplicateBound the most duplicates that these faults explain: what each affected relay had under way
     * @param ownFailures failures of which relays told while no fault was there
     * @param unrecovered from which faults the system did not recover
     * @param slowTakeovers which took longer than allowed
     */
    record Summary(
            Map<String, Row> rows,
            long duplicateBound,
            long ownFailures,
            List<String> unrecovered,
            List<String> slowTakeovers) {

        Duration longestGap() {
            return rows.values().stream()
                    .map(Row::longestGap)
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }

        Duration longestTakeover() {
            return rows.values().stream()
                    .map(Row::longestTakeover)
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }

        /** How often each kind of fault was there. */
        Map<String, Long> counts() {
            Map<String, Long> counts = new TreeMap<>();
            rows.forEach((kind, row) -> {
                if (row.count > 0) {
                    counts.put(kind, row.count);
                }
            });
            return counts;
        }
    }
}
