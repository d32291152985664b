package dev.boxcar.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StdoutPublisherTest {

    // Java 17 does not see in a class file that an array may be null.
    @SuppressWarnings("NullAway")
    private static ClaimedEntry entry(
            long id, String namespace, byte @Nullable [] key, byte[] payload, Map<String, String> headers) {
        return new ClaimedEntry(
                id,
                OutboxContext.ofNamespace(namespace),
                "m" + id,
                key,
                payload,
                headers,
                null,
                1,
                Instant.parse("2026-01-02T03:04:05.678Z"));
    }

    @Test
    void aTextIsWrittenAsText() {
        assertThat(StdoutPublisher.line(
                        entry(1, "", "k".getBytes(UTF_8), "hello \"wörld\"\n".getBytes(UTF_8), Map.of())))
                .isEqualTo("{\"id\":\"m1\",\"key\":\"k\",\"payload\":\"hello \\\"wörld\\\"\\n\","
                        + "\"createdAt\":\"2026-01-02T03:04:05.678Z\",\"attempt\":1}");
    }

    @Test
    void whatIsNoTextIsWrittenInBase64() {
        assertThat(StdoutPublisher.line(
                        entry(1, "", new byte[] {(byte) 0xff}, new byte[] {(byte) 0xc3, 0x28}, Map.of())))
                .contains("\"keyBase64\":\"/w==\"")
                .contains("\"payloadBase64\":\"wyg=\"")
                .doesNotContain("\"key\"")
                .doesNotContain("\"payload\"");
    }

    @Test
    void namespaceAndHeadersAreWrittenWhenThereAreAny() {
        assertThat(StdoutPublisher.line(entry(1, "orders", null, new byte[0], Map.of("a", "\u0001\u2028"))))
                .contains("\"namespace\":\"orders\"")
                .contains("\"headers\":{\"a\":\"\\u0001\\u2028\"}")
                .contains("\"payload\":\"\"")
                .doesNotContain("key");
    }

    @Test
    void everyEntryIsALineAndCountsAsSentOnceItIsFlushed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (StdoutPublisher publisher = new StdoutPublisher(new PrintStream(bytes, false, UTF_8), () -> {})) {
            ClaimedEntry first = entry(1, "", null, "one".getBytes(UTF_8), Map.of());
            ClaimedEntry second = entry(2, "", null, "two".getBytes(UTF_8), Map.of());
            var results = publisher
                    .publish(List.of(first, second))
                    .toCompletableFuture()
                    .join();
            assertThat(bytes.toString(UTF_8).lines()).hasSize(2);
            assertThat(results.of(1)).isEqualTo(PublishResult.SENT);
            assertThat(results.of(2)).isEqualTo(PublishResult.SENT);
        }
    }

    @Test
    void aClosedStreamIsReportedAndNothingCountsAsSent() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        AtomicInteger told = new AtomicInteger();
        try (StdoutPublisher publisher =
                new StdoutPublisher(new PrintStream(closed, false, UTF_8), told::incrementAndGet)) {
            var results = publisher
                    .publish(List.of(entry(1, "", null, new byte[3], Map.of())))
                    .toCompletableFuture()
                    .join();
            assertThat(results.of(1)).isInstanceOf(PublishResult.Unavailable.class);
            assertThat(told).hasValue(1);
        }
    }

    @Test
    void afterClosingNothingIsSent() {
        StdoutPublisher publisher =
                new StdoutPublisher(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8), () -> {});
        publisher.close();
        var results = publisher
                .publish(List.of(entry(1, "", null, new byte[3], Map.of())))
                .toCompletableFuture()
                .join();
        assertThat(results.of(1)).isInstanceOf(PublishResult.Unavailable.class);
    }
}
