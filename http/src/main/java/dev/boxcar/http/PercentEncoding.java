package dev.boxcar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;

/**
 * Percent-encoding of header values as in the HTTP binding of CloudEvents 1.0, section 3.1.3.2: everything that is not visible
 * ASCII, and the double quote and the percent sign.
 */
final class PercentEncoding {

    private static final byte[] DIGITS = "0123456789ABCDEF".getBytes(US_ASCII);

    private PercentEncoding() {}

    static String of(byte[] value) {
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
