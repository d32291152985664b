package dev.boxcar.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.boxcar.ClaimedEntry;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** An entry as SQS takes it. Immutable and safe to share. */
final class SqsMessage {

    private static final int MOST_ATTRIBUTES = 10;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII) // whatever the characters, SQS allows the text
            .build();

    private final String body;
    private final Map<String, MessageAttributeValue> attributes = new LinkedHashMap<>();
    private final @Nullable String groupId;
    private final @Nullable String deduplicationId;

    private SqsMessage(ClaimedEntry entry, boolean fifo) {
        attributes.put(BoxcarAttributes.ID, text(entry.messageId()));
        attributes.put(
                BoxcarAttributes.CREATED,
                MessageAttributeValue.builder()
                        .dataType("Number")
                        .stringValue(Long.toString(entry.createdAt().toEpochMilli()))
                        .build());
        String type = entry.type();
        if (type != null) {
            attributes.put(BoxcarAttributes.TYPE, text(type));
        }
        if (!entry.namespace().isEmpty()) {
            attributes.put(BoxcarAttributes.NAMESPACE, text(entry.namespace()));
        }
        byte[] key = entry.key();
        if (key != null && key.length > 0) {
            attributes.put(BoxcarAttributes.KEY, textOrBytes(key));
        }
        body = body(entry.payload());
        addHeaders(entry.headers());
        byte[] id = entry.messageId().getBytes(UTF_8);
        groupId = fifo ? SqsText.identifier(key == null ? id : key) : null;
        deduplicationId = fifo ? SqsText.identifier(id) : null;
    }

    /**
     * The message of an entry.
     *
     * @param fifo whether the queue wants a message group, which is the key, and an id against duplicates
     */
    static SqsMessage of(ClaimedEntry entry, boolean fifo) {
        return new SqsMessage(entry, fifo);
    }

    private String body(byte[] payload) {
        String asText = SqsText.of(payload);
        if (asText != null) {
            return asText;
        }
        attributes.put(BoxcarAttributes.BODY, text(payload.length == 0 ? "empty" : "base64"));
        return payload.length == 0 ? "-" : Base64.getEncoder().encodeToString(payload);
    }

    private void addHeaders(Map<String, String> headers) {
        Map<String, String> fitting = new LinkedHashMap<>();
        Map<String, String> others = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            if (!BoxcarAttributes.ALL.contains(name)) {
                boolean allowed = SqsText.isAttributeName(name) && SqsText.isAllowed(value);
                (allowed ? fitting : others).put(name, value);
            }
        });
        int room = MOST_ATTRIBUTES - attributes.size();
        int most = others.isEmpty() && fitting.size() <= room ? room : room - 1;
        fitting.forEach((name, value) -> {
            if (attributes.size() < MOST_ATTRIBUTES - room + most) {
                attributes.put(name, text(value));
            } else {
                others.put(name, value);
            }
        });
        if (!others.isEmpty()) {
            attributes.put(BoxcarAttributes.HEADERS, text(json(others)));
        }
    }

    private static String json(Map<String, String> texts) {
        StringWriter written = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(written)) {
            json.writeStartObject();
            for (Map.Entry<String, String> each : texts.entrySet()) {
                json.writeStringField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return written.toString();
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }

    private static MessageAttributeValue textOrBytes(byte[] value) {
        String asText = SqsText.of(value);
        return asText != null
                ? text(asText)
                : MessageAttributeValue.builder()
                        .dataType("Binary")
                        .binaryValue(SdkBytes.fromByteArray(value))
                        .build();
    }

    /** How much of the limits on messages and batches it takes: its body, and names, types and values of its attributes. */
    int bytes() {
        int bytes = body.getBytes(UTF_8).length;
        for (Map.Entry<String, MessageAttributeValue> attribute : attributes.entrySet()) {
            MessageAttributeValue value = attribute.getValue();
            bytes += attribute.getKey().length() + value.dataType().length();
            bytes += value.binaryValue() != null
                    ? value.binaryValue().asByteArrayUnsafe().length
                    : value.stringValue().getBytes(UTF_8).length;
        }
        return bytes;
    }

    /** It as a part of a batch, under an id by which SQS answers. */
    SendMessageBatchRequestEntry inBatch(String id) {
        return SendMessageBatchRequestEntry.builder()
                .id(id)
                .messageBody(body)
                .messageAttributes(attributes)
                .messageGroupId(groupId)
                .messageDeduplicationId(deduplicationId)
                .build();
    }
}
