package dev.boxcar.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns entries into the properties of messages; the payload is the body. Immutable and safe to share. */
final class Messages {

    private static final int PERSISTENT = 2;

    /** What the AMQP binding of CloudEvents 1.0 puts before the names of attributes. */
    private static final String ATTRIBUTE_PREFIX = "cloudEvents:";

    private final @Nullable CloudEvents events;

    /** Of plain messages, or of CloudEvents in binary mode. */
    Messages(@Nullable CloudEvents events) {
        this.events = events;
    }

    BasicProperties of(ClaimedEntry entry) {
        Map<String, Object> headers = new HashMap<>();
        String contentType = null;
        if (events == null) {
            for (Map.Entry<String, String> header : entry.headers().entrySet()) {
                if (header.getKey().equalsIgnoreCase(CloudEvents.CONTENT_TYPE)) {
                    contentType = header.getValue();
                } else {
                    headers.put(header.getKey(), header.getValue());
                }
            }
            headers.remove(BoxcarHeaders.NAMESPACE);
            headers.put(BoxcarHeaders.CREATED, entry.createdAt().toEpochMilli());
            if (!entry.namespace().isEmpty()) {
                headers.put(BoxcarHeaders.NAMESPACE, entry.namespace());
            }
        } else {
            entry.headers().forEach((name, value) -> {
                if (!CloudEvents.isTaken(name)) {
                    headers.put(name, value);
                }
            });
            Map<String, String> attributes = events.attributes(entry);
            contentType = attributes.remove("datacontenttype");
            attributes.forEach((name, value) -> headers.put(ATTRIBUTE_PREFIX + name, value));
        }
        headers.remove(BoxcarHeaders.KEY);
        byte[] key = entry.key();
        if (key != null) {
            headers.put(BoxcarHeaders.KEY, key);
        }
        return new BasicProperties.Builder()
                .deliveryMode(PERSISTENT)
                .messageId(entry.messageId())
                .type(entry.type())
                .timestamp(Date.from(entry.createdAt()))
                .contentType(contentType)
                .headers(headers)
                .build();
    }
}
