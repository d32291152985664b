package dev.boxcar;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * How large the parts of a message may be; checked before anything is written.
 *
 * @param maxKeyBytes the longest key; default 4 KiB
 * @param maxPayloadBytes the largest payload; default 8 MiB. Choose the broker's own limit to refuse a message at once
 *     instead of finding it among the dead letters
 * @param maxHeaderBytes the largest sum of the UTF-8 lengths of all header names and values; default 64 KiB
 */
public record MessageLimits(int maxKeyBytes, int maxPayloadBytes, int maxHeaderBytes) {

    /** The longest logical type name and the longest message id, in characters. */
    public static final int MAX_NAME_LENGTH = 200;

    /** The defaults. */
    public static final MessageLimits DEFAULT = new MessageLimits(4 * 1024, 8 * 1024 * 1024, 64 * 1024);

    /** Checks that the limits are positive. */
    public MessageLimits {
        if (maxKeyBytes < 1 || maxPayloadBytes < 1 || maxHeaderBytes < 1) {
            throw new IllegalArgumentException("message limits must be positive: maxKeyBytes=" + maxKeyBytes
                    + ", maxPayloadBytes=" + maxPayloadBytes + ", maxHeaderBytes=" + maxHeaderBytes);
        }
    }

    /**
     * Checks one message.
     *
     * @throws InvalidMessageException naming the part, its size and the limit
     */
    public void check(Message message) {
        byte[] key = message.key();
        if (key != null) {
            checkSize("key", key.length, maxKeyBytes);
        }
        checkSize("payload", message.payload().length, maxPayloadBytes);
        checkName("type", message.type());
        checkName("id", message.id());
        if (!message.headers().isEmpty()) {
            checkSize("headers", headerBytes(message.headers()), maxHeaderBytes);
        }
    }

    private static long headerBytes(Map<String, String> headers) {
        long bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (header.getKey().isEmpty()) {
                throw new InvalidMessageException("a message has a header without a name");
            }
            checkText("header name", header.getKey());
            checkText("header value", header.getValue());
            bytes += header.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += header.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes;
    }

    private static void checkSize(String part, long size, int limit) {
        if (size > limit) {
            throw new InvalidMessageException("the message's " + part + " has " + size + " bytes; the limit is " + limit
                    + " (see MessageLimits); nothing was written");
        }
    }

    private static void checkName(String part, @org.jspecify.annotations.Nullable String name) {
        if (name == null) {
            return;
        }
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
            throw new InvalidMessageException("the message's " + part + " has " + name.length()
                    + " characters; from 1 to " + MAX_NAME_LENGTH + " are allowed; nothing was written");
        }
        checkText(part, name);
    }

    /** Databases cannot store the character NUL, nor half a surrogate pair, in a text. */
    private static void checkText(String part, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (c == 0 || (Character.isSurrogate(c) && !pair)) {
                throw new InvalidMessageException("the message's " + part
                        + " contains a character that no database can store as text; nothing was written");
            }
            if (pair) {
                i++;
            }
        }
    }
}
