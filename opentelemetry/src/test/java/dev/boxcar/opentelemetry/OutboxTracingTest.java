package dev.boxcar.opentelemetry;

import static io.opentelemetry.api.trace.SpanKind.CLIENT;
import static io.opentelemetry.api.trace.SpanKind.PRODUCER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.RecordingPublisher;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // a scope is there to be closed
class OutboxTracingTest {

    private static final TextMapPropagator PROPAGATOR =
            TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk =
            sdk(SimpleSpanProcessor.create(spans), Sampler.parentBased(Sampler.alwaysOn()));
    private final Tracer application = sdk.getTracer("application");
    private final OutboxTracing tracing = OutboxTracing.create(sdk);
    private final InMemoryStorage storage = InMemoryStorage.create();
    private final RecordingPublisher broker = RecordingPublisher.keepingOrder();

    private static OpenTelemetrySdk sdk(SpanProcessor processor, Sampler sampler) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(processor)
                        .setSampler(sampler)
                        .build())
                .setPropagators(ContextPropagators.create(PROPAGATOR))
                .build();
    }

    @AfterEach
    void close() {
        sdk.close();
    }

    private Outbox<InMemoryTransaction> outbox(OutboxTracing with, Publisher publisher) {
        return Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(with.publisher(publisher, "kafka"))
                .settings(s -> s.processInterval(Duration.ofMinutes(10)))
                .build();
    }

    /** Writes each message in a span of its own; their names are the payloads. */
    private void writesInSpans(OutboxWriter<InMemoryTransaction> writer, String... payloads) {
        for (String payload : payloads) {
            Span span = application.spanBuilder(payload).startSpan();
            try (Scope scope = span.makeCurrent();
                    InMemoryTransaction transaction = storage.begin()) {
                writer.inNamespace("orders").publish(transaction, Message.of("k", payload));
                transaction.commit();
            } finally {
                span.end();
            }
        }
    }

    private int pump(Publisher publisher) {
        try (Outbox<InMemoryTransaction> outbox = outbox(tracing, publisher)) {
            return outbox.pumpOutbox();
        }
    }

    private SpanData span(String name) {
        List<SpanData> found = spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertThat(found).as("spans called %s", name).hasSize(1);
        return found.get(0);
    }

    private static Span inHeaders(ClaimedEntry sent) {
        return Span.fromContext(PROPAGATOR.extract(Context.root(), sent.headers(), new TextMapGetter<>() {
            @Override
            public Iterable<String> keys(Map<String, String> headers) {
                return headers.keySet();
            }

            @Override
            public @Nullable String get(@Nullable Map<String, String> headers, String name) {
                return Objects.requireNonNull(headers).get(name);
            }
        }));
    }

    @Test
    void aMessageContinuesItsWritersTraceAndTheConsumerContinuesTheSend() {
        writesInSpans(tracing.writer(writer()), "checkout");

        assertThat(pump(broker)).isEqualTo(1);

        SpanData checkout = span("checkout");
        SpanData send = span("send orders");
        ClaimedEntry sent = broker.sent().get(0);
        assertThat(send.getKind()).isEqualTo(PRODUCER);
        assertThat(send.getTraceId()).isEqualTo(checkout.getTraceId());
        assertThat(send.getParentSpanId()).isEqualTo(checkout.getSpanId());
        assertThat(send.getLinks()).isEmpty();
        assertThat(inHeaders(sent).getSpanContext().getSpanId()).isEqualTo(send.getSpanId());
        assertThat(inHeaders(sent).getSpanContext().getTraceId()).isEqualTo(checkout.getTraceId());
        assertThat(send.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(send.getAttributes().asMap())
                .containsOnly(
                        entry(MessagingConventions.SYSTEM, "kafka"),
                        entry(MessagingConventions.OPERATION_NAME, "send"),
                        entry(MessagingConventions.OPERATION_TYPE, "send"),
                        entry(MessagingConventions.DESTINATION_NAME, "orders"),
                        entry(MessagingConventions.MESSAGE_ID, sent.messageId()),
                        entry(MessagingConventions.MESSAGE_BODY_SIZE, 8L));
    }

    @Test
    void theSpanIsCurrentWhileThePublisherIsCalledAndNotAfterwards() {
        writesInSpans(tracing.writer(writer()), "checkout");
        List<String> current = new CopyOnWriteArrayList<>();

        pump(entries -> {
            current.add(Span.current().getSpanContext().getSpanId());
            Span client = application.spanBuilder("client library").startSpan();
            client.end();
            return CompletableFuture.completedFuture(PublishResults.allSent());
        });

        assertThat(current).containsExactly(span("send orders").getSpanId());
        assertThat(span("client library").getParentSpanId())
                .isEqualTo(span("send orders").getSpanId());
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void aCallWithSeveralMessagesLinksToEachWriterAndLeavesTheirHeaders() {
        writesInSpans(tracing.writer(writer()), "first", "second", "third");

        assertThat(pump(broker)).isEqualTo(3);

        SpanData send = span("send orders");
        List<SpanData> writers = List.of(span("first"), span("second"), span("third"));
        assertThat(send.getKind()).isEqualTo(CLIENT);
        assertThat(send.getParentSpanContext().isValid()).isFalse();
        assertThat(send.getLinks())
                .extracting(link -> link.getSpanContext().getSpanId())
                .containsExactlyElementsOf(
                        writers.stream().map(SpanData::getSpanId).toList());
        assertThat(send.getLinks())
                .extracting(link -> link.getAttributes().get(MessagingConventions.MESSAGE_ID))
                .containsExactlyElementsOf(
                        broker.sent().stream().map(ClaimedEntry::messageId).toList());
        assertThat(send.getAttributes().get(MessagingConventions.BATCH_MESSAGE_COUNT))
                .isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(inHeaders(broker.sent().get(i)).getSpanContext().getSpanId())
                    .isEqualTo(writers.get(i).getSpanId());
        }
    }

    @Test
    void messagesWithoutATraceGetThatOfTheirCall() {
        writesInSpans(tracing.writer(writer()), "traced");
        try (InMemoryTransaction transaction = storage.begin()) {
            writer().inNamespace("orders").publish(transaction, Message.of("k", "by plain SQL"));
            transaction.commit();
        }

        assertThat(pump(broker)).isEqualTo(2);

        SpanData send = span("send orders");
        assertThat(send.getKind()).isEqualTo(PRODUCER);
        assertThat(send.getLinks()).extracting(LinkData::getSpanContext).hasSize(1);
        assertThat(inHeaders(broker.sent().get(0)).getSpanContext().getSpanId())
                .isEqualTo(span("traced").getSpanId());
        assertThat(inHeaders(broker.sent().get(1)).getSpanContext().getSpanId()).isEqualTo(send.getSpanId());
    }

    @Test
    void baggageTravelsWithTheMessage() {
        OutboxWriter<InMemoryTransaction> writer = tracing.writer(writer());
        try (Scope scope =
                Baggage.builder().put("tenant", "blue & green").build().makeCurrent()) {
            writesInSpans(writer, "checkout");
        }

        pump(broker);

        assertThat(broker.sent().get(0).headers()).containsKeys("traceparent", "baggage");
        assertThat(broker.sent().get(0).headers().get("baggage")).startsWith("tenant=blue");
    }

    @Test
    void aMessageThatBringsItsOwnTraceKeepsIt() {
        String own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Span span = application.spanBuilder("forwarder").startSpan();
        try (Scope scope = span.makeCurrent();
                InMemoryTransaction transaction = storage.begin()) {
            tracing.writer(writer())
                    .publish(transaction, Message.of("k", "forwarded").withHeader("traceparent", own));
            transaction.commit();
        } finally {
            span.end();
        }

        pump(broker);

        assertThat(span("send").getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(span("send").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void outsideOfAnyTraceNothingIsStored() {
        assertThat(tracing.currentHeaders()).isEmpty();
        try (InMemoryTransaction transaction = storage.begin()) {
            tracing.writer(writer()).publish(transaction, Message.of("k", "untraced"));
            transaction.commit();
        }
        pump(broker);
        assertThat(broker.calls().get(0).get(0).headers()).containsOnlyKeys("traceparent");
        assertThat(span("send").getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void whatWasNotSentIsAnError() {
        broker.rejecting(sent -> text(sent).equals("bad"), "refused");
        writesInSpans(tracing.writer(writer()), "good", "bad");

        pump(broker);

        SpanData send = span("send orders");
        assertThat(send.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(send.getStatus().getDescription()).isEqualTo("1 of 2 messages were not sent");
        assertThat(send.getAttributes().get(MessagingConventions.ERROR_TYPE)).isEqualTo("rejected");
        assertThat(storage.deadLetters().list(DeadLetterQuery.all())).hasSize(1);
    }

    @Test
    void aPublisherThatThrowsEndsItsSpanToo() {
        writesInSpans(tracing.writer(writer()), "checkout");

        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(tracing.publisher(
                        entries -> {
                            throw new IllegalStateException("broken");
                        },
                        "kafka"))
                .settings(s -> s.retryPolicy(dev.boxcar.RetryPolicy.DEFAULT.withMaxAttempts(1)))
                .build()) {
            outbox.pumpOutbox();
        }

        assertThat(span("send orders").getAttributes().get(MessagingConventions.ERROR_TYPE))
                .isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void eachAttemptIsASpanOfTheWritersTrace() {
        broker.failing(sent -> true, 1, "not now");
        writesInSpans(tracing.writer(writer()), "checkout");
        try (Outbox<InMemoryTransaction> outbox = outbox(tracing, broker)) {
            outbox.pumpOutbox();
            dev.boxcar.testkit.Await.until("it is sent", () -> outbox.pumpOutbox() == 1);
        }

        List<SpanData> sends = spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals("send orders"))
                .toList();
        assertThat(sends)
                .hasSize(2)
                .allSatisfy(send -> assertThat(send.getParentSpanId())
                        .isEqualTo(span("checkout").getSpanId()));
        assertThat(sends.get(0).getAttributes().get(MessagingConventions.ERROR_TYPE))
                .isEqualTo("failed");
        assertThat(sends.get(1).getAttributes().get(MessagingConventions.ATTEMPT))
                .isEqualTo(2);
    }

    /** What writers did not sample is not recorded at the send either, and the consumer is told so. */
    @Test
    void aTraceThatIsNotSampledStaysSo() {
        OpenTelemetrySdk never = sdk(SimpleSpanProcessor.create(spans), Sampler.parentBased(Sampler.alwaysOff()));
        OutboxTracing silent = OutboxTracing.create(never);
        Span span = never.getTracer("application").spanBuilder("checkout").startSpan();
        try (Scope scope = span.makeCurrent();
                InMemoryTransaction transaction = storage.begin()) {
            silent.writer(writer()).publish(transaction, Message.of("k", "m"));
            transaction.commit();
        }
        pump(broker);

        assertThat(spans.getFinishedSpanItems()).isEmpty();
        SpanContext sent = inHeaders(broker.sent().get(0)).getSpanContext();
        assertThat(sent.getTraceId()).isEqualTo(span.getSpanContext().getTraceId());
        assertThat(sent.isSampled()).isFalse();
        never.close();
    }

    /** With the Java agent: it makes a span for each record by itself, as a child of what is current. */
    @Test
    void aHookAroundEachSendContinuesTheTraceOfEachMessage() {
        writesInSpans(tracing.writer(writer()), "first", "second");
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(entries -> {
                    for (ClaimedEntry sent : entries) {
                        try (Scope scope = tracing.continueFrom(sent)) {
                            application
                                    .spanBuilder("agent: " + text(sent))
                                    .startSpan()
                                    .end();
                        }
                    }
                    return CompletableFuture.completedFuture(PublishResults.allSent());
                })
                .build()) {
            outbox.pumpOutbox();
        }
        for (String name : List.of("first", "second")) {
            assertThat(span("agent: " + name).getParentSpanId())
                    .isEqualTo(span(name).getSpanId());
        }
        assertThat(spans.getFinishedSpanItems()).hasSize(4);
    }

    @Test
    void withoutAnSdkEverythingPassesUnchanged() {
        OutboxTracing noop = OutboxTracing.create(OpenTelemetry.noop());
        try (InMemoryTransaction transaction = storage.begin()) {
            noop.writer(writer()).publish(transaction, Message.of("k", "m").withHeader("a", "b"));
            transaction.commit();
        }
        try (Outbox<InMemoryTransaction> outbox = outbox(noop, broker)) {
            outbox.pumpOutbox();
        }
        assertThat(broker.sent().get(0).headers()).containsExactly(entry("a", "b"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tracingThatFailsHoldsNoMessageUp(boolean propagator) {
        OpenTelemetrySdk broken = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(new BrokenProcessor())
                        .build())
                .setPropagators(ContextPropagators.create(propagator ? new BrokenPropagator() : PROPAGATOR))
                .build();
        OutboxTracing with = OutboxTracing.create(broken);
        try (InMemoryTransaction transaction = storage.begin()) {
            with.writer(writer()).publish(transaction, Message.of("k", "m"), Message.of("k", "n"));
            with.writer(writer()).publish(transaction, Message.of("l", "o").withHeader("a", "b"));
            transaction.commit();
        }
        try (Outbox<InMemoryTransaction> outbox = outbox(with, broker)) {
            assertThat(outbox.pumpOutbox()).isEqualTo(3);
        }
        assertThat(broker.calls()).as("calls: none was repeated").hasSize(1);
        broken.close();
    }

    @Test
    void whatThePublisherSaysOfItselfStaysTrue() {
        RecordingPublisher inner = RecordingPublisher.withDestinations("orders", "bills");
        Publisher traced = tracing.publisher(inner, "kafka");
        assertThat(traced.destinations()).isEqualTo(inner.destinations());
        assertThat(traced.destination(OutboxContext.ofNamespace("bills"))).isEqualTo("bills");
        assertThat(traced.keepsOrderWithinCall()).isTrue();
        assertThat(traced.preferredBatchSize()).isEqualTo(inner.preferredBatchSize());
        assertThat(traced.longestCall()).isEqualTo(inner.longestCall());
        assertThatThrownBy(() -> tracing.publisher(inner, " ")).hasMessageContaining("kafka");
    }

    private OutboxWriter<InMemoryTransaction> writer() {
        return OutboxWriter.create(storage);
    }

    private static String text(ClaimedEntry entry) {
        return new String(entry.payload(), StandardCharsets.UTF_8);
    }

    private static final class BrokenProcessor implements SpanProcessor {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            throw new IllegalStateException("broken exporter");
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }

    private static final class BrokenPropagator implements TextMapPropagator {
        @Override
        public Collection<String> fields() {
            return List.of("traceparent");
        }

        @Override
        public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
            throw new IllegalStateException("broken propagator");
        }

        @Override
        public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
            throw new IllegalStateException("broken propagator");
        }
    }
}
