package dev.boxcar.jdbc;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Headers as they stand in the table: a flat JSON object of texts. Numbers, true and false, which other writers may put
 * there, become their literal text. Strict in everything else.
 */
final class Headers {

    /** Why a text is not such an object. Says where, never what. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    private final String json;
    private int at;

    private Headers(String json) {
        this.json = json;
    }

    static @Nullable String write(Map<String, String> headers) {
        if (headers.isEmpty()) {
            return null;
        }
        StringBuilder out = new StringBuilder(32 * headers.size());
        char before = '{';
        for (Map.Entry<String, String> header : headers.entrySet()) {
            out.append(before);
            quote(out, header.getKey());
            out.append(':');
            quote(out, header.getValue());
            before = ',';
        }
        return out.append('}').toString();
    }

    /** Appends a text as a JSON string. */
    static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 0xf, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    static Map<String, String> read(@Nullable String json) throws MalformedException {
        return json == null ? Map.of() : new Headers(json).object();
    }

    private Map<String, String> object() throws MalformedException {
        Map<String, String> headers = new LinkedHashMap<>();
        expect('{');
        if (peek() == '}') {
            at++;
        } else {
            do {
                String name = string();
                expect(':');
                if (headers.put(name, value()) != null) {
                    throw malformed("a name stands there twice");
                }
            } while (more());
        }
        if (peek() != 0) {
            throw malformed("something follows the object");
        }
        return headers.isEmpty() ? Map.of() : headers;
    }

    private boolean more() throws MalformedException {
        char c = peek();
        at++;
        if (c != ',' && c != '}') {
            throw malformed("expected a comma or the end of the object");
        }
        return c == ',';
    }

    private String value() throws MalformedException {
        char c = peek();
        if (c == '"') {
            return string();
        }
        int start = at;
        while (at < json.length() && ",}] \t\r\n".indexOf(json.charAt(at)) < 0) {
            at++;
        }
        String literal = json.substring(start, at);
        if (!literal.equals("true")
                && !literal.equals("false")
                && !literal.matches("-?(0|[1-9][0-9]{0,99})(\\.[0-9]{1,99})?([eE][+-]?[0-9]{1,9})?")) {
            at = start;
            throw malformed("a value must be a string, a number, true or false");
        }
        return literal;
    }

    private String string() throws MalformedException {
        expect('"');
        StringBuilder text = new StringBuilder();
        while (at < json.length()) {
            char c = json.charAt(at++);
            if (c == '"') {
                return text.toString();
            }
            if (c < 0x20) {
                throw malformed("a control character must be escaped");
            }
            text.append(c == '\\' ? escaped() : c);
        }
        throw malformed("a string does not end");
    }

    private char escaped() throws MalformedException {
        char c = at < json.length() ? json.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw malformed("an unknown escape");
        };
    }

    private char unicode() throws MalformedException {
        if (at + 4 > json.length()) {
            throw malformed("a string does not end");
        }
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(json.charAt(at++), 16);
            if (digit < 0) {
                throw malformed("an unknown escape");
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }

    private void expect(char wanted) throws MalformedException {
        if (peek() != wanted) {
            throw malformed("expected " + wanted);
        }
        at++;
    }

    /** The next character that is not white space, or NUL at the end. */
    private char peek() {
        while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
        return at < json.length() ? json.charAt(at) : 0;
    }

    private MalformedException malformed(String why) {
        return new MalformedException(
                "its headers are not a flat JSON object of strings: " + why + " (at character " + (at + 1) + ")");
    }
}
