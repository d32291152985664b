package dev.boxcar.internal;

import dev.boxcar.spi.ReadPosition;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One place in the storage from which entries are read: of some partitions, either for all lanes that have no feed of their
 * own, or for one lane that fell behind.
 */
final class Feed {

    final @Nullable Lane lane;
    final Set<Integer> partitions = new TreeSet<>();
    private @Nullable ReadPosition position;
    /** Whether to read again at once. */
    private boolean due = true;
    /** Whether the last read reached the end of what was there. */
    private boolean atEnd;
    /** Changes whenever something but a page moves it; a page asked for before that is thrown away. */
    private int version;

    Feed(@Nullable Lane lane, Collection<Integer> partitions, @Nullable ReadPosition position) {
        this.lane = lane;
        this.partitions.addAll(partitions);
        this.position = position;
    }

    @Nullable
    ReadPosition position() {
        return position;
    }

    int version() {
        return version;
    }

    boolean isDue() {
        return due && !partitions.isEmpty();
    }

    boolean isAtEnd() {
        return atEnd;
    }

    /** Looks for what is new. */
    void poll() {
        due = true;
    }

    /** A page was taken in. What was asked for meanwhile stays asked for. */
    void advance(ReadPosition next, boolean more) {
        position = next;
        due |= more;
        atEnd = !more;
    }

    /** The next read starts; what comes in meanwhile makes it due again. */
    void reading() {
        due = false;
    }

    /** Reads again whatever would be missed from there. */
    void rewind(@Nullable ReadPosition older) {
        position = Positions.older(position, older);
        changed();
    }

    /** Reads from the start, after a failure of the storage that may have been a failover. */
    void restart() {
        rewind(null);
    }

    void add(Collection<Integer> more) {
        if (partitions.addAll(more)) {
            restart();
        }
    }

    void remove(Collection<Integer> gone) {
        if (partitions.removeAll(gone)) {
            changed();
        }
    }

    private void changed() {
        version++;
        due = true;
        atEnd = false;
    }
}
