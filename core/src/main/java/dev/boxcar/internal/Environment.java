package dev.boxcar.internal;

import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.Publisher;
import dev.boxcar.spi.OutboxStorage;
import java.util.random.RandomGenerator;

/**
 * What an engine is given: nothing in it makes threads, reads a clock or rolls dice by itself, so that a test can run it on
 * simulated time and replay it from a seed.
 *
 * @param processorId the processor's id
 * @param settings how it works
 * @param storage where entries live
 * @param publisher where messages go
 * @param listener who is told; must not throw
 * @param clock its time
 * @param random jitter, the choice among free partitions and the ids of sessions
 */
public record Environment(
        String processorId,
        OutboxSettings settings,
        OutboxStorage<?> storage,
        Publisher publisher,
        OutboxListener listener,
        OutboxClock clock,
        RandomGenerator random) {}
