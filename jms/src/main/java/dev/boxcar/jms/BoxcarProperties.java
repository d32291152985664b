package dev.boxcar.jms;

/**
 * The names of the properties that {@link JmsPublisher} adds to a message's own headers, which are properties too. The logical type
 * name is the standard header {@code JMSType}, the key also the standard property {@code JMSXGroupID}.
 *
 * <p>JMS allows only names of variables as names of properties. In the name of a header a dot becomes {@code _DOT_}, a hyphen
 * {@code _HYPHEN_}, and any other character that is not allowed {@code _x…_} with its number in hexadecimal digits; so does the first
 * character of a name that JMS or a broker reserves. A header that begins with {@code boxcar_} is lost: what the outbox knows wins.
 */
public final class BoxcarProperties {

    /** The stable id of the message, the same in every attempt: consumers drop duplicates by it. A text, always present. */
    public static final String ID = "boxcar_id";

    /** The message's key, a text. Absent when the message has none, or one that is not UTF-8. */
    public static final String KEY = "boxcar_key";

    /** A key that is not UTF-8, in Base64. Otherwise absent. */
    public static final String BINARY_KEY = "boxcar_key_base64";

    /**
     * When the message was written to the outbox, in milliseconds since the epoch, by the database's clock. A long, always present.
     */
    public static final String CREATED = "boxcar_created";

    /** The namespace, a text. Absent for messages of the default namespace. */
    public static final String NAMESPACE = "boxcar_namespace";

    static final String PREFIX = "boxcar_";

    private BoxcarProperties() {}
}
