package dev.boxcar.memory;

import dev.boxcar.OutboxClock;

/** Makes in-memory storages with another number of partitions, for the simulation. */
public final class SmallStorage {

    private SmallStorage() {}

    public static InMemoryStorage create(OutboxClock clock, int partitions) {
        return new InMemoryStorage(clock, partitions);
    }
}
