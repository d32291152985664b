package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.DeadLetterQuery;
import dev.boxcar.InvalidMessageException;
import dev.boxcar.Message;
import dev.boxcar.MessageLimits;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxSettings;
import dev.boxcar.OutboxWriter;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.RetryPolicy;
import dev.boxcar.RoutingPublisher;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages, settings and parts that cannot work are refused, before anything is written, with words that help. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway") // hands over nulls on purpose
class BadInputTest {

    private static final Message GOOD = Message.of("k", "good");

    private final Scene scene = new Scene();
    private final RecordingPublisher publisher = RecordingPublisher.create();

    private static String text(int length) {
        return "x".repeat(length);
    }

    private static Map<String, String> headers(String name, @Nullable String value) {
        Map<String, String> headers = new HashMap<>();
        headers.put(name, value);
        return headers;
    }

    // ---- messages

    static Stream<Arguments> messagesThatCannotBe() {
        byte[] payload = {1};
        return Stream.of(
                Arguments.of("payload", (Supplier<Message>) () -> new Message(null, null, Map.of(), null, null)),
                Arguments.of("payload", (Supplier<Message>) () -> Message.of("k", (String) null)),
                Arguments.of("headers", (Supplier<Message>) () -> new Message(null, payload, null, null, null)),
                Arguments.of("header", (Supplier<Message>) () -> GOOD.withHeader("h", null)),
                Arguments.of("header", (Supplier<Message>) () -> GOOD.withHeader(null, "v")),
                Arguments.of(
                        "header", (Supplier<Message>) () -> new Message(null, payload, headers("h", null), null, null)),
                Arguments.of("type", (Supplier<Message>) () -> GOOD.withType(null)),
                Arguments.of("id", (Supplier<Message>) () -> GOOD.withId(null)));
    }

    @ParameterizedTest
    @MethodSource("messagesThatCannotBe")
    void aMessageWithANullWhereNoneMayBeCannotBeMade(String part, Supplier<Message> message) {
        assertThatThrownBy(message::get)
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining(part);
    }

    static Stream<Arguments> messagesThatAreRefused() {
        return Stream.of(
                Arguments.of("key", Message.of(new byte[4 * 1024 + 1], new byte[1])),
                Arguments.of("payload", Message.of("k", new byte[8 * 1024 * 1024 + 1])),
                Arguments.of("headers", GOOD.withHeader("h", text(64 * 1024))),
                Arguments.of("headers", GOOD.withHeader("h", "é".repeat(32 * 1024))),
                Arguments.of("header without a name", GOOD.withHeader("", "v")),
                Arguments.of("header name", GOOD.withHeader("a\u0000b", "v")),
                Arguments.of("header value", GOOD.withHeader("h", "a\u0000b")),
                Arguments.of("header value", GOOD.withHeader("h", "half a pair: \uD83D")),
                Arguments.of("header value", GOOD.withHeader("h", "\uDE83 the other half")),
                Arguments.of("type", GOOD.withType("")),
                Arguments.of("type", GOOD.withType(text(201))),
                Arguments.of("type", GOOD.withType("a\u0000")),
                Arguments.of("id", GOOD.withId("")),
                Arguments.of("id", GOOD.withId(text(201))),
                Arguments.of("id", GOOD.withId("\uD83D")));
    }

