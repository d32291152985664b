package dev.boxcar.opentelemetry;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxWriter;
import dev.boxcar.kafka.KafkaPublisher;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A program that is started with the Java agent: writes two messages, each in a span of its own, and sends them in one call. */
public final class UnderTheAgent {

    static final String TOPIC = "under-the-agent";

    private UnderTheAgent() {}

    /** With the address of Kafka. */
    @SuppressWarnings("try") // a scope is there to be closed
    public static void main(String[] args) {
        String servers = args[0];
        // tag::agent[]
        OutboxTracing tracing = OutboxTracing.create(GlobalOpenTelemetry.get());
        KafkaPublisher kafka = KafkaPublisher.builder()
                .setting("bootstrap.servers", servers)
                .aroundEachSend(tracing::continueFrom) // instead of tracing.publisher(…)
                .build();
        // end::agent[]
        AtomicInteger handedOver = new AtomicInteger();
        InMemoryStorage storage = InMemoryStorage.create();
        try (kafka;
                Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                        .storage(storage)
                        .publisher(entries -> {
                            handedOver.addAndGet(entries.size());
                            return kafka.publish(entries);
                        })
                        .build()) {
            OutboxWriter<InMemoryTransaction> writer = tracing.writer(outbox);
            for (String name : new String[] {"first", "second"}) {
                Span span = GlobalOpenTelemetry.getTracer("application")
                        .spanBuilder("write " + name)
                        .setNoParent()
                        .startSpan();
                try (Scope scope = span.makeCurrent();
                        InMemoryTransaction transaction = storage.begin()) {
                    writer.inNamespace(TOPIC).publish(transaction, Message.of(name, name));
                    transaction.commit();
                } finally {
                    span.end();
                }
                System.out.println(name + " " + span.getSpanContext().getTraceId() + " "
                        + span.getSpanContext().getSpanId());
            }
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            int sent = 0;
            while (sent < 2 && System.nanoTime() < end) {
                sent += outbox.pumpOutbox();
            }
            System.out.println("handed over " + handedOver + ", sent " + sent);
        }
    }
}
