package dev.boxcar.spi;

/** How far a reader has come: opaque to everybody but the storage that made it. Immutable. */
public interface ReadPosition {

    /**
     * A position from which a read returns everything that a read from this one or from the other one would.
     *
     * @param other a position of the same storage
     */
    ReadPosition merge(ReadPosition other);
}
