package dev.boxcar;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.Set;

/**
 * Percent-encoding of header values as in the HTTP binding of CloudEvents 1.0, section 3.1.3.2: everything that is not visible
 * ASCII, and the double quote and the percent sign. For publishers whose protocol allows no other headers.
 */
public final class PercentEncoding {

    private static final byte[] DIGITS = "0123456789ABCDEF".getBytes(US_ASCII);

    private static final Set<String> OF_TRACES = Set.of("traceparent", "tracestate", "baggage");

    private PercentEncoding() {}

    /**
     * The encoded form of a message's header. What W3C Trace Context and Baggage define is plain ASCII that encodes itself, and is read by
     * programs that know nothing of this encoding: it stays as it is.
     */
    public static String of(String headerName, String value) {
        boolean plain = OF_TRACES.contains(headerName.toLowerCase(Locale.ROOT))
                && value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        return plain ? value : of(value);
    }

    /** The encoded form of a text. */
    public static String of(String value) {
        return of(value.getBytes(UTF_8));
    }

    /** The encoded form of bytes. */
    public static String of(byte[] value) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream(value.length + 16);
        for (byte b : value) {
            if (b > ' ' && b < 0x7f && b != '"' && b != '%') {
                encoded.write(b);
            } else {
                encoded.write('%');
                encoded.write(DIGITS[(b >> 4) & 0xf]);
                encoded.write(DIGITS[b & 0xf]);
            }
        }
        return encoded.toString(US_ASCII);
    }
}
