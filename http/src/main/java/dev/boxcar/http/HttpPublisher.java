package dev.boxcar.http;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes entries to a webhook: one {@code POST} for each message, to one address. Combine several with a
 * {@link dev.boxcar.RoutingPublisher}; each is a destination of its own then, with availability and concurrency of its own.
 *
 * <p>The body is the payload, its type is the message's header {@code content-type}, or {@code application/octet-stream}, and
 * {@link BoxcarHeaders} names the headers that tell the rest. As {@linkplain Builder#cloudEvents CloudEvents}, messages follow the
 * specification's HTTP binding instead. A message with a header that HTTP does not allow is rejected.
 *
 * <p>{@link Outcome#of} says what each status of a response means. No response in time, or no connection, is unavailable. A
 * response with {@code Retry-After} that is not a success stops all requests for so long, at most for an hour. Redirects
 * are not followed.
 *
 * <p>Safe for use by several threads. The application closes it, after the outbox. The address, which may hold a secret, appears in no
 * log and no error but for its host.
 */
public final class HttpPublisher implements Publisher, AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final RequestQueue queue;
    private final Duration publishTimeout;
    private final String target;
    private final @Nullable ExecutorService threads;
    private final HttpClient client;

    private HttpPublisher(Builder builder) {
        publishTimeout = builder.publishTimeout;
        target = builder.target();
        if (builder.client == null) {
            String name = "boxcar-http-" + NUMBER.incrementAndGet();
            ExecutorService own = Executors.newFixedThreadPool(2, task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
            });
            threads = own;
            client = HttpClient.newBuilder()
                    .executor(own)
                    .connectTimeout(publishTimeout.dividedBy(2))
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
        } else {
            threads = null;
            client = builder.client;
        }
        Requests requests = new Requests(
                builder.uri,
                builder.format,
                builder.signature,
                Map.copyOf(builder.headers),
                publishTimeout.dividedBy(2));
        Exchange exchange = new Exchange(client, requests, target, Map.copyOf(builder.outcomes));
        queue = new RequestQueue(exchange, builder.maxConcurrentRequests, publishTimeout);
    }

    /**
     * A publisher to this address with the defaults of {@link #builder}.
     *
     * @throws IllegalArgumentException when that is not an absolute address of {@code http} or {@code https}
     */
    public static HttpPublisher create(String uri) {
        return builder(uri).build();
    }

    /**
     * A builder.
     *
     * @throws IllegalArgumentException when that is not an absolute address of {@code http} or {@code https}
     */
    public static Builder builder(String uri) {
        return new Builder(uri);
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        return queue.add(entries);
    }

    @Override
    public Duration longestCall() {
        return publishTimeout;
    }

    /**
     * Waits for the requests under way, at most for the publish timeout. Whatever is published afterwards is unavailable. May be
     * called again.
     */
    @Override
    public void close() {
        queue.close();
        if (threads != null) {
            if (client instanceof AutoCloseable closeable) { // since Java 21
                closeQuietly(closeable);
            }
            threads.shutdownNow();
        }
    }

    @SuppressWarnings("EmptyCatch") // nothing is under way any more
    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "HttpPublisher[" + target + "]";
    }

    /** Collects what a publisher needs. Not safe for use by several threads. */
    public static final class Builder {

        private static final int SHORTEST_SECRET = 16;

        private final URI uri;
        private Format format = new Format.Plain();
        private @Nullable Signature signature;
        private final Map<String, Supplier<String>> headers = new HashMap<>();
        private final Map<Integer, Outcome> outcomes = new HashMap<>();
        private int maxConcurrentRequests = 16;
        private Duration publishTimeout = Duration.ofSeconds(1);
        private @Nullable HttpClient client;

        private Builder(String address) {
            try {
                uri = new URI(address);
            } catch (java.net.URISyntaxException e) {
                // Without the cause: it quotes the address, which may hold a secret.
                throw new IllegalArgumentException("the address of a webhook is not a valid URI: " + e.getReason());
            }
            String scheme = uri.getScheme();
            if (uri.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
                throw new IllegalArgumentException(
                        "the address of a webhook must begin with http:// or https:// and name a host");
            }
            if (uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException("the address of a webhook must not hold a user or a password: use "
                        + "header(\"Authorization\", …)");
            }
        }

        private String target() {
            return uri.getScheme() + "://" + uri.getRawAuthority();
        }

        /** Sends CloudEvents in binary mode: the payload is the body, attributes are headers. */
        public Builder cloudEvents(CloudEvents events) {
            format = new Format.BinaryCloudEvents(Objects.requireNonNull(events, "events"));
            return this;
        }

        /**
         * Sends CloudEvents in structured mode: body is a JSON envelope. A payload that is JSON, and whose {@code content-type} says
         * so, is in it as it is; any other in Base64.
         */
        public Builder structuredCloudEvents(CloudEvents events) {
            format = new Format.StructuredCloudEvents(Objects.requireNonNull(events, "events"));
            return this;
        }

        /**
         * Signs each request with HMAC-SHA256 as the Standard Webhooks specification 1.0 says, in the headers {@code webhook-id},
         * {@code webhook-timestamp} and {@code webhook-signature}.
         *
         * @param secret at least 16 bytes; copied
         */
        public Builder signedWith(byte[] secret) {
            if (secret.length < SHORTEST_SECRET) {
                throw new IllegalArgumentException("the secret has " + secret.length + " bytes; it needs "
                        + SHORTEST_SECRET + " at least to be worth anything");
            }
            signature = new Signature(secret);
            return this;
        }

        /** Adds a header to every request, for example a token; it wins over a message's own. Its value is shown nowhere. */
        public Builder header(String name, String value) {
            Objects.requireNonNull(value, "value");
            return header(name, () -> value);
        }

        /**
         * Adds a header to every request whose value may change, for example a token that is renewed.
         *
         * @param value must be quick and safe for use by several threads
         */
        public Builder header(String name, Supplier<String> value) {
            headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /** What a status means for this receiver, instead of {@link Outcome#of}. */
        public Builder outcome(int status, Outcome outcome) {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("a final status is from 200 to 599, not " + status);
            }
            outcomes.put(status, Objects.requireNonNull(outcome, "outcome"));
            return this;
        }

        /** How many requests may be under way at once; default 16. */
        public Builder maxConcurrentRequests(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxConcurrentRequests must be positive, not " + value);
            }
            maxConcurrentRequests = value;
            return this;
        }

        /**
         * How long a call may take before what was not answered counts as unavailable; default 1 s. A request has half of it,
         * and is begun in the first half of its call. Must not exceed the outbox's setting of the same name.
         */
        public Builder publishTimeout(Duration value) {
            if (value.compareTo(Duration.ofMillis(2)) < 0) {
                throw new IllegalArgumentException(
                        "publishTimeout must be 2 ms at least, not " + value.toMillis() + " ms");
            }
            publishTimeout = value;
            return this;
        }

        /** A client of one's own, for a proxy or client certificates; it is not closed. Default: one with two threads. */
        public Builder client(HttpClient value) {
            client = Objects.requireNonNull(value, "client");
            return this;
        }

        /**
         * The publisher. Connects when it sends.
         *
         * @throws IllegalArgumentException when a header cannot be sent
         */
        public HttpPublisher build() {
            List<String> names = new ArrayList<>(headers.keySet());
            names.forEach(name -> Requests.checkName(uri, name));
            return new HttpPublisher(this);
        }
    }
}
