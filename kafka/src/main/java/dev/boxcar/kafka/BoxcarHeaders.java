package dev.boxcar.kafka;

import java.util.Set;

/**
 * The names of the record headers that {@link KafkaPublisher} adds to a message's own. All values are UTF-8 texts.
 *
 * <p>A message that carries a header with one of these names loses it: what the outbox knows wins.
 */
public final class BoxcarHeaders {

    /** The stable id of the message, the same in every attempt: consumers drop duplicates by it. Always present. */
    public static final String ID = "boxcar-id";

    /** The logical type name. Absent when the message has none. */
    public static final String TYPE = "boxcar-type";

    /**
     * When the message was written to the outbox, in milliseconds since the epoch, by the database's clock. Always present.
     */
    public static final String CREATED = "boxcar-created";

    /** The namespace. Absent for messages of the default namespace. */
    public static final String NAMESPACE = "boxcar-namespace";

    static final Set<String> ALL = Set.of(ID, TYPE, CREATED, NAMESPACE);

    private BoxcarHeaders() {}
}
