package dev.boxcar.spi;

import java.util.Objects;

/**
 * One life of a processor, from joining until its claims end. A processor that lost its claims goes on with a new session.
 *
 * @param processorId the processor's id, for people
 * @param id unique for each session ever
 */
public record Session(String processorId, String id) {
    /** Checks for nulls. */
    public Session {
        Objects.requireNonNull(processorId, "processorId");
        Objects.requireNonNull(id, "id");
    }
}
