package dev.boxcar.opentelemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxWriter;
import dev.boxcar.kafka.KafkaPublisher;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.testkit.Await;
import dev.boxcar.testservers.KafkaServer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What consumers of a real Kafka find in the headers. */
@SuppressWarnings("try") // a scope is there to be closed
class KafkaTracingTest {

    /** A span as the agent's exporter prints it. */
    private record Printed(String name, String trace, String span, String parent, int kind) {}

    private static final int PRODUCER = 4;

    @TempDir
    Path folder;

    /** A record, and what its headers say of its trace. */
    private record Arrived(String value, String trace, String span, boolean sampled) {}

    /** What has arrived when each of these values has; on a busy machine something may come twice. */
    private static List<Arrived> received(String topic, Set<String> values) {
        List<Arrived> arrived = new ArrayList<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", KafkaServer.shared().bootstrapServers(), "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!arrived.stream()
                            .map(Arrived::value)
                            .collect(Collectors.toSet())
                            .equals(values)
                    && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    assertThat(record.headers().headers("traceparent")).hasSize(1);
                    String[] parts = new String(
                                    record.headers().lastHeader("traceparent").value(), UTF_8)
                            .split("-", 4);
                    boolean sampled = (Integer.parseInt(parts[3], 16) & 1) == 1;
                    arrived.add(new Arrived(record.value(), parts[1], parts[2], sampled));
                });
            }
        }
        assertThat(arrived).extracting(Arrived::value).containsAll(values);
        return arrived;
    }

    private static <T> OutboxWriter<T> asInTheGuide(
            OpenTelemetry openTelemetry, OutboxStorage<T> storage, KafkaPublisher kafka, List<Outbox<T>> opened) {
        // tag::tracing[]
        OutboxTracing tracing = OutboxTracing.create(openTelemetry);
        Outbox<T> outbox = Outbox.<T>builder()
                .storage(storage)
                .publisher(tracing.publisher(kafka, "kafka")) // continues it
                .build();
        OutboxWriter<T> writer = tracing.writer(outbox); // stores the trace: write through this one
        outbox.start();
        // end::tracing[]
        opened.add(outbox);
        return writer;
    }

    @Test
    void aConsumerContinuesTheSendInTheWritersTrace() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        InMemoryStorage storage = InMemoryStorage.create();
        List<Outbox<InMemoryTransaction>> opened = new ArrayList<>();
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        try (KafkaPublisher kafka = KafkaPublisher.create(
                Map.of("bootstrap.servers", KafkaServer.shared().bootstrapServers()))) {
            OutboxWriter<InMemoryTransaction> writer = asInTheGuide(sdk, storage, kafka, opened);
            Span checkout = sdk.getTracer("application").spanBuilder("checkout").startSpan();
            try (Scope scope = checkout.makeCurrent();
                    InMemoryTransaction transaction = storage.begin()) {
                writer.inNamespace("traced").publish(transaction, Message.of("k", "m"));
                transaction.commit();
            } finally {
                checkout.end();
            }
            opened.get(0).wakeProcessor();
            Await.until("it is sent", () -> storage.status().pending() == 0);

            List<SpanData> sends = spans.getFinishedSpanItems().stream()
                    .filter(span -> span.getKind() == SpanKind.PRODUCER)
                    .toList();
            assertThat(sends)
                    .extracting(SpanData::getParentSpanId)
                    .containsOnly(checkout.getSpanContext().getSpanId());
            assertThat(received("traced", Set.of("m"))).allSatisfy(arrived -> {
                assertThat(arrived.trace()).isEqualTo(checkout.getSpanContext().getTraceId());
                assertThat(sends).extracting(SpanData::getSpanId).contains(arrived.span());
                assertThat(arrived.sampled()).isTrue();
            });
        } finally {
            opened.forEach(Outbox::close);
            sdk.close();
        }
    }

    private Process startUnderTheAgent(Path out) throws IOException {
        String[] path = System.getProperty("java.class.path").split(File.pathSeparator);
        String agent = Arrays.stream(path)
                .filter(jar -> jar.contains("opentelemetry-javaagent"))
                .findFirst()
                .orElseThrow();
        String others =
                Arrays.stream(path).filter(jar -> !jar.equals(agent)).collect(Collectors.joining(File.pathSeparator));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-javaagent:" + agent,
                        "-Dotel.traces.exporter=logging-otlp",
                        "-Dotel.metrics.exporter=none",
                        "-Dotel.logs.exporter=none",
                        "-Dotel.service.name=under-the-agent",
                        "-cp",
                        others,
                        UnderTheAgent.class.getName(),
                        KafkaServer.shared().bootstrapServers())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
    }

    /** The agent makes the only span of each send, in the trace of the message's own writer, and the consumer continues it. */
    @Test
    void withTheJavaAgentEachMessageOfACallStaysInItsOwnTrace() throws Exception {
        Path out = folder.resolve("out");
        Process process = startUnderTheAgent(out);
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(out);
        assertThat(process.exitValue()).as(text).isZero();
        assertThat(text).contains("sent 2");
        List<Printed> spans = printed(text);
        List<Arrived> received = received(UnderTheAgent.TOPIC, Set.of("first", "second"));
        for (String name : List.of("first", "second")) {
            Printed write = only(spans, "write " + name);
            List<Printed> sends = spans.stream()
                    .filter(span -> span.kind() == PRODUCER && span.trace().equals(write.trace()))
                    .toList();
            assertThat(sends).extracting(Printed::parent).containsOnly(write.span());
            assertThat(received.stream().filter(arrived -> arrived.value().equals(name)))
                    .allSatisfy(arrived -> {
                        assertThat(arrived.trace()).isEqualTo(write.trace());
                        assertThat(sends).extracting(Printed::span).contains(arrived.span());
                        assertThat(arrived.sampled()).isTrue();
                    });
        }
        Matcher handed = Pattern.compile("handed over (\\d+)").matcher(text);
        assertThat(handed.find()).isTrue();
        assertThat(spans.stream().filter(span -> span.kind() == PRODUCER))
                .as("no send has two spans")
                .hasSizeLessThanOrEqualTo(Integer.parseInt(handed.group(1)));
    }

    private static Printed only(List<Printed> spans, String name) {
        List<Printed> found =
                spans.stream().filter(span -> span.name().equals(name)).toList();
        assertThat(found).as("%s of %s", name, spans).hasSize(1);
        return found.get(0);
    }

    private static List<Printed> printed(String text) {
        Matcher matcher = Pattern.compile(
                        "\"traceId\":\"(\\w+)\",\"spanId\":\"(\\w+)\",(?:\"parentSpanId\":\"(\\w*)\",)?"
                                + "(?:\"flags\":\\d+,)?\"name\":\"([^\"]+)\",\"kind\":(\\d)")
                .matcher(text);
        return matcher.results()
                .map(found -> new Printed(
                        found.group(4),
                        found.group(1),
                        found.group(2),
                        found.group(3) == null ? "" : found.group(3),
                        Integer.parseInt(found.group(5))))
                .toList();
    }
}
