package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResults;
import dev.boxcar.testservers.KafkaServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Measures messages per second beside a bare producer. To be run by hand; not a test. */
public final class Throughput {

    private static final int SMALL = 400_000;
    private static final long MOST_BYTES_IN_FLIGHT = 64 << 20;

    /** The processor's default limits. */
    private static final int CALLS_IN_FLIGHT = 64;

    private static final int ENTRIES_IN_FLIGHT = 10_000;
    private static final int KEYS = 5_000;

    private static final Map<Integer, byte[]> PAYLOADS = new java.util.HashMap<>();
    private static int payload = 256;
    private static int messages = SMALL;

    private Throughput() {}

    /**
     * Arguments: sizes of calls, for example {@code 20 200 1000}, producer settings, for example {@code linger.ms=0}, and the
     * size of a payload, for example {@code payload=102400}.
     */
    public static void main(String[] args) throws Exception {
        List<Integer> sizes = new ArrayList<>();
        KafkaPublisher.Builder builder = KafkaPublisher.builder().publishTimeout(Duration.ofSeconds(5));
        for (String arg : args) {
            if (arg.startsWith("payload=")) {
                payload = Integer.parseInt(arg.substring("payload=".length()));
                messages = Math.min(SMALL, (1 << 28) / payload);
            } else if (arg.contains("=")) {
                builder.setting(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
            } else {
                sizes.add(Integer.valueOf(arg));
            }
        }
        try (KafkaServer server =
                KafkaServer.builder().setting("num.partitions", "8").heap("1g").start()) {
            Map<String, Object> settings = Map.of("bootstrap.servers", server.bootstrapServers());
            for (int round = 0; round < 3; round++) {
                System.out.printf("bare producer: %,d msg/s%n", bare(settings));
                try (KafkaPublisher publisher = builder.settings(settings).build()) {
                    for (int size : sizes) {
                        System.out.printf("calls of %d: %,d msg/s%n", size, publish(publisher, size));
                    }
                }
            }
        }
    }

    private static long bare(Map<String, Object> settings) throws Exception {
        Map<String, Object> all = new java.util.HashMap<>(settings);
        all.putAll(Map.of("acks", "all", "linger.ms", 5, "batch.size", 65536));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<ClaimedEntry> entries = entries(0, messages);
            producer.partitionsFor("load");
            Future<?> last = CompletableFuture.completedFuture(null);
            long start = System.nanoTime();
            for (ClaimedEntry entry : entries) {
                last = producer.send(new ProducerRecord<>("load", entry.key(), entry.payload()));
            }
            producer.flush();
            last.get();
            return messages * 1_000_000_000L / (System.nanoTime() - start);
        }
    }

    private static long publish(KafkaPublisher publisher, int size) throws Exception {
        List<List<ClaimedEntry>> calls = new ArrayList<>();
        for (int from = 0; from < messages; from += size) {
            calls.add(entries(from, Math.min(messages, from + size)));
        }
        int callsInFlight = (int) Math.max(
                1,
                Math.min(Math.min(CALLS_IN_FLIGHT, ENTRIES_IN_FLIGHT / size), MOST_BYTES_IN_FLIGHT / payload / size));
        Semaphore free = new Semaphore(callsInFlight);
        AtomicLong failed = new AtomicLong();
        long start = System.nanoTime();
        for (List<ClaimedEntry> call : calls) {
            free.acquire();
            publisher.publish(call).whenComplete((PublishResults results, Throwable e) -> {
                failed.addAndGet(results.failureCount(call));
                free.release();
            });
        }
        free.acquire(callsInFlight);
        long nanos = System.nanoTime() - start;
        if (failed.get() > 0) {
            System.out.println("failed: " + failed);
        }
        return messages * 1_000_000_000L / nanos;
    }

    private static List<ClaimedEntry> entries(int from, int to) {
        List<ClaimedEntry> entries = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            entries.add(new ClaimedEntry(
                    i,
                    new OutboxContext("load"),
                    "01980000-0000-7000-8000-" + String.format("%012d", i),
                    ("key-" + i % KEYS).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    PAYLOADS.computeIfAbsent(payload, byte[]::new),
                    Map.of(),
                    null,
                    1,
                    Instant.now()));
        }
        return entries;
    }
}
