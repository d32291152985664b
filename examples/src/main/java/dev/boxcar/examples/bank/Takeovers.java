package dev.boxcar.examples.bank;

import dev.boxcar.examples.support.RelayEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who holds how many partitions, and how long it took until others had everything that a killed relay held. Fed with the relays'
 * own events. Safe for use by several threads.
 */
final class Takeovers {

    /** Events after which what was sent may be sent again, and what they are called in the verdict. */
    private static final Map<String, String> FAILURES = Map.of(
            "claims-lost", "lost claim",
            "destination-unavailable", "unanswered call to the broker",
            "storage-failed", "failed call to the database",
            "retry-scheduled", "rejected message");

    private final Map<String, Integer> held = new TreeMap<>();
    private final List<Takeover> done = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private @Nullable String victim;
    private Instant killedAt = Instant.EPOCH;
    private int orphans;
    private int adopted;

    /**
     * A takeover that is complete.
     *
     * @param from the relay that was killed
     * @param by the relay that took the last of its partitions
     * @param partitions how many it had held
     * @param time from the kill to the last of them
     */
    record Takeover(String from, String by, int partitions, Duration time) {}

    /**
     * Something after which duplicates are no surprise.
     *
     * @param what its name, for people
     * @param when when it happened
     */
    record Failure(String what, Instant when) {}

    /** A relay was killed. Until the others have taken over, no other one may be killed. */
    synchronized void killed(String relay, Instant when) {
        victim = relay;
        killedAt = when;
        orphans = held.getOrDefault(relay, 0);
        adopted = 0;
        held.remove(relay);
        failures.add(new Failure("kill -9", when));
    }

    /** Returns the takeover that this event completes, or null. */
    synchronized @Nullable Takeover event(RelayEvent event) {
        String failure = FAILURES.get(event.name());
        if (failure != null) {
            failures.add(new Failure(failure, event.time()));
        }
        switch (event.name()) {
            case "claims-acquired" -> held.merge(event.relay(), event.partitions(), Integer::sum);
            case "claims-released", "claims-lost" -> held.merge(event.relay(), -event.partitions(), Integer::sum);
            case "stopped" -> held.remove(event.relay());
            default -> {}
        }
        String from = victim;
        if (from == null
                || !event.name().equals("claims-acquired")
                || event.time().isBefore(killedAt)) {
            return null;
        }
        adopted += event.takenOver();
        if (adopted < orphans) {
            return null;
        }
        victim = null;
        Takeover takeover = new Takeover(from, event.relay(), orphans, Duration.between(killedAt, event.time()));
        done.add(takeover);
        return takeover;
    }

    /** Whether a killed relay's partitions wait for an owner. */
    synchronized boolean pending() {
        return victim != null;
    }

    synchronized List<Takeover> done() {
        return List.copyOf(done);
    }

    /** How many partitions each living relay holds. */
    synchronized Map<String, Integer> held() {
        return new TreeMap<>(held);
    }

    /** What happened after which duplicates are no surprise. */
    synchronized List<Failure> failures() {
        return List.copyOf(failures);
    }
}
