package dev.boxcar.memory;

import dev.boxcar.spi.ReadPosition;

/**
 * How far a reader has come: it has had everything of the commits up to {@code from}, and of those up to {@code to} what has
 * an id up to {@code afterId}. Between two walks both commits are the same.
 *
 * <p>A walk is fixed to the commits it began with. What commits meanwhile, with whatever id, belongs to the next one; so no
 * late commit is passed over, and none overtakes an entry of its key.
 */
record Position(InMemoryStorage storage, long from, long to, long afterId) implements ReadPosition {

    static Position start(InMemoryStorage storage) {
        return new Position(storage, 0, 0, Long.MAX_VALUE);
    }

    /** The walk to read now: the one under way, or a new one up to the last commit. */
    Position walk(long lastCommit) {
        return to > from ? this : new Position(storage, from, lastCommit, Long.MIN_VALUE);
    }

    Position cutAt(long id) {
        return new Position(storage, from, to, id);
    }

    Position finished() {
        return new Position(storage, to, to, Long.MAX_VALUE);
    }

    /** Left out is only what both have had. */
    @Override
    public ReadPosition merge(ReadPosition other) {
        Position that = InMemoryStorage.position(storage, other);
        long least = Math.min(from, that.from);
        long most = Math.min(to, that.to);
        return most > least
                ? new Position(storage, least, most, Math.min(afterId, that.afterId))
                : new Position(storage, least, least, Long.MAX_VALUE);
    }

    @Override
    public String toString() {
        return "Position[commits to " + from + (to > from ? ", and to " + to + " with ids to " + afterId : "") + "]";
    }
}
