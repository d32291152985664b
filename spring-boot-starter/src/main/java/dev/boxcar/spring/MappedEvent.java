package dev.boxcar.spring;

import dev.boxcar.CloudEvents;
import dev.boxcar.Message;
import dev.boxcar.spring.OutboxEventWriter.UnusableEventException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one event, before it is a message.
 *
 * @param key {@link #NO_KEY}, or what the event has as its key; null is a mistake
 */
record MappedEvent(
        String namespace,
        @Nullable Object key,
        @Nullable String type,
        @Nullable Object payload,
        Map<String, String> headers) {

    static final Object NO_KEY = new Object();

    Message message(Supplier<PayloadSerializer> serializer) {
        Map<String, String> all = new LinkedHashMap<>();
        byte[] bytes;
        if (payload instanceof byte[] ready) {
            bytes = ready;
        } else if (payload == null) {
            throw new UnusableEventException("its payload is null");
        } else {
            PayloadSerializer json = serializer.get();
            bytes = json.serialize(payload);
            all.put(CloudEvents.CONTENT_TYPE, json.contentType());
        }
        all.putAll(headers);
        return new Message(keyBytes(), bytes, all, type, null);
    }

    private byte @Nullable [] keyBytes() {
        if (key == NO_KEY) {
            return null;
        }
        if (key == null) {
            throw new UnusableEventException(
                    "its key is null, and messages without a key have no order: leave the key away if that is meant");
        }
        if (key instanceof byte[] ready) {
            return ready;
        }
        if (key instanceof CharSequence
                || key instanceof Number
                || key instanceof Boolean
                || key instanceof Enum<?>
                || key instanceof UUID) {
            return key.toString().getBytes(StandardCharsets.UTF_8);
        }
        throw new UnusableEventException("its key is a " + key.getClass().getName()
                + ": a key must be text, a number, a boolean, an enum, a UUID or an array of bytes");
    }

    @Override
    public String toString() {
        return "MappedEvent[" + namespace + ", type=" + type + "]";
    }
}
