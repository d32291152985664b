package dev.boxcar.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.PercentEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a request for an entry looks like: its headers and its body. Immutable and safe to share. */
abstract class Format {

    static final String BINARY = "application/octet-stream";

    /** A request as it goes out, before it is signed. Names of headers are alike whatever their case; ours win. */
    @SuppressWarnings("ArrayRecordComponent") // made once, sent once
    record Content(SortedMap<String, String> headers, byte[] body) {}

    abstract Content content(ClaimedEntry entry);

    /** The payload is the body; all else is in headers. */
    static final class Plain extends Format {
        @Override
        Content content(ClaimedEntry entry) {
            SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            String contentType = null;
            for (Map.Entry<String, String> header : entry.headers().entrySet()) {
                if (header.getKey().equalsIgnoreCase(CloudEvents.CONTENT_TYPE)) {
                    contentType = header.getValue();
                } else {
                    headers.put(header.getKey(), PercentEncoding.of(header.getKey(), header.getValue()));
                }
            }
            headers.put(CloudEvents.CONTENT_TYPE, contentType == null ? BINARY : contentType);
            addOurs(entry, headers);
            return new Content(headers, entry.payload());
        }
    }

    /** The payload is the body; the event's attributes are in headers {@code ce-…}. */
    static final class BinaryCloudEvents extends Format {
        private final CloudEvents events;

        BinaryCloudEvents(CloudEvents events) {
            this.events = events;
        }

        @Override
        Content content(ClaimedEntry entry) {
            Map<String, String> attributes = events.attributes(entry);
            SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            String contentType = attributes.remove("datacontenttype");
            headers.put(CloudEvents.CONTENT_TYPE, contentType == null ? BINARY : contentType);
            addRest(entry, headers);
            attributes.forEach((name, value) -> headers.put("ce-" + name, encoded(value)));
            return new Content(headers, entry.payload());
        }
    }

    /** A JSON envelope holds the event's attributes and the payload. */
    static final class StructuredCloudEvents extends Format {
        private static final JsonFactory JSON = new JsonFactory();

        private final CloudEvents events;

        StructuredCloudEvents(CloudEvents events) {
            this.events = events;
        }

        @Override
        Content content(ClaimedEntry entry) {
            Map<String, String> attributes = events.attributes(entry);
            SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            addRest(entry, headers);
            headers.put(CloudEvents.CONTENT_TYPE, "application/cloudevents+json; charset=utf-8");
            return new Content(headers, envelope(attributes, entry.payload()));
        }

        private static byte[] envelope(Map<String, String> attributes, byte[] payload) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length + payload.length / 3 + 512);
            try (JsonGenerator json = JSON.createGenerator(bytes)) {
                json.writeStartObject();
                for (Map.Entry<String, String> attribute : attributes.entrySet()) {
                    json.writeStringField(attribute.getKey(), attribute.getValue());
                }
                if (payload.length > 0) {
                    if (saysJson(attributes.get("datacontenttype")) && isJson(payload)) {
                        json.writeFieldName("data");
                        json.writeRawValue(new String(payload, UTF_8));
                    } else {
                        json.writeBinaryField("data_base64", payload);
                    }
                }
                json.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }

        private static boolean saysJson(@Nullable String contentType) {
            if (contentType == null) {
                return false;
            }
            int end = contentType.indexOf(';');
            String type = (end < 0 ? contentType : contentType.substring(0, end))
                    .trim()
                    .toLowerCase(Locale.ROOT);
            return type.equals("application/json") || type.endsWith("+json");
        }

        /** Whether the payload is one JSON value: anything else would break the envelope. */
        private static boolean isJson(byte[] payload) {
            try (JsonParser json = JSON.createParser(payload)) {
                if (json.nextToken() == null) {
                    return false;
                }
                json.skipChildren();
                return json.nextToken() == null;
            } catch (IOException e) {
                return false;
            }
        }
    }

    /** What CloudEvents have no attribute for: the message's headers, and a key that is not text. */
    private static void addRest(ClaimedEntry entry, SortedMap<String, String> headers) {
        entry.headers().forEach((name, value) -> {
            if (!CloudEvents.isTaken(name)) {
                headers.put(name, PercentEncoding.of(name, value));
            }
        });
        byte[] key = entry.key();
        if (key != null) {
            headers.put(BoxcarHeaders.KEY, PercentEncoding.of(key));
        }
    }

    private static void addOurs(ClaimedEntry entry, SortedMap<String, String> headers) {
        headers.put(BoxcarHeaders.ID, encoded(entry.messageId()));
        byte[] key = entry.key();
        if (key != null) {
            headers.put(BoxcarHeaders.KEY, PercentEncoding.of(key));
        }
        String type = entry.type();
        if (type != null) {
            headers.put(BoxcarHeaders.TYPE, encoded(type));
        }
        headers.put(
                BoxcarHeaders.CREATED, encoded(Long.toString(entry.createdAt().toEpochMilli())));
        if (!entry.namespace().isEmpty()) {
            headers.put(BoxcarHeaders.NAMESPACE, encoded(entry.namespace()));
        }
    }

    private static String encoded(String value) {
        return PercentEncoding.of(value.getBytes(UTF_8));
    }
}
