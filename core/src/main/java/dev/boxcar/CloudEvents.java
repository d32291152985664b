package dev.boxcar;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How entries look as events of the CloudEvents specification 1.0: what a publisher that speaks CloudEvents writes into the headers
 * or the envelope of its protocol. It knows no protocol itself.
 *
 * <p>An entry's attributes are {@code specversion}; {@code id}, the message id, so that consumers drop duplicates by {@code source}
 * and {@code id} as the specification says; {@code source}; {@code type}; {@code time}, when the message was written;
 * {@code datacontenttype}, from a header {@code content-type} of the message; {@code partitionkey}, the key if it is text; and
 * {@code boxcarnamespace}, unless the namespace is the default one. Headers of the message that begin with {@value #HEADER_PREFIX}
 * are attributes too, {@code ce-subject} for example, and win over these, but for {@code id} and {@code specversion}.
 *
 * <p>Immutable and safe to share.
 *
 * @param source the context in which the events happened; an absolute URI is best
 * @param defaultType the type of messages that have none
 */
public record CloudEvents(URI source, String defaultType) {

    /** Headers of a message that begin with this are attributes of its event. */
    public static final String HEADER_PREFIX = "ce-";

    /** The header of a message that says what its payload is; in any case of letters. */
    public static final String CONTENT_TYPE = "content-type";

    private static final int LONGEST_NAME = 20;
    private static final Set<String> OURS = Set.of("specversion", "id", "data", "data_base64");

    /** Checks for what no event may lack. */
    public CloudEvents {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(defaultType, "defaultType");
        if (source.toString().isEmpty()) {
            throw new IllegalArgumentException("the source of CloudEvents must not be empty");
        }
        if (defaultType.isBlank()) {
            throw new IllegalArgumentException("the default type of CloudEvents must not be blank");
        }
    }

    /**
     * Events of this source; messages without a type get {@code dev.boxcar.message}.
     *
     * @throws IllegalArgumentException when it is empty or not a URI
     */
    public static CloudEvents of(String source) {
        return new CloudEvents(URI.create(source), "dev.boxcar.message");
    }

    /** The same with another type for messages that have none. */
    public CloudEvents withDefaultType(String type) {
        return new CloudEvents(source, type);
    }

    /** The attributes of an entry's event: names as in the specification, values in their canonical form as text. */
    public Map<String, String> attributes(ClaimedEntry entry) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("specversion", "1.0");
        attributes.put("id", entry.messageId());
        attributes.put("source", source.toString());
        attributes.put("type", Objects.requireNonNullElse(entry.type(), defaultType));
        attributes.put("time", entry.createdAt().toString());
        String partitionKey = text(entry.key());
        if (partitionKey != null) {
            attributes.put("partitionkey", partitionKey);
        }
        if (!entry.namespace().isEmpty()) {
            attributes.put("boxcarnamespace", entry.namespace());
        }
        entry.headers().forEach((name, value) -> {
            if (name.equalsIgnoreCase(CONTENT_TYPE)) {
                attributes.put("datacontenttype", value);
            } else if (isAttribute(name)) {
                attributes.put(name.substring(HEADER_PREFIX.length()), value);
            }
        });
        return attributes;
    }

    /** Whether a header of a message becomes part of the attributes, and so need not be sent as a header of its own. */
    public static boolean isTaken(String header) {
        return isAttribute(header) || header.equalsIgnoreCase(CONTENT_TYPE);
    }

    private static boolean isAttribute(String header) {
        if (!header.startsWith(HEADER_PREFIX)) {
            return false;
        }
        String name = header.substring(HEADER_PREFIX.length());
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && !OURS.contains(name)
                && name.equals(name.toLowerCase(Locale.ROOT))
                && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    /** The key as text, or null when it is none: not UTF-8, empty, or with control characters, which no attribute may have. */
    private static @Nullable String text(byte @Nullable [] key) {
        if (key == null || key.length == 0) {
            return null;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
            return text.codePoints().anyMatch(Character::isISOControl) ? null : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
