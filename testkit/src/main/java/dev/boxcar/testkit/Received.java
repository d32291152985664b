package dev.boxcar.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as it arrived at a destination, taken apart by the test of the publisher.
 *
 * @param key the key, or null
 * @param payload the content
 * @param headers the application's headers, without those that the publisher adds
 * @param messageId the message's stable id
 * @param type the logical type name, or null
 * @param createdAt when the message was written, to the millisecond at least
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content where it matters
public record Received(
        byte @Nullable [] key,
        byte[] payload,
        Map<String, String> headers,
        String messageId,
        @Nullable String type,
        Instant createdAt) {

    /** The payload as text. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
