package dev.boxcar.nats;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.PercentEncoding;
import io.nats.client.impl.Headers;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns entries into the headers of messages; the payload is the body. Immutable and safe to share. */
final class Messages {

    private static final String ATTRIBUTE_PREFIX = "ce-";

    private final @Nullable CloudEvents events;

    /** Of plain messages, or of CloudEvents in binary mode. */
    Messages(@Nullable CloudEvents events) {
        this.events = events;
    }

    /**
     * The headers of an entry.
     *
     * @throws IllegalArgumentException when it has a header that NATS does not allow; the text names it and shows no value
     */
    Headers of(ClaimedEntry entry) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (events == null) {
            all.putAll(entry.headers());
            all.remove(BoxcarHeaders.KEY);
            all.remove(BoxcarHeaders.TYPE);
            all.remove(BoxcarHeaders.NAMESPACE);
            all.put(BoxcarHeaders.ID, entry.messageId());
            all.put(BoxcarHeaders.CREATED, Long.toString(entry.createdAt().toEpochMilli()));
            String type = entry.type();
            if (type != null) {
                all.put(BoxcarHeaders.TYPE, type);
            }
            if (!entry.namespace().isEmpty()) {
                all.put(BoxcarHeaders.NAMESPACE, entry.namespace());
            }
        } else {
            entry.headers().forEach((name, value) -> {
                if (!CloudEvents.isTaken(name)) {
                    all.put(name, value);
                }
            });
            all.remove(BoxcarHeaders.KEY);
            events.attributes(entry).forEach((name, value) -> all.put(ATTRIBUTE_PREFIX + name, value));
        }
        all.put(
                BoxcarHeaders.DUPLICATES,
                entry.namespace().isEmpty() ? entry.messageId() : entry.namespace() + ":" + entry.messageId());
        Headers headers = new Headers();
        all.forEach((name, value) -> put(headers, name, PercentEncoding.of(name, value)));
        byte[] key = entry.key();
        if (key != null) {
            put(headers, BoxcarHeaders.KEY, PercentEncoding.of(key));
        }
        return headers;
    }

    private static void put(Headers headers, String name, String value) {
        try {
            headers.put(name, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("NATS does not allow a header with the name '" + name + "'");
        }
    }
}
