package dev.boxcar.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What SQS allows in bodies, attributes and identifiers. */
final class SqsText {

    private static final Pattern ATTRIBUTE_NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
    private static final int LONGEST_ATTRIBUTE_NAME = 256;
    private static final int LONGEST_IDENTIFIER = 128;

    private SqsText() {}

    /** The text of these bytes, or null when SQS cannot take it: empty, not UTF-8, or with characters that XML does not know. */
    static @Nullable String of(byte[] bytes) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return isAllowed(text) ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    static boolean isAllowed(String text) {
        return !text.isEmpty() && text.codePoints().allMatch(SqsText::isAllowed);
    }

    private static boolean isAllowed(int character) {
        return character == '\t'
                || character == '\n'
                || character == '\r'
                || (character >= 0x20 && character <= 0xd7ff)
                || (character >= 0xe000 && character <= 0xfffd)
                || character >= 0x10000;
    }

    static boolean isAttributeName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return name.length() <= LONGEST_ATTRIBUTE_NAME
                && ATTRIBUTE_NAME.matcher(name).matches()
                && !lower.startsWith("aws.")
                && !lower.startsWith("amazon.");
    }

    /**
     * An identifier for a message group or against duplicates: these bytes if they are up to 128 visible characters of ASCII, and
     * otherwise their SHA-256.
     */
    static String identifier(byte[] bytes) {
        boolean fits = bytes.length > 0 && bytes.length <= LONGEST_IDENTIFIER;
        for (int i = 0; fits && i < bytes.length; i++) {
            fits = bytes[i] > ' ' && bytes[i] < 0x7f;
        }
        return fits ? new String(bytes, UTF_8) : "sha256:" + HexFormat.of().formatHex(sha256(bytes));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
