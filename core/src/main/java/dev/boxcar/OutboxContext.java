package dev.boxcar;

import java.util.Objects;

/**
 * Where a message belongs: its namespace. Handed to the storage when a message is written and, with the entry, to the
 * {@link Publisher} when it is sent; a publisher may choose the topic by it.
 *
 * <p>Immutable and safe to share.
 *
 * @param namespace a name of up to {@value #MAX_NAMESPACE_LENGTH} characters without control characters or halves of
 *     surrogate pairs, which no database can store; the default namespace is empty
 */
public record OutboxContext(String namespace) {

    /** The longest namespace, in characters. */
    public static final int MAX_NAMESPACE_LENGTH = 200;

    /** The context with the default (empty) namespace. */
    public static final OutboxContext DEFAULT = new OutboxContext("");

    /** Checks the namespace. */
    public OutboxContext {
        Objects.requireNonNull(namespace, "namespace must not be null (the default namespace is empty)");
        if (namespace.length() > MAX_NAMESPACE_LENGTH) {
            throw new IllegalArgumentException(
                    "namespace has " + namespace.length() + " characters; the limit is " + MAX_NAMESPACE_LENGTH);
        }
        for (int i = 0; i < namespace.length(); i++) {
            char c = namespace.charAt(i);
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException("namespace must not contain control characters");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < namespace.length()
                        && Character.isLowSurrogate(namespace.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException("namespace must not contain half a surrogate pair");
                }
                i++;
            }
        }
    }

    /** A context with this namespace. */
    public static OutboxContext ofNamespace(String namespace) {
        return namespace.isEmpty() ? DEFAULT : new OutboxContext(namespace);
    }

    /** This context with another namespace. */
    public OutboxContext withNamespace(String newNamespace) {
        return ofNamespace(newNamespace);
    }
}
