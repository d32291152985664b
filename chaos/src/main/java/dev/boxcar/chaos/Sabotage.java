package dev.boxcar.chaos;

import dev.boxcar.chaos.Journal.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Breaks guarantees, each once, between the readers and the journal: a campaign that cannot fail proves nothing. Safe for use by
 * several threads.
 */
final class Sabotage {

    /** Who is told of messages. */
    @FunctionalInterface
    interface Arrivals {
        void arrived(Payload message, String id);
    }

    /** What is broken. */
    enum Mode {
        /** A message that arrived is not told of. */
        LOSE,
        /** A message is told of that nobody wrote. */
        GHOST,
        /** Two messages of a key are told of in the wrong order. */
        ORDER,
        /** A message is told of twice, before anything has failed, and under two ids. */
        REPEAT
    }

    private record Held(Payload message, String id) {}

    private static final int UNKNOWN_PLACE = 1_000_000_000;

    private final Set<Mode> left;
    private final boolean idle;
    private final Arrivals next;
    private final Map<Integer, Held> held = new HashMap<>();
    private final Set<Entry> seen = new HashSet<>();
    private boolean armed;
    private @Nullable Entry lost;

    Sabotage(Collection<Mode> modes, Arrivals next) {
        this.left = new HashSet<>(modes);
        this.idle = modes.isEmpty();
        this.next = next;
    }

    /** From now on all of it happens; before, only messages are repeated. */
    synchronized void arm() {
        armed = true;
    }

    /** A message arrived. */
    synchronized void arrived(Payload message, String id) {
        Entry entry = message.entry();
        if (idle || !seen.add(entry)) {
            if (!entry.equals(lost)) {
                next.arrived(message, id);
            }
        } else if (left.remove(Mode.REPEAT)) {
            next.arrived(message, id);
            next.arrived(message, "not " + id);
        } else if (armed && left.remove(Mode.LOSE)) {
            lost = entry;
        } else if (armed && left.remove(Mode.GHOST)) {
            next.arrived(message, id);
            next.arrived(new Payload(new Entry(entry.key(), UNKNOWN_PLACE), message.writtenAt()), id);
        } else if (armed && left.contains(Mode.ORDER)) {
            swap(message, id);
        } else {
            next.arrived(message, id);
        }
    }

    /** Holds the first message of each key back until some key's second one has come. */
    private void swap(Payload message, String id) {
        Held first = held.putIfAbsent(message.entry().key(), new Held(message, id));
        if (first != null) {
            next.arrived(message, id);
            held.values().forEach(each -> next.arrived(each.message, each.id));
            held.clear();
            left.remove(Mode.ORDER);
        }
    }
}
