package dev.boxcar.sqs;

import java.util.Set;

/**
 * The names of the message attributes that {@link SqsPublisher} adds to a message's own headers, which are attributes too.
 *
 * <p>SQS has room for ten attributes, and allows no empty ones. Headers for which there is no room, or that SQS does not allow, are
 * in {@link #HEADERS} instead; the first ones of a message have precedence. A header with one of these names is lost: what the outbox
 * knows wins.
 */
public final class BoxcarAttributes {

    /** The stable id of the message, the same in every attempt: consumers drop duplicates by it. Always present. */
    public static final String ID = "boxcar-id";

    /**
     * The message's key: of type {@code String} if SQS can take it as a text, and {@code Binary} if not. Absent when the message has
     * none, or an empty one.
     */
    public static final String KEY = "boxcar-key";

    /** The logical type name. Absent when the message has none. */
    public static final String TYPE = "boxcar-type";

    /**
     * When the message was written to the outbox, in milliseconds since the epoch, by the database's clock: a {@code Number}. Always
     * present.
     */
    public static final String CREATED = "boxcar-created";

    /** The namespace. Absent for messages of the default namespace. */
    public static final String NAMESPACE = "boxcar-namespace";

    /**
     * What the body is if it is not the payload as a text: {@code base64}, for what is not UTF-8 or has characters that SQS does not
     * allow; or {@code empty}, since SQS allows no empty body.
     */
    public static final String BODY = "boxcar-body";

    /** The headers that are no attributes, as a JSON object of texts. Absent when there are none. */
    public static final String HEADERS = "boxcar-headers";

    static final Set<String> ALL = Set.of(ID, KEY, TYPE, CREATED, NAMESPACE, BODY, HEADERS);

    private BoxcarAttributes() {}
}
