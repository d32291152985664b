package dev.boxcar.http;

/**
 * The names of the request headers that {@link HttpPublisher} adds to a message's own. Values that are not plain ASCII text are
 * percent-encoded UTF-8, as the HTTP binding of CloudEvents does it; {@code java.net.URLDecoder} would turn {@code +} into a
 * blank, any other decoder of percent-encoding will do.
 */
public final class BoxcarHeaders {

    /** The stable id of the message, the same in every attempt: receivers drop duplicates by it. Always present. */
    public static final String ID = "boxcar-id";

    /** The message's key, its bytes percent-encoded. Absent when the message has none. */
    public static final String KEY = "boxcar-key";

    /** The logical type name. Absent when the message has none. */
    public static final String TYPE = "boxcar-type";

    /**
     * When the message was written to the outbox, in milliseconds since the epoch, by the database's clock. Always present.
     */
    public static final String CREATED = "boxcar-created";

    /** The namespace. Absent for messages of the default namespace. */
    public static final String NAMESPACE = "boxcar-namespace";

    private BoxcarHeaders() {}
}
