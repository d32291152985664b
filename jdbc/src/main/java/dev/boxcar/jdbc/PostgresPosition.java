package dev.boxcar.jdbc;

import dev.boxcar.spi.ReadPosition;
import org.jspecify.annotations.Nullable;

/**
 * How far a walk has come. A walk returns what {@code to} sees and {@code from} does not see, in the order of the ids.
 *
 * @param server the run of the server whose snapshots these are; another run may not know what this one had committed
 * @param from everything that this sees was read before, or null for nothing
 * @param floor all ids of transactions that {@code from} knows nothing of are above this
 * @param to the snapshot of the walk under way, or null between two walks
 * @param toFloor the floor that belongs to {@code to}
 * @param cursor the last id that the walk under way returned
 */
record PostgresPosition(
        String server,
        @Nullable Snapshot from,
        long floor,
        @Nullable Snapshot to,
        long toFloor,
        long cursor) implements ReadPosition {

    static final PostgresPosition START = new PostgresPosition("", null, Long.MIN_VALUE, null, 0, Long.MIN_VALUE);

    @Override
    public ReadPosition merge(ReadPosition other) {
        PostgresPosition that = (PostgresPosition) other;
        if (!server.equals(that.server)) {
            return START;
        }
        Snapshot theTo = to;
        if (java.util.Objects.equals(from, that.from) && theTo != null && theTo.equals(that.to)) {
            return cursor <= that.cursor ? this : that;
        }
        return startsBefore(that) ? restarted() : that.restarted();
    }

    private boolean startsBefore(PostgresPosition that) {
        Snapshot mine = from;
        Snapshot others = that.from;
        return mine == null || (others != null && mine.notAfter(others));
    }

    private PostgresPosition restarted() {
        return new PostgresPosition(server, from, floor, null, 0, Long.MIN_VALUE);
    }
}
