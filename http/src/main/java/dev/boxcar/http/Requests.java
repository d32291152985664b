package dev.boxcar.http;

import dev.boxcar.ClaimedEntry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns entries into requests. Immutable and safe to share. */
final class Requests {

    private final URI uri;
    private final Format format;
    private final @Nullable Signature signature;
    private final Map<String, Supplier<String>> headers;
    private final Duration timeout;

    Requests(
            URI uri,
            Format format,
            @Nullable Signature signature,
            Map<String, Supplier<String>> headers,
            Duration timeout) {
        this.uri = uri;
        this.format = format;
        this.signature = signature;
        this.headers = headers;
        this.timeout = timeout;
    }

    Duration timeout() {
        return timeout;
    }

    /**
     * The request for an entry.
     *
     * @throws IllegalArgumentException when it has a header that HTTP does not allow; the text names it and shows no value
     */
    HttpRequest of(ClaimedEntry entry) {
        Format.Content content = format.content(entry);
        SortedMap<String, String> all = new TreeMap<>(content.headers());
        if (signature != null) {
            long now = System.currentTimeMillis() / 1_000;
            signature
                    .headers(entry.messageId(), now, content.body())
                    .forEach(each -> all.put(each.getKey(), each.getValue()));
        }
        headers.forEach((name, value) -> all.put(name, value.get()));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(timeout).POST(BodyPublishers.ofByteArray(content.body()));
        all.forEach((name, value) -> set(request, name, value));
        return request.build();
    }

    static void checkName(URI uri, String name) {
        set(HttpRequest.newBuilder(uri), name, "value");
    }

    private static void set(HttpRequest.Builder request, String name, String value) {
        try {
            request.setHeader(name, value);
        } catch (IllegalArgumentException e) {
            // Without the cause: it quotes the value.
            throw new IllegalArgumentException("HTTP does not allow the header '" + name + "', or its value");
        }
    }
}
