package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.PublisherUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Proves what {@link Publisher} promises to the processor. Extend it for a publisher of your own, with a destination that the
 * test can read, and cut off.
 */
@Timeout(180)
public abstract class PublisherContract {

    /** A call must not keep the processor's thread from serving other destinations. */
    private static final Duration LONGEST_RETURN = Duration.ofSeconds(1);

    private @Nullable Publisher publisher;
    private long lastId = 1_000;

    /** For tests. */
    protected PublisherContract() {}

    /** A new publisher to a reachable destination in which nothing has arrived yet. Called once for each test. */
    protected abstract Publisher publisher() throws Exception;

    /** Everything that has arrived since {@link #publisher()}; of one key in the order of arrival. */
    protected abstract List<Received> received() throws Exception;

    /** Cuts the destination off, as a network or a crash would. */
    protected abstract void makeUnreachable() throws Exception;

    /** Brings the destination back. Does nothing if it is reachable. */
    protected abstract void makeReachable() throws Exception;

    /**
     * A message that the destination refuses whatever its state: too large, or unroutable. Null if there is none; then the
     * contract asserts that a very large one arrives.
     */
    protected abstract @Nullable Message rejectedMessage();

    /** Where the messages go. */
    protected OutboxContext context() {
        return OutboxContext.DEFAULT;
    }

    /** Closes a publisher that can be closed. */
    protected void close(Publisher toClose) throws Exception {
        if (toClose instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    /** Opens the publisher. */
    @BeforeEach
    public void openPublisher() throws Exception {
        publisher = publisher();
    }

    /** Brings the destination back and closes the publisher. */
    @AfterEach
    public void closePublisher() throws Exception {
        makeReachable();
        if (publisher != null) {
            close(publisher);
        }
    }

    @Test
    public void aPublishedEntryArrivesWithAllItsParts() throws Exception {
        ClaimedEntry entry =
                entry(Message.of("key", "payload").withHeader("trace", "abc").withType("order.paid.v1"));

        assertThat(results(List.of(entry))).containsExactly(PublishResult.SENT);

        Received got = awaitReceived(1).get(0);
        assertThat(got.key()).isEqualTo(entry.key());
        assertThat(got.payload()).isEqualTo(entry.payload());
        assertThat(got.headers()).containsEntry("trace", "abc");
        assertThat(got.type()).isEqualTo("order.paid.v1");
        assertThat(got.messageId()).isEqualTo(entry.messageId());
        assertThat(got.createdAt().truncatedTo(ChronoUnit.MILLIS))
                .isEqualTo(entry.createdAt().truncatedTo(ChronoUnit.MILLIS));
    }

    @Test
    public void anEntryOfLittleMoreThanAnIdArrives() throws Exception {
        ClaimedEntry entry = entry(Message.of((byte[]) null, new byte[0]));

        assertThat(results(List.of(entry))).containsExactly(PublishResult.SENT);

        Received got = awaitReceived(1).get(0);
        assertThat(got.key()).isNull();
        assertThat(got.payload()).isEmpty();
        assertThat(got.type()).isNull();
        assertThat(got.messageId()).isEqualTo(entry.messageId());
    }

    @Test
    public void keysPayloadsAndHeadersArriveAsTheyWere() throws Exception {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("text", "ünïcødé 日本語 \uD83D\uDE83");
        headers.put("empty", "");
        headers.put("x-signs", "a=b; c:d \"e\" {f}");

        results(List.of(entry(Message.of(all, all).withHeaders(headers))));

        Received got = awaitReceived(1).get(0);
        assertThat(got.key()).isEqualTo(all);
        assertThat(got.payload()).isEqualTo(all);
        assertThat(got.headers()).containsAllEntriesOf(headers);
    }

    @Test
    public void everyEntryOfACallHasItsResultAndArrives() throws Exception {
        List<ClaimedEntry> entries = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            entries.add(entry(Message.of("key-" + i, "m" + i)));
        }
        java.util.Collections.reverse(entries);

        assertThat(results(entries)).hasSize(200).containsOnly(PublishResult.SENT);

        assertThat(awaitReceived(200))
                .extracting(Received::messageId)
                .containsExactlyInAnyOrderElementsOf(
                        entries.stream().map(ClaimedEntry::messageId).toList());
    }

    @Test
    public void callsOneAfterTheOtherKeepTheOrderOfTheirKey() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(results(List.of(entry(Message.of("k", "m" + i))))).containsExactly(PublishResult.SENT);
        }

