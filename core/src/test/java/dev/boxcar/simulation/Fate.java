package dev.boxcar.simulation;

import static dev.boxcar.simulation.Scheduler.NEVER;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message and all that becomes of it. */
final class Fate {

    /** What is wrong with a message itself. */
    enum Defect {
        NONE,
        /** Fails, so often, and then does not. */
        FLAKY,
        FAILS,
        REJECTED
    }

    final String id;
    final String namespace;
    /** Namespace and key; null when it has no key and therefore no order. */
    final @Nullable String lane;

    final int number;
    final Defect defect;
    final int flaws;
    final List<Call> calls = new ArrayList<>(2);
    long committedAt = NEVER;
    long arrivedAt = NEVER;
    int arrivals;
    int failures;
    boolean rejected;
    boolean dead;

    Fate(String id, String namespace, @Nullable String lane, int number, Defect defect, int flaws) {
        this.id = id;
        this.namespace = namespace;
        this.lane = lane;
        this.number = number;
        this.defect = defect;
        this.flaws = flaws;
    }

    boolean isCommitted() {
        return committedAt != NEVER;
    }

    boolean hasArrived() {
        return arrivals > 0;
    }
}
