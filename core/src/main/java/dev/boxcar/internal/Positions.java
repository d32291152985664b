package dev.boxcar.internal;

import dev.boxcar.spi.ReadPosition;
import org.jspecify.annotations.Nullable;

/** Positions where null means the start. */
final class Positions {

    private Positions() {}

    /** A position from which nothing is missed that either would return. */
    static @Nullable ReadPosition older(@Nullable ReadPosition one, @Nullable ReadPosition other) {
        return one == null || other == null ? null : one == other ? one : one.merge(other);
    }
}
