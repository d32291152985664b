package dev.boxcar.jms;

import java.util.Locale;
import java.util.Set;

/** Makes names of properties, as JMS allows them, of the names of headers. */
final class PropertyNames {

    /** Words of the language in which consumers select messages; no property may have such a name, in any case of letters. */
    private static final Set<String> WORDS =
            Set.of("NULL", "TRUE", "FALSE", "NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "ESCAPE");

    private PropertyNames() {}

    static String of(String header) {
        StringBuilder name = new StringBuilder(header.length() + 16);
        boolean reserved = isReserved(header);
        header.codePoints().forEach(character -> {
            boolean first = name.isEmpty();
            boolean allowed =
                    first ? Character.isJavaIdentifierStart(character) : Character.isJavaIdentifierPart(character);
            if (allowed && !(first && reserved)) {
                name.appendCodePoint(character);
            } else if (character == '.') {
                name.append("_DOT_");
            } else if (character == '-') {
                name.append("_HYPHEN_");
            } else {
                name.append("_x").append(Integer.toHexString(character)).append('_');
            }
        });
        return name.toString();
    }

    /** What would steer the broker, and must not be in the hands of whoever writes a message. */
    private static boolean isReserved(String header) {
        return header.startsWith("JMS") || header.startsWith("_AMQ") || WORDS.contains(header.toUpperCase(Locale.ROOT));
    }
}