    @ParameterizedTest
    @MethodSource("messagesThatAreRefused")
    void aMessageThatIsTooLargeOrMalformedIsRefusedAndNothingIsWritten(String part, Message message) {
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher).build();
                InMemoryTransaction transaction = scene.database.begin()) {
            assertThatThrownBy(() -> outbox.publish(transaction, GOOD, message, GOOD))
                    .isInstanceOf(InvalidMessageException.class)
                    .hasMessageContaining(part);
            transaction.commit();
        }
        assertThat(scene.waiting()).isEmpty();
    }

    @Test
    void aMessageThatIsAsLargeAsItMayBeIsTaken() {
        Message largest = new Message(
                new byte[4 * 1024], new byte[8 * 1024 * 1024], Map.of("h", text(64 * 1024 - 1)), text(200), text(200));
        try (InMemoryTransaction transaction = scene.database.begin()) {
            OutboxWriter.create(scene.database).publish(transaction, largest);
            transaction.commit();
        }
        assertThat(OutboxTester.waiting(scene.database)).hasSize(1);
    }

    @Test
    void theLimitsOfTheSettingsApply() {
        try (Outbox<InMemoryTransaction> outbox = scene.outbox(publisher)
                        .settings(settings -> settings.messageLimits(new MessageLimits(2, 3, 4)))
                        .build();
                InMemoryTransaction transaction = scene.database.begin()) {
            outbox.publish(transaction, Message.of("ab", "abc").withHeader("ab", "cd"));
            assertThatThrownBy(() -> outbox.publish(transaction, Message.of("abc", "abc")))
                    .isInstanceOf(InvalidMessageException.class)
                    .hasMessageContaining("3 bytes; the limit is 2");
        }
    }

    @Test
    void nullsInACallAreRefusedAndNothingIsWritten() {
        OutboxWriter<InMemoryTransaction> writer = OutboxWriter.create(scene.database);
        try (InMemoryTransaction transaction = scene.database.begin()) {
            List<Consumer<OutboxWriter<InMemoryTransaction>>> calls = List.of(
                    w -> w.publish(null, transaction, GOOD),
                    w -> w.publish(OutboxContext.DEFAULT, null, GOOD),
                    w -> w.publish(OutboxContext.DEFAULT, transaction, Arrays.asList(GOOD, null)),
                    w -> w.publish(OutboxContext.DEFAULT, transaction, (List<Message>) null),
                    w -> w.bind(null, transaction),
                    w -> w.bind(OutboxContext.DEFAULT, null));
            for (Consumer<OutboxWriter<InMemoryTransaction>> call : calls) {
                assertThatThrownBy(() -> call.accept(writer)).isInstanceOf(NullPointerException.class);
            }
            transaction.commit();
        }
        assertThat(scene.waiting()).isEmpty();
    }

    @Test
    void aNamespaceThatCannotBeStoredIsRefused() {
        assertThatThrownBy(() -> new OutboxContext(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> OutboxContext.ofNamespace(text(201)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("201");
        assertThatThrownBy(() -> OutboxContext.ofNamespace("a\u0000b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OutboxContext.ofNamespace("a\nb")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OutboxContext.ofNamespace("half a pair: \uD83D"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- settings

    private static Arguments setting(String words, Consumer<OutboxSettings.Builder> change) {
        return Arguments.of(words, change);
    }

    static Stream<Arguments> settingsThatCannotWork() {
        Duration minus = Duration.ofMillis(-1);
        Duration tooLong = Duration.ofDays(2);
        return Stream.of(
                setting("processInterval (0 ms) must be positive", s -> s.processInterval(Duration.ZERO)),
                setting("processInterval (-1 ms) must be positive", s -> s.processInterval(minus)),
                setting("processInterval (PT48H) must not be longer", s -> s.processInterval(tooLong)),
                setting("minPollInterval (0 ms) must be positive", s -> s.minPollInterval(Duration.ZERO)),
                setting("minPollInterval (-1 ms) must be positive", s -> s.minPollInterval(minus)),
                setting(
                        "minPollInterval (11 s) must not exceed processInterval (10 s)",
                        s -> s.minPollInterval(Duration.ofSeconds(11))),
                setting(
                        "claimDuration (0 ms) must be positive",
                        s -> s.claimDuration(Duration.ZERO).publishTimeout(Duration.ofMillis(1))),
                setting("claimDuration (-1 ms) must be positive", s -> s.claimDuration(minus)),
                setting("claimDuration (PT48H) must not be longer", s -> s.claimDuration(tooLong)),
                setting("claimDuration (99 ms) must be at least 100 ms", s -> s.claimDuration(Duration.ofMillis(99))),
                setting("publishTimeout (0 ms) must be positive", s -> s.publishTimeout(Duration.ZERO)),
                setting("publishTimeout (-1 ms) must be positive", s -> s.publishTimeout(minus)),
                setting(
                        "claimDuration (2 s) must be at least twice publishTimeout (1001 ms)",
                        s -> s.publishTimeout(Duration.ofMillis(1_001))),
                setting("batchSize (0) must be at least 1", s -> s.batchSize(0)),
                setting("batchSize (-5) must be at least 1", s -> s.batchSize(-5)),
                setting(
                        "batchSize (101) must not exceed maxInFlightEntries (100)",
                        s -> s.batchSize(101).maxInFlightEntries(100)),
                setting("maxConcurrentCalls (0) must be at least 1", s -> s.maxConcurrentCalls(0)),
                setting("readSize (0) must be at least 1", s -> s.readSize(0)),
                setting("maxInFlightEntries (0) must be at least 1", s -> s.maxInFlightEntries(0)),
                setting("maxInFlightBytes (0) must be at least 1", s -> s.maxInFlightBytes(0)),
                setting("maxInFlightBytes (1000) must hold at least one message", s -> s.maxInFlightBytes(1_000)),
                setting("settleDelay (-1 ms) must be from 0 to 1 s", s -> s.settleDelay(minus)),
                setting("settleDelay (1001 ms) must be from 0 to 1 s", s -> s.settleDelay(Duration.ofMillis(1_001))));
    }

    @ParameterizedTest
    @MethodSource("settingsThatCannotWork")
    void settingsThatCannotWorkAreRefusedWithTheirNamesAndValues(
            String words, Consumer<OutboxSettings.Builder> change) {
        assertThatThrownBy(() -> scene.outbox(publisher).settings(change))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void settingsThatAreNullAreRefused() {
        List<Consumer<OutboxSettings.Builder>> changes = List.of(
                s -> s.processInterval(null),
                s -> s.claimDuration(null),
                s -> s.settleDelay(null),
                s -> s.retryPolicy(null),
                s -> s.messageLimits(null));
        for (Consumer<OutboxSettings.Builder> change : changes) {
            assertThatThrownBy(() -> scene.outbox(publisher).settings(change)).isInstanceOf(NullPointerException.class);
        }
    }

    static Stream<Arguments> policiesThatCannotWork() {
        RetryPolicy policy = RetryPolicy.DEFAULT;
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                Arguments.of("maxAttempts (0)", (Supplier<?>) () -> policy.withMaxAttempts(0)),
                Arguments.of("maxAttempts (-1)", (Supplier<?>) () -> policy.withMaxAttempts(-1)),
                Arguments.of("firstDelay (PT0S)", (Supplier<?>) () -> policy.withDelays(Duration.ZERO, second)),
                Arguments.of("maxDelay (PT1S)", (Supplier<?>) () -> policy.withDelays(Duration.ofSeconds(2), second)),
                Arguments.of("maxDelay", (Supplier<?>) () -> policy.withDelays(second, Duration.ofDays(31))),
                Arguments.of("jitter (-0.1)", (Supplier<?>) () -> policy.withJitter(-0.1)),
                Arguments.of("jitter (1.1)", (Supplier<?>) () -> policy.withJitter(1.1)),
                Arguments.of("jitter (NaN)", (Supplier<?>) () -> policy.withJitter(Double.NaN)),
                Arguments.of("multiplier (0.5)", (Supplier<?>)
                        () -> new RetryPolicy(1, second, second, 0.5, 0, policy.afterLastAttempt())),
                Arguments.of("limits must be positive", (Supplier<?>) () -> new MessageLimits(0, 1, 1)),
                Arguments.of("limits must be positive", (Supplier<?>) () -> new MessageLimits(1, -1, 1)),
                Arguments.of("limits must be positive", (Supplier<?>) () -> new MessageLimits(1, 1, 0)),
                Arguments.of(
                        "limit (0)", (Supplier<?>) () -> DeadLetterQuery.all().limit(0)),
                Arguments.of("limit (1001)", (Supplier<?>)
                        () -> DeadLetterQuery.all().limit(1_001)),
                Arguments.of("maxEntries (0)", (Supplier<?>)
                        () -> new ReadRequest(Set.of(), NamespaceFilter.ALL, null, 0, 1)),
                Arguments.of("maxBytes (0)", (Supplier<?>)
                        () -> new ReadRequest(Set.of(), NamespaceFilter.ALL, null, 1, 0)));
    }

    @ParameterizedTest
    @MethodSource("policiesThatCannotWork")
    void policiesLimitsAndQueriesThatCannotWorkAreRefused(String words, Supplier<?> made) {
        assertThatThrownBy(made::get)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void aProcessorIdMustBeReadable() {
        for (String id : List.of("", "  ", text(101), "a\nb", "a\u0000")) {
            assertThatThrownBy(() -> scene.outbox(publisher).processorId(id))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("processorId");
        }
        assertThatCode(() -> scene.outbox(publisher).processorId(text(100)).build())
                .doesNotThrowAnyException();
    }

    @Test
    void aPublisherWhoseCallsOutliveTheClaimsIsRefused() {
        Publisher slow = new Publisher() {
            @Override
            public java.util.concurrent.CompletionStage<PublishResults> publish(List<dev.boxcar.ClaimedEntry> entries) {
                throw new AssertionError("nothing is published");
            }

            @Override
            public Duration longestCall() {
                return Duration.ofMillis(1_001);
            }
        };
        assertThatThrownBy(() -> Outbox.<InMemoryTransaction>builder()
                        .storage(scene.database)
                        .publisher(slow)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("publishTimeout (1000 ms)")
                .hasMessageContaining("1001 ms");
    }

    @Test
    void routesThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> RoutingPublisher.builder().build()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> RoutingPublisher.builder().route("a", publisher).route("a", publisher))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a' has two routes");
        assertThatThrownBy(() -> RoutingPublisher.builder()
                        .route("a", "same", publisher)
                        .route("b", "same", RecordingPublisher.create()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'same'");
    }

    @Test
    void aMessageWithoutARouteStandsInTheDeadLetters() {
        scene.write("nowhere", "k", "1");
        scene.write("a", "k", "2");
        Publisher routing = RoutingPublisher.builder().route("a", publisher).build();
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(scene.database)
                .publisher(routing)
                .build()) {
            outbox.pumpOutbox();
            List<String> reasons = new ArrayList<>();
            outbox.deadLetters().list(DeadLetterQuery.all()).forEach(letter -> reasons.add(letter.reason()));
            assertThat(reasons).hasSize(1).first().asString().contains("no route for namespace 'nowhere'");
        }
        assertThat(publisher.texts()).containsExactly("2");
    }
}
