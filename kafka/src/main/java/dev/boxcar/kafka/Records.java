package dev.boxcar.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Turns entries into records. */
final class Records {

    private Records() {}

    static ProducerRecord<byte[], byte[]> of(ClaimedEntry entry, String topic) {
        // No timestamp: the client sets the time of sending. With the time of creation, a topic's retention could
        // delete
        // a message that waited for days, or a replayed dead letter, before any consumer has seen it.
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, entry.key(), entry.payload());
        Headers headers = record.headers();
        if (!entry.headers().isEmpty()) {
            entry.headers().forEach((name, value) -> {
                if (!BoxcarHeaders.ALL.contains(name)) {
                    headers.add(name, value.getBytes(UTF_8));
                }
            });
        }
        headers.add(BoxcarHeaders.ID, entry.messageId().getBytes(UTF_8));
        String type = entry.type();
        if (type != null) {
            headers.add(BoxcarHeaders.TYPE, type.getBytes(UTF_8));
        }
        headers.add(
                BoxcarHeaders.CREATED,
                Long.toString(entry.createdAt().toEpochMilli()).getBytes(UTF_8));
        if (!entry.namespace().isEmpty()) {
            headers.add(BoxcarHeaders.NAMESPACE, entry.namespace().getBytes(UTF_8));
        }
        return record;
    }
}