        assertThat(awaitReceived(20)).extracting(Received::text).containsExactlyElementsOf(numbered(20));
    }

    @Test
    public void aPublisherThatKeepsTheOrderWithinACallDoes() throws Exception {
        List<ClaimedEntry> entries = IntStream.range(0, 300)
                .mapToObj(i -> entry(Message.of("k", "m" + i)))
                .toList();
        if (opened().keepsOrderWithinCall()) {
            assertThat(results(entries)).containsOnly(PublishResult.SENT);
        } else {
            for (ClaimedEntry entry : entries) { // the processor will do the same
                assertThat(results(List.of(entry))).containsExactly(PublishResult.SENT);
            }
        }

        assertThat(awaitReceived(300)).extracting(Received::text).containsExactlyElementsOf(numbered(300));
    }

    @Test
    public void manyCallsAtOnceAllArrive() throws Exception {
        List<CompletableFuture<PublishResults>> calls = new ArrayList<>();
        for (int call = 0; call < 20; call++) {
            String key = "k" + call;
            List<ClaimedEntry> entries = IntStream.range(0, 10)
                    .mapToObj(i -> entry(Message.of(key + "-" + i, "m" + i)))
                    .toList();
            calls.add(opened().publish(entries).toCompletableFuture());
        }
        for (CompletableFuture<PublishResults> call : calls) {
            assertThat(call.get(60, TimeUnit.SECONDS).toString()).doesNotContain("Unavailable", "Failed");
        }

        assertThat(awaitReceived(200))
                .extracting(Received::messageId)
                .doesNotHaveDuplicates()
                .hasSize(200);
    }

    @Test
    public void aMessageThatIsRefusedFailsAlone() throws Exception {
        Message refused = rejectedMessage();
        if (refused == null) {
            ClaimedEntry large = entry(Message.of("k", new byte[4 * 1024 * 1024]));
            assertThat(results(List.of(large))).containsExactly(PublishResult.SENT);
            assertThat(awaitReceived(1).get(0).payload()).hasSize(4 * 1024 * 1024);
            return;
        }
        List<ClaimedEntry> call = new ArrayList<>();
        call.add(entry(Message.of("a", "first")));
        call.add(entry(refused));
        call.add(entry(Message.of("c", "last")));
        boolean ordered = opened().keepsOrderWithinCall() && refused.key() != null;
        if (ordered) {
            call.add(entry(Message.of(refused.key(), new byte[] {'n'})));
        }

        List<@Nullable PublishResult> results = results(call);

        assertThat(results.get(0)).isEqualTo(PublishResult.SENT);
        assertThat(results.get(1)).isInstanceOf(PublishResult.Failed.class);
        assertThat(results.get(2)).isEqualTo(PublishResult.SENT);
        PublishResult.Failed failed = (PublishResult.Failed) Objects.requireNonNull(results.get(1));
        assertThat(failed.reason()).as("a reason for the person on call").isNotBlank();
        boolean nextWasSent = ordered && PublishResult.SENT.equals(results.get(3));
        assertThat(nextWasSent && failed.retryable())
                .as("the next one of the key overtakes one that may succeed later")
                .isFalse();
        assertThat(awaitReceived(nextWasSent ? 3 : 2))
                .extracting(Received::text)
                .contains("first", "last");
    }

    @Test
    public void anUnreachableDestinationIsUnavailableWithinTheLongestCall() throws Exception {
        results(List.of(entry(Message.of("k", "before"))));
        makeUnreachable();
        long start = System.nanoTime();

        List<@Nullable PublishResult> results =
                results(List.of(entry(Message.of("a", "lost?")), entry(Message.of("b", "lost?"))));

        assertThat(results).hasSize(2).allMatch(PublishResult.Unavailable.class::isInstance);
        Duration longest = opened().longestCall();
        if (!longest.isZero()) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(longest.plusSeconds(2));
        }
    }

    @Test
    public void aCallReturnsAtOnceEvenIfTheDestinationIsUnreachable() throws Exception {
        makeUnreachable();
        for (int i = 0; i < 3; i++) {
            List<ClaimedEntry> entries = List.of(entry(Message.of("k", "m" + i)));
            long start = System.nanoTime();
            CompletableFuture<PublishResults> call = call(entries);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST_RETURN);
            assertThat(resultsOf(call, entries)).doesNotContain(PublishResult.SENT);
        }
    }

    @Test
    public void aDestinationThatComesBackIsUsedAgain() throws Exception {
        assertThat(results(List.of(entry(Message.of("k", "before"))))).containsExactly(PublishResult.SENT);
        makeUnreachable();
        results(List.of(entry(Message.of("k", "during"))));
        makeReachable();

        Await.until("the destination is available again", Duration.ofSeconds(90), () -> {
            ClaimedEntry probe = entry(Message.of("k", "after"));
            return results(List.of(probe)).get(0) instanceof PublishResult.Sent;
        });

        Await.until("what was acknowledged before and after is there", () -> {
            List<String> texts = receivedQuietly().stream().map(Received::text).toList();
            return texts.contains("before") && texts.contains("after");
        });
    }

    @Test
    public void theDestinationOfAContextIsOneOfTheDestinations() {
        assertThat(opened().destinations()).isNotEmpty().contains(opened().destination(context()));
        assertThat(opened().longestCall()).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Test
    public void nothingIsPublishedAfterTheCloseWhichMayBeRepeated() throws Exception {
        results(List.of(entry(Message.of("k", "before"))));
        close(opened());
        close(opened());

        List<@Nullable PublishResult> after = opened() instanceof AutoCloseable
                ? results(List.of(entry(Message.of("k", "after"))))
                : List.of(PublishResult.unavailable("has nothing to close"));

        assertThat(after).doesNotContain(PublishResult.SENT);
        awaitReceived(1);
        assertThat(received()).extracting(Received::text).containsExactly("before");
    }

    private Publisher opened() {
        return Objects.requireNonNull(publisher, "no test is running");
    }

    private ClaimedEntry entry(Message message) {
        lastId += 7;
        return new ClaimedEntry(
                lastId,
                context(),
                UUID.randomUUID().toString(),
                message.key(),
                message.payload(),
                message.headers(),
                message.type(),
                1,
                Instant.now());
    }

    private CompletableFuture<PublishResults> call(List<ClaimedEntry> entries) {
        try {
            return opened().publish(List.copyOf(entries)).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private List<@Nullable PublishResult> results(List<ClaimedEntry> entries) {
        return resultsOf(call(entries), entries);
    }

    /** As the processor sees them: an exception tells of all entries alike. */
    private static List<@Nullable PublishResult> resultsOf(
            CompletableFuture<PublishResults> call, List<ClaimedEntry> entries) {
        List<@Nullable PublishResult> results = new ArrayList<>();
        try {
            PublishResults all = call.get(60, TimeUnit.SECONDS);
            entries.forEach(entry -> results.add(all.of(entry.id())));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof CompletionException wrapped ? wrapped.getCause() : e.getCause();
            PublishResult same = cause instanceof PublisherUnavailableException
                    ? PublishResult.unavailable(String.valueOf(cause.getMessage()))
                    : PublishResult.failed(String.valueOf(cause));
            entries.forEach(entry -> results.add(same));
        } catch (TimeoutException e) {
            throw new AssertionError("the publish call did not complete within 60 s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return results;
    }

    private List<Received> awaitReceived(int count) {
        Await.until(count + " messages arrive", () -> receivedQuietly().size() >= count);
        List<Received> all = receivedQuietly();
        assertThat(all).hasSize(count);
        return all;
    }

    private List<Received> receivedQuietly() {
        try {
            return received();
        } catch (Exception e) {
            throw new AssertionError("the destination cannot be read", e);
        }
    }

    private static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
    }
}
