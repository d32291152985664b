package dev.boxcar.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.CloudEvents;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.http.Receiver.Response;
import dev.boxcar.testkit.Await;
import io.cloudevents.CloudEvent;
import io.cloudevents.http.HttpMessageFactory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpPublisherTest {

    private static final Instant CREATED = Instant.parse("2026-03-01T10:15:30.123Z");
    private static final byte[] SECRET = "a secret of enough bytes".getBytes(UTF_8);

    private final Receiver receiver;
    private @Nullable HttpPublisher publisher;

    HttpPublisherTest() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        if (publisher != null) {
            publisher.close();
        }
        receiver.close();
    }

    private HttpPublisher.Builder builder() {
        return HttpPublisher.builder(receiver.address()).publishTimeout(Duration.ofSeconds(20));
    }

    private @Nullable PublishResult publish(HttpPublisher.Builder builder, Message message) throws Exception {
        return publish(builder, List.of(entry(1, message))).of(1);
    }

    private PublishResults publish(HttpPublisher.Builder builder, List<ClaimedEntry> entries) throws Exception {
        HttpPublisher opened = publisher == null ? builder.build() : publisher;
        publisher = opened;
        return opened.publish(entries).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static ClaimedEntry entry(long id, Message message) {
        return new ClaimedEntry(
                id,
                OutboxContext.ofNamespace("orders"),
                "id-" + id,
                message.key(),
                message.payload(),
                message.headers(),
                message.type(),
                1,
                CREATED);
    }

    // ---- what responses mean

    @ParameterizedTest
    @CsvSource({
        "200, SENT", "204, SENT", "301, UNAVAILABLE", "400, REJECTED", "401, UNAVAILABLE", "403, UNAVAILABLE",
        "404, REJECTED", "408, UNAVAILABLE", "410, REJECTED", "413, REJECTED", "422, REJECTED", "425, UNAVAILABLE",
        "429, UNAVAILABLE", "500, UNAVAILABLE", "503, UNAVAILABLE"
    })
    void aStatusTellsWhatBecameOfTheMessage(int status, Outcome expected) throws Exception {
        receiver.behave(request -> Receiver.status(status));

        PublishResult result = publish(builder(), Message.of("k", "m"));

        assertThat(outcomeOf(result)).isEqualTo(expected);
        if (expected != Outcome.SENT) {
            assertThat(String.valueOf(result)).contains("status " + status).doesNotContain("canary");
        }
    }

    @Test
    void aReceiverMayHaveMeaningsOfItsOwn() throws Exception {
        receiver.behave(request -> Receiver.status(500));

        assertThat(outcomeOf(publish(builder().outcome(500, Outcome.FAILED), Message.of("k", "m"))))
                .isEqualTo(Outcome.FAILED);
    }

    private static Outcome outcomeOf(@Nullable PublishResult result) {
        if (result instanceof PublishResult.Failed failed) {
            return failed.retryable() ? Outcome.FAILED : Outcome.REJECTED;
        }
        return result instanceof PublishResult.Unavailable ? Outcome.UNAVAILABLE : sent(result);
    }

    private static Outcome sent(@Nullable PublishResult result) {
        assertThat(result).isEqualTo(PublishResult.SENT);
        return Outcome.SENT;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReceiverThatWantsToBeLeftAloneIs(boolean asDate) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        String until = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(600));
        receiver.behave(request -> {
            requests.incrementAndGet();
            return new Response(429, Map.of("Retry-After", asDate ? until : "600"));
        });

        assertThat(outcomeOf(publish(builder(), Message.of("k", "first")))).isEqualTo(Outcome.UNAVAILABLE);
        receiver.behave(request -> Receiver.status(200));
        PublishResult second = publish(builder(), Message.of("k", "second"));

        assertThat(second).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(String.valueOf(second)).contains("left alone");
        assertThat(requests).hasValue(1);
        assertThat(receiver.requests()).isEmpty();
    }

    @Test
    void aShortWaitEnds() throws Exception {
        receiver.behave(request -> new Response(503, Map.of("Retry-After", "1")));
        publish(builder(), Message.of("k", "first"));
        receiver.behave(request -> Receiver.status(200));

        Await.until("the receiver is asked again", () -> {
            try {
                return PublishResult.SENT.equals(publish(builder(), Message.of("k", "second")));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "120, 120",
        "' 5 ', 5",
        "0, 0",
        "99999999, 3600",
        "99999999999999999999, ",
        "soon, ",
        "-3, ",
        "'Wed, 21 Oct 2015 07:28:00 GMT', "
    })
    void theWaitIsSecondsOrADateAndAnHourAtMost(String value, @Nullable Long seconds) {
        assertThat(Exchange.retryAfter(value).map(Duration::toSeconds).orElse(null))
                .isEqualTo(seconds);
    }

    @Test
    void aReceiverThatDoesNotAnswerIsUnavailable() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        receiver.behave(request -> {
            await(end);
            return Receiver.status(500);
        });

        PublishResult result = publish(builder().publishTimeout(Duration.ofMillis(400)), Message.of("k", "m"));
        end.countDown();

        assertThat(outcomeOf(result)).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(String.valueOf(result)).doesNotContain("canary");
    }

    // ---- concurrency

    @Test
    void onlySoManyRequestsAreUnderWayAtOnce() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        receiver.behave(request -> {
            await(end);
            return Receiver.status(200);
        });
        List<ClaimedEntry> entries = IntStream.range(0, 40)
                .mapToObj(i -> entry(i, Message.of("k" + i, "m")))
                .toList();
        HttpPublisher opened = builder().maxConcurrentRequests(3).build();
        publisher = opened;

        CompletableFuture<PublishResults> call = opened.publish(entries).toCompletableFuture();
        Await.until("three requests are under way", () -> receiver.mostUnderWay() >= 3);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300)); // for a fourth one to come, if it is let through
        end.countDown();
        PublishResults results = call.get(60, TimeUnit.SECONDS);

        assertThat(entries).allMatch(entry -> PublishResult.SENT.equals(results.of(entry.id())));
        assertThat(receiver.mostUnderWay()).isEqualTo(3);
    }

    @Test
    void whoseTurnDoesNotComeInTimeIsSkippedAndNothingIsSaidAgainstTheReceiver() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        receiver.behave(request -> {
            await(end);
            return Receiver.status(200);
        });
        List<ClaimedEntry> entries = List.of(entry(1, Message.of("a", "m")), entry(2, Message.of("b", "m")));
        HttpPublisher opened = builder()
                .maxConcurrentRequests(1)
                .publishTimeout(Duration.ofMillis(600))
                .build();
        publisher = opened;

        CompletableFuture<PublishResults> call = opened.publish(entries).toCompletableFuture();
        PublishResults results = call.get(60, TimeUnit.SECONDS);
        end.countDown();

        assertThat(results.of(1)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(results.of(2)).isEqualTo(PublishResult.SKIPPED);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- formats

    private static final CloudEvents EVENTS = CloudEvents.of("https://shop.example/orders");

    private CloudEvent asRead(Receiver.Request request) {
        return HttpMessageFactory.createReader(accept -> request.headers().forEach(accept), request.body())
                .toEvent();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCloudEventsLibraryReadsWhatIsSent(boolean structured) throws Exception {
        HttpPublisher.Builder builder =
                structured ? builder().structuredCloudEvents(EVENTS) : builder().cloudEvents(EVENTS);
        Message message = Message.of("customer 7 ü", "{\"item\": \"tea\"}")
                .withType("order.placed.v1")
                .withHeader("Content-Type", "application/json; charset=utf-8")
                .withHeader("ce-subject", "order/7 \"é\"")
                .withHeader("trace", "abc");

        assertThat(publish(builder, message)).isEqualTo(PublishResult.SENT);

        Receiver.Request request = receiver.requests().get(0);
        CloudEvent event = asRead(request);
        assertThat(event.getId()).isEqualTo("id-1");
        assertThat(event.getSource()).hasToString("https://shop.example/orders");
        assertThat(event.getType()).isEqualTo("order.placed.v1");
        assertThat(Objects.requireNonNull(event.getTime()).toInstant()).isEqualTo(CREATED);
        assertThat(event.getDataContentType()).isEqualTo("application/json; charset=utf-8");
        // Attributes in headers are percent-encoded; the specification wants receivers to decode them, which this one
        // leaves to us.
        assertThat(Receiver.decoded(String.valueOf(event.getExtension("partitionkey"))))
                .isEqualTo("customer 7 ü");
        assertThat(event.getExtension("boxcarnamespace")).isEqualTo("orders");
        assertThat(Receiver.decoded(String.valueOf(event.getSubject()))).isEqualTo("order/7 \"é\"");
        assertThat(new String(Objects.requireNonNull(event.getData()).toBytes(), UTF_8).replace(" ", ""))
                .isEqualTo("{\"item\":\"tea\"}");
        assertThat(request.header("trace")).isEqualTo("abc");
    }

    @Test
    void aBaggageArrivesAsItWas() throws Exception {
        String baggage = "user=J%C3%BCrgen,shop=7";
        publish(builder(), Message.of("key", "payload").withHeaders(Map.of("baggage", baggage, "note", "100%")));

        assertThat(receiver.requests().get(0).header("baggage")).isEqualTo(baggage);
        assertThat(receiver.requests().get(0).header("note")).isEqualTo("100%25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not json", "{\"a\": 1} {\"b\": 2}", "{\"a\": ", "\u0000\u00ff"})
    void aPayloadThatIsNotTheJsonItSaysItIsDoesNotBreakTheEnvelope(String payload) throws Exception {
        byte[] bytes = payload.getBytes(UTF_8);

        publish(
                builder().structuredCloudEvents(EVENTS),
                Message.of((byte[]) null, bytes).withHeader("content-type", "application/json"));

        CloudEvent event = asRead(receiver.requests().get(0));
        assertThat(Objects.requireNonNull(event.getData()).toBytes()).isEqualTo(bytes);
        assertThat(event.getType()).isEqualTo("dev.boxcar.message");
    }

    @Test
    void aSignedRequestCanBeVerified() throws Exception {
        publish(builder().signedWith(SECRET), Message.of("k", "m"));

        Receiver.Request request = receiver.requests().get(0);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        String signed = request.header("webhook-id") + "." + request.header("webhook-timestamp") + ".m";
        assertThat(request.header("webhook-signature"))
                .isEqualTo("v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(UTF_8))));
        assertThat(request.header("webhook-id")).isEqualTo("id-1");
        assertThat(Math.abs(Instant.now().getEpochSecond() - Long.parseLong(request.header("webhook-timestamp"))))
                .isLessThan(300);
    }

    @Test
    void theConfiguredHeaderWinsOverTheMessages() throws Exception {
        publish(
                builder().header("Authorization", "Bearer of-the-service"),
                Message.of("k", "m").withHeader("authorization", "Bearer of-an-attacker"));

        assertThat(receiver.requests().get(0).header("authorization")).isEqualTo("Bearer of-the-service");
    }

    @Test
    void aHeaderWhoseValueCannotBeToldMakesTheReceiverUnavailable() throws Exception {
        PublishResult result = publish(
                builder().header("Authorization", () -> {
                    throw new IllegalStateException("the token service is down");
                }),
                Message.of("k", "m"));

        assertThat(outcomeOf(result)).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(String.valueOf(result)).contains("the token service is down");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "two words", "content-length", "line\nbreak", ""})
    void aMessageWithAHeaderThatHttpDoesNotAllowIsRejected(String name) throws Exception {
        PublishResult result = publish(builder(), Message.of("k", "m").withHeader(name, "canary"));

        assertThat(outcomeOf(result)).isEqualTo(Outcome.REJECTED);
        assertThat(String.valueOf(result))
                .contains("HTTP does not allow the header")
                .doesNotContain("canary");
    }

    @Test
    void manyRejectedMessagesAreNoProblem() throws Exception {
        List<ClaimedEntry> entries = IntStream.range(0, 20_000)
                .mapToObj(i -> entry(i, Message.of("k", "m").withHeader("two words", "x")))
                .toList();

        PublishResults results = publish(builder(), entries);

        assertThat(entries).allMatch(entry -> results.of(entry.id()) instanceof PublishResult.Failed);
    }

    // ---- bad settings

    @Test
    void settingsThatCannotWorkAreRefused() {
        for (String address :
                List.of("ftp://host/", "/path", "http://", "http://user:canary@host/", "ht tp://canary")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HttpPublisher.create(address))
                    .withMessageContaining("the address of a webhook")
                    .withMessageNotContaining("canary");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().signedWith(new byte[3]))
                .withMessageContaining("3 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().header("two words", "canary").build())
                .withMessageContaining("two words")
                .withMessageNotContaining("canary");
        assertThatIllegalArgumentException().isThrownBy(() -> builder().maxConcurrentRequests(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder().publishTimeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder().outcome(99, Outcome.SENT));
        assertThatIllegalArgumentException().isThrownBy(() -> CloudEvents.of(""));
    }

    @Test
    void theAddressIsShownWithoutWhatMayBeSecret() {
        assertThat(builder().build()).hasToString("HttpPublisher[http://127.0.0.1:" + receiver.port() + "]");
    }
}
