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
        if (namespace.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("namespace must not contain control characters");
        }
        // In the stream of code points, a surrogate is one that has no other half.
        if (namespace.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new IllegalArgumentException("namespace must not contain half a surrogate pair");
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
