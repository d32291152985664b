package dev.boxcar.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter;
import dev.boxcar.Publisher;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.RecordingPublisher;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With what Micrometer Tracing and its meters make of observations. */
class OutboxObservationsTest {

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ObservationRegistry registry = registry();
    private final InMemoryStorage storage = InMemoryStorage.create();
    private final RecordingPublisher publisher = RecordingPublisher.keepingOrder();

    private ObservationRegistry registry() {
        Tracer tracer = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build()
                .get("test");
        OtelTracer bridge = new OtelTracer(tracer, new OtelCurrentTraceContext(), event -> {});
        OtelPropagator propagator =
                new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), tracer);
        ObservationRegistry made = ObservationRegistry.create();
        made.observationConfig()
                .observationHandler(new FirstMatchingCompositeObservationHandler(
                        new PropagatingSenderTracingObservationHandler<>(bridge, propagator),
                        new PropagatingReceiverTracingObservationHandler<>(bridge, propagator),
                        new DefaultTracingObservationHandler(bridge)))
                .observationHandler(new DefaultMeterObservationHandler(meters));
        return made;
    }

    /** Writes within an observation "request", and publishes. */
    private void carry(ObservationRegistry observed, Message... messages) {
        // tag::observations[]
        OutboxObservations observations = OutboxObservations.create(observed);
        Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(observations.publisher(publisher, "rabbitmq")) // continues the trace
                .build();
        OutboxWriter<InMemoryTransaction> writer = observations.writer(outbox); // stores it: write through this one
        // end::observations[]
        try (outbox) {
            Observation.createNotStarted("request", registry).observe(() -> {
                try (InMemoryTransaction transaction = storage.begin()) {
                    writer.publish(OutboxContext.ofNamespace("orders"), transaction, List.of(messages));
                    transaction.commit();
                }
            });
            outbox.pumpOutbox();
        }
    }

    private SpanData span(String name) {
        List<SpanData> named = exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertThat(named).as(name).hasSize(1);
        return named.get(0);
    }

    @Test
    void theTraceOfTheWriterGoesOnWhereItsMessageIsSent() {
        carry(registry, Message.of("key", "payload"));

        SpanData write = span("write orders");
        assertThat(write.getParentSpanId()).isEqualTo(span("request").getSpanId());
        assertThat(write.getKind()).isEqualTo(SpanKind.PRODUCER);
        SpanData send = span("send orders");
        assertThat(send.getParentSpanId()).isEqualTo(write.getSpanId());
        assertThat(send.getTraceId()).isEqualTo(span("request").getTraceId());
        assertThat(publisher.sent().get(0).headers().get("traceparent"))
                .as("from which the consumer continues")
                .contains(write.getTraceId())
                .contains(write.getSpanId());
    }

    @Test
    void severalMessagesKeepTheTracesOfTheirWriters() {
        carry(registry, Message.of("a", "1"), Message.of("b", "2"));

        assertThat(span("send").getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(publisher.sent())
                .hasSize(2)
                .allSatisfy(entry -> assertThat(entry.headers().get("traceparent"))
                        .contains(span("write orders").getSpanId()));
    }

    @Test
    void aMessageThatHasATraceKeepsIt() {
        Map<String, String> own = Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        carry(registry, Message.of("key", "payload").withHeaders(own));

        assertThat(publisher.sent().get(0).headers()).isEqualTo(own);
        assertThat(span("send orders").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void callsAreTimed() {
        publisher.rejecting(entry -> entry.payload().length == 3, "never");
        carry(registry, Message.of("a", "1"));
        carry(registry, Message.of("b", "one"));

        assertThat(meters.get("boxcar.write").timer().count()).isEqualTo(2);
        assertThat(meters.get("boxcar.send")
                        .tags("outcome", "sent", "messaging.system", "rabbitmq", "destination", "default")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("boxcar.send").tag("outcome", "failed").timer().count())
                .isEqualTo(1);
    }

    @Test
    void whatIsThrownPassesThrough() {
        Publisher broken = OutboxObservations.create(registry)
                .publisher(
                        entries -> {
                            throw new IllegalStateException("broken");
                        },
                        "test");
        carry(registry, Message.of("key", "payload"));
        List<ClaimedEntry> entries = publisher.sent();
        exporter.reset();

        assertThatThrownBy(() -> broken.publish(entries)).hasMessage("broken");
        assertThat(span("send orders").getEvents())
                .anySatisfy(event -> assertThat(event.getName()).isEqualTo("exception"));
    }

    /** Whatever goes wrong in an observation must not become the outcome of the call, or of the transaction. */
    @ParameterizedTest
    @ValueSource(strings = {"start", "scope", "end of scope", "stop"})
    void anObservationThatFailsHoldsNoMessageUp(String where) {
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return String.valueOf(context.getName()).startsWith("boxcar.");
            }

            private void fail(String here) {
                if (here.equals(where)) {
                    throw new IllegalStateException("broken handler");
                }
            }

            @Override
            public void onStart(Observation.Context context) {
                fail("start");
            }

            @Override
            public void onScopeOpened(Observation.Context context) {
                fail("scope");
            }

            @Override
            public void onScopeClosed(Observation.Context context) {
                fail("end of scope");
            }

            @Override
            public void onStop(Observation.Context context) {
                fail("stop");
            }
        });
        // What a handler that fails leaves behind in a thread is none of the other tests' business.
        CompletableFuture.runAsync(
                        () -> carry(registry, Message.of("key", "payload")), task -> new Thread(task, "test").start())
                .join();

        assertThat(publisher.calls()).as("sent once, and acknowledged").hasSize(1);
        assertThat(storage.status().pending()).isZero();
    }

    @Test
    void nothingHappensWhereNobodyObserves() {
        carry(ObservationRegistry.NOOP, Message.of("key", "payload"));
        assertThat(publisher.sent().get(0).headers()).isEmpty();
        assertThatThrownBy(() -> OutboxObservations.create(registry).publisher(publisher, " "))
                .hasMessageContaining("kafka");
    }
}
