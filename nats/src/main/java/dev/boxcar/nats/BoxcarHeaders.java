package dev.boxcar.nats;

/**
 * The names of the headers that {@link NatsPublisher} adds to a message's own. NATS allows plain ASCII text only: values are
 * percent-encoded UTF-8, as the NATS binding of CloudEvents does it; {@code java.net.URLDecoder} would turn {@code +} into a
 * blank, any other decoder of percent-encoding will do.
 *
 * <p>A message that carries a header with one of these names loses it: what the outbox knows wins.
 */
public final class BoxcarHeaders {

    /** The stable id of the message, the same in every attempt: consumers drop duplicates by it. Always present. */
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

    /**
     * By which JetStream drops duplicates: the message id, after the namespace and a colon if there is one, since ids that an
     * application chooses may be alike in two namespaces that share a stream. Always present.
     */
    public static final String DUPLICATES = "Nats-Msg-Id";

    private BoxcarHeaders() {}
}
