package dev.boxcar;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the outbox that this processor may publish: what a {@link Publisher} is given.
 *
 * <p>Immutable but for the arrays, which must not be changed. {@link #toString()} shows sizes, never content.
 *
 * @param id the entry's number in its storage; results are tied to it
 * @param context the namespace the message was written in
 * @param messageId a stable id of the message, the same in every attempt and after a replay; consumers drop duplicates by it
 * @param key the ordering key, or null
 * @param payload the content
 * @param headers the headers
 * @param type the logical type name, or null
 * @param attempt 1 when the message is tried for the first time; one more for each failure of the message itself
 * @param createdAt when the message was written, by the database's clock
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode compare the content; a copy would double every payload
public record ClaimedEntry(
        long id,
        OutboxContext context,
        String messageId,
        byte @Nullable [] key,
        byte[] payload,
        Map<String, String> headers,
        @Nullable String type,
        int attempt,
        Instant createdAt) {

    /** Checks for nulls. */
    // Not the compact form: javac 17 forgets that its key may be null, and users' null checkers would refuse null.
    public ClaimedEntry(
            long id,
            OutboxContext context,
            String messageId,
            byte @Nullable [] key,
            byte[] payload,
            Map<String, String> headers,
            @Nullable String type,
            int attempt,
            Instant createdAt) {
        this.id = id;
        this.context = Objects.requireNonNull(context, "context");
        this.messageId = Objects.requireNonNull(messageId, "messageId");
        this.key = key;
        this.payload = Objects.requireNonNull(payload, "payload");
        this.headers = Objects.requireNonNull(headers, "headers");
        this.type = type;
        this.attempt = attempt;
        this.createdAt = Objects.requireNonNull(createdAt, "createdAt");
    }

    /** The namespace; a short form of {@code context().namespace()}. */
    public String namespace() {
        return context.namespace();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClaimedEntry that
                && id == that.id
                && attempt == that.attempt
                && context.equals(that.context)
                && messageId.equals(that.messageId)
                && Arrays.equals(key, that.key)
                && Arrays.equals(payload, that.payload)
                && headers.equals(that.headers)
                && Objects.equals(type, that.type)
                && createdAt.equals(that.createdAt);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    @Override
    public String toString() {
        byte[] theKey = key;
        return "ClaimedEntry[id=" + id + ", namespace=" + context.namespace() + ", messageId=" + messageId + ", type="
                + type
                + ", key=" + (theKey == null ? "none" : theKey.length + " bytes") + ", payload=" + payload.length
                + " bytes, headers=" + headers.size() + ", attempt=" + attempt + "]";
    }
}
