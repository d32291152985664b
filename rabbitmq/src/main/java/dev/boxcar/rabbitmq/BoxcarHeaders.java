package dev.boxcar.rabbitmq;

/**
 * The names of the headers that {@link RabbitMqPublisher} adds to a message's own. What the protocol has a property for is
 * there: {@code message-id}, {@code type}, {@code timestamp} (in seconds) and {@code content-type}.
 *
 * <p>A message that carries a header with one of these names loses it: what the outbox knows wins.
 */
public final class BoxcarHeaders {

    /** The message's key, as bytes. Absent when the message has none. */
    public static final String KEY = "boxcar-key";

    /**
     * When the message was written to the outbox, in milliseconds since the epoch, by the database's clock; a number. Always
     * present, except in CloudEvents, which have an attribute for it.
     */
    public static final String CREATED = "boxcar-created";

    /** The namespace. Absent for messages of the default namespace, and in CloudEvents, which have an attribute for it. */
    public static final String NAMESPACE = "boxcar-namespace";

    private BoxcarHeaders() {}
}
