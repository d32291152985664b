package dev.boxcar.testkit.scenario;

import dev.boxcar.ClaimedEntry;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message somewhere on its way, with the reason if it is dead. The texts are for a test's failure: they show keys, and payloads
 * only when the test has asked for them.
 */
record Seen(ClaimedEntry entry, @Nullable String reason) {

    private static final int LONGEST_LIST = 20;
    private static final int LONGEST_TEXT = 200;

    /** One message a line, numbered; "none" without any. */
    static String list(List<Seen> messages, boolean payloads) {
        if (messages.isEmpty()) {
            return " none";
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < messages.size() && i < LONGEST_LIST; i++) {
            text.append(System.lineSeparator())
                    .append("  ")
                    .append(i + 1)
                    .append(". ")
                    .append(messages.get(i).text(payloads));
        }
        if (messages.size() > LONGEST_LIST) {
            text.append(System.lineSeparator())
                    .append("  and ")
                    .append(messages.size() - LONGEST_LIST)
                    .append(" more");
        }
        return text.toString();
    }

    private String text(boolean payloads) {
        byte[] key = entry.key();
        return "namespace '" + entry.namespace() + "', " + (key == null ? "no key" : "key " + readable(key))
                + (entry.type() == null ? "" : ", type " + entry.type())
                + ", payload "
                + (payloads ? readable(entry.payload()) : "of " + entry.payload().length + " bytes")
                + (entry.headers().isEmpty()
                        ? ""
                        : ", headers " + entry.headers().keySet())
                + ", attempt " + entry.attempt()
                + (reason == null ? "" : ", given up: " + reason);
    }

    /** As text if it is one. */
    static String readable(byte[] bytes) {
        String text;
        try {
            text = "'" + StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)) + "'";
        } catch (CharacterCodingException e) {
            text = "0x" + HexFormat.of().formatHex(bytes);
        }
        return text.length() <= LONGEST_TEXT
                ? text
                : text.substring(0, LONGEST_TEXT) + "… (" + bytes.length + " bytes)";
    }
}
