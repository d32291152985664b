package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.Publisher;
import dev.boxcar.spring.autoconfigure.BoxcarAutoConfiguration;
import dev.boxcar.spring.autoconfigure.BoxcarTracingAutoConfiguration;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Traces pass through the outbox of an application that has them. */
class TracingTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(BoxcarAutoConfiguration.class, BoxcarTracingAutoConfiguration.class))
            .withUserConfiguration(Databases.WithTransactions.class)
            .withBean(RecordingPublisher.class, RecordingPublisher::create)
            .withPropertyValues("boxcar.jdbc.tables=create");

    private static ClaimedEntry sent(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status ->
                        context.getBean(OutboxTemplate.class).publish("orders", Message.of("key", "payload")));
        RecordingPublisher publisher = (RecordingPublisher) context.getBean(Publisher.class);
        Await.until("it is published", () -> !publisher.sent().isEmpty());
        return publisher.sent().get(0);
    }

    // ---- OpenTelemetry

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();

    @Test
    @SuppressWarnings("try") // a scope is there to be closed
    void openTelemetrysTraceGoesOnWhereTheMessageIsSent() {
        application.withBean(OpenTelemetry.class, () -> sdk).run(context -> {
            Span request = sdk.getTracer("test").spanBuilder("request").startSpan();
            ClaimedEntry sent;
            try (Scope scope = request.makeCurrent()) {
                sent = sent(context);
            }
            assertThat(sent.headers().get("traceparent"))
                    .contains(request.getSpanContext().getTraceId());
            Await.until(
                    "the span has ended", () -> !spans.getFinishedSpanItems().isEmpty());
            SpanData span = spans.getFinishedSpanItems().get(0);
            assertThat(span.getName()).isEqualTo("send orders");
            assertThat(span.getParentSpanId())
                    .isEqualTo(request.getSpanContext().getSpanId());
        });
    }

    @Test
    void nothingIsTracedWhereItIsSwitchedOff() {
        application
                .withBean(OpenTelemetry.class, () -> sdk)
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .withPropertyValues("boxcar.tracing.enabled=false")
                .run(context -> {
                    assertThat(sent(context).headers()).isEmpty();
                    assertThat(spans.getFinishedSpanItems()).isEmpty();
                });
    }

    // ---- Micrometer

    private static final class Handler implements ObservationHandler<Observation.Context> {

        final List<String> stopped = new CopyOnWriteArrayList<>();

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        /** As Micrometer Tracing does. */
        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // whatever the carrier is
        public void onStart(Observation.Context context) {
            if (context instanceof SenderContext sender) {
                sender.getSetter().set(Objects.requireNonNull(sender.getCarrier()), "traceparent", "of the writer");
            }
        }

        @Override
        public void onStop(Observation.Context context) {
            stopped.add(context.getName() + " " + context.getLowCardinalityKeyValues());
        }
    }

    @Test
    void observationsAreMadeWhereThereIsNoOpenTelemetry() {
        Handler handler = new Handler();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(handler);
        application.withBean(ObservationRegistry.class, () -> registry).run(context -> {
            assertThat(sent(context).headers()).containsEntry("traceparent", "of the writer");
            Await.until("both have stopped", () -> handler.stopped.size() == 2);
            assertThat(handler.stopped)
                    .anySatisfy(write -> assertThat(write).startsWith("boxcar.write"))
                    .anySatisfy(
                            send -> assertThat(send).startsWith("boxcar.send").contains("outcome", "sent"));
        });
    }
}
