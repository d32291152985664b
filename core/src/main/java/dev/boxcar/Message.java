package dev.boxcar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an application publishes: a payload, and optionally a key, headers, a logical type name and an id.
 *
 * <p>Messages with the same key in the same namespace are published in the order in which they were written. A message
 * without a key has no order with respect to others. Key and payload are binary-safe. The arrays are not copied: do not
 * change them after handing them over.
 *
 * <p>Immutable apart from that, and safe to share between threads. {@link #toString()} shows sizes, never content.
 *
 * @param key the ordering key, or null when order does not matter
 * @param payload the content; may be empty, never null
 * @param headers names and values that travel with the message, in iteration order; neither may be null
 * @param type a logical type name such as {@code order.placed.v1} (never a class name), or null
 * @param id a stable id that the consumer can use to drop duplicates, or null to have the outbox make one
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode compare the content; a copy would double every payload
public record Message(
        byte @Nullable [] key,
        byte[] payload,
        Map<String, String> headers,
        @Nullable String type,
        @Nullable String id) {

    /** Checks for nulls and takes a private copy of the headers. */
    // Not the compact form: javac 17 forgets that its key may be null, and users' null checkers would refuse null.
    public Message(
            byte @Nullable [] key,
            byte[] payload,
            Map<String, String> headers,
            @Nullable String type,
            @Nullable String id) {
        this.key = key;
        this.payload = Objects.requireNonNull(payload, "payload must not be null (an empty array is allowed)");
        Objects.requireNonNull(headers, "headers must not be null (use Map.of() for none)");
        this.headers = copyOf(headers);
        this.type = type;
        this.id = id;
    }

    /** A message without headers whose key is the UTF-8 form of {@code key}. */
    public static Message of(@Nullable String key, byte[] payload) {
        return of(key == null ? null : key.getBytes(StandardCharsets.UTF_8), payload);
    }

    /** A message without headers whose key and payload are the UTF-8 forms of the given texts. */
    public static Message of(@Nullable String key, String payload) {
        Objects.requireNonNull(payload, "payload must not be null (an empty text is allowed)");
        return of(key, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** A message without headers. */
    public static Message of(byte @Nullable [] key, byte[] payload) {
        return new Message(key, payload, Map.of(), null, null);
    }

    /** The same message with one more header; a header of the same name is replaced. */
    public Message withHeader(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Message(key, payload, all, type, id);
    }

    /** The same message with these headers instead of its own. */
    public Message withHeaders(Map<String, String> newHeaders) {
        return new Message(key, payload, newHeaders, type, id);
    }

    /** The same message with a logical type name. */
    public Message withType(String newType) {
        return new Message(key, payload, headers, Objects.requireNonNull(newType, "type must not be null"), id);
    }

    /** The same message with an id chosen by the application, for example the id of the business event. */
    public Message withId(String newId) {
        return new Message(key, payload, headers, type, Objects.requireNonNull(newId, "id must not be null"));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Message that
                && Arrays.equals(key, that.key)
                && Arrays.equals(payload, that.payload)
                && headers.equals(that.headers)
                && Objects.equals(type, that.type)
                && Objects.equals(id, that.id);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(key), Arrays.hashCode(payload), headers, type, id);
    }

    @Override
    public String toString() {
        return "Message[type=" + type + ", id=" + id + ", key=" + (key == null ? "none" : key.length + " bytes")
                + ", payload=" + payload.length + " bytes, headers=" + headers.size() + "]";
    }

    private static Map<String, String> copyOf(Map<String, String> headers) {
        if (headers.isEmpty()) {
            return Map.of();
        }
        Map<String, String> copy = new LinkedHashMap<>(headers);
        copy.forEach((name, value) -> {
            Objects.requireNonNull(name, "a header name must not be null");
            Objects.requireNonNull(value, () -> "header '" + name + "' must not have a null value");
        });
        return java.util.Collections.unmodifiableMap(copy);
    }
}
