package dev.boxcar.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns entries into records, and knows what is to be around the handing over of one. Safe for use by several threads. */
final class Records {

    /** Around the handing over of a record. */
    interface Scope {
        void close();
    }

    /** With the headers of {@link BoxcarHeaders}, and nothing around. */
    static final Records PLAIN = new Records(null, null);

    private static final Logger log = LoggerFactory.getLogger(Records.class);
    private static final Scope NOTHING = () -> {};
    private static final String ATTRIBUTE_PREFIX = "ce_";
    private static final String CONTENT_TYPE_ATTRIBUTE = "datacontenttype";

    private final @Nullable CloudEvents events;
    private final @Nullable Function<ClaimedEntry, ? extends AutoCloseable> around;
    private final AtomicBoolean reported = new AtomicBoolean();

    /**
     * @param events the headers are those of CloudEvents instead, or null
     * @param around opened before a record is handed to the client and closed afterwards, or null
     */
    Records(@Nullable CloudEvents events, @Nullable Function<ClaimedEntry, ? extends AutoCloseable> around) {
        this.events = events;
        this.around = around;
    }

    ProducerRecord<byte[], byte[]> of(ClaimedEntry entry, String topic) {
        // No timestamp: the client sets the time of sending. With the time of creation, a topic's retention could
        // delete
        // a message that waited for days, or a replayed dead letter, before any consumer has seen it.
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, entry.key(), entry.payload());
        CloudEvents theEvents = events;
        if (theEvents == null) {
            addOurs(record.headers(), entry);
        } else {
            addAttributes(record.headers(), entry, theEvents);
        }
        return record;
    }

    private static void addOurs(Headers headers, ClaimedEntry entry) {
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
    }

    /** Binary mode of the Kafka protocol binding for CloudEvents 1.0: the payload stays what it is. */
    private static void addAttributes(Headers headers, ClaimedEntry entry, CloudEvents events) {
        entry.headers().forEach((name, value) -> {
            if (!CloudEvents.isTaken(name) && !name.startsWith(ATTRIBUTE_PREFIX)) {
                headers.add(name, value.getBytes(UTF_8));
            }
        });
        events.attributes(entry)
                .forEach((name, value) -> headers.add(
                        name.equals(CONTENT_TYPE_ATTRIBUTE) ? CloudEvents.CONTENT_TYPE : ATTRIBUTE_PREFIX + name,
                        value.getBytes(UTF_8)));
    }

    /** What is to be around the handing over of an entry. When it fails, the entry goes its way without. */
    Scope around(ClaimedEntry entry) {
        Function<ClaimedEntry, ? extends AutoCloseable> theAround = around;
        if (theAround == null) {
            return NOTHING;
        }
        try {
            AutoCloseable scope = theAround.apply(entry);
            return () -> {
                try {
                    scope.close();
                } catch (Exception e) {
                    failed(e);
                }
            };
        } catch (RuntimeException e) {
            failed(e);
            return NOTHING;
        }
    }

    private void failed(Exception e) {
        if (reported.compareAndSet(false, true)) {
            log.warn("what should be around each send failed; messages go on, and further failures are not logged", e);
        }
    }
}
