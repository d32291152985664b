package dev.boxcar.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.PercentEncoding;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as the Standard Webhooks specification 1.0 says: HMAC-SHA256 over {@code id.timestamp.body}, in headers that its
 * libraries for receivers understand. The id is the message id, so a receiver can drop duplicates by it; the time is that of
 * the attempt, so it can refuse old requests that somebody repeats.
 *
 * <p>Safe for use by several threads.
 */
final class Signature {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    Signature(byte[] secret) {
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    List<Map.Entry<String, String>> headers(String messageId, long epochSecond, byte[] body) {
        String id = PercentEncoding.of(messageId.getBytes(UTF_8));
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + epochSecond + ".").getBytes(UTF_8));
            String code = Base64.getEncoder().encodeToString(mac.doFinal(body));
            return List.of(
                    Map.entry("webhook-id", id),
                    Map.entry("webhook-timestamp", Long.toString(epochSecond)),
                    Map.entry("webhook-signature", "v1," + code));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }
}
