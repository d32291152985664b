package dev.boxcar.redis;

/**
 * The names of the fields that {@link RedisPublisher} adds to an entry of a stream; every header of the message is one more field,
 * under its own name. All but payload and key are UTF-8 texts.
 *
 * <p>A message that carries a header with one of these names loses it: what the outbox knows wins.
 */
public final class BoxcarFields {

    /** The content. Always present. */
    public static final String PAYLOAD = "payload";

    /** The stable id of the message, the same in every attempt: consumers drop duplicates by it. Always present. */
    public static final String ID = "boxcar-id";

    /** The message's key, as bytes. Absent when the message has none. */
    public static final String KEY = "boxcar-key";

    /** The logical type name. Absent when the message has none. */
    public static final String TYPE = "boxcar-type";

    /**
     * When the message was written to the outbox, in milliseconds since the epoch, by the database's clock. Always present.
     */
    public static final String CREATED = "boxcar-created";

    /** The namespace. Absent for messages of the default namespace. */
    public static final String NAMESPACE = "boxcar-namespace";

    private BoxcarFields() {}
}
