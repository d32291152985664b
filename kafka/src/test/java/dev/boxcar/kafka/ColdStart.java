package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.testservers.KafkaServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts how often Kafka seems unavailable, and how many messages are sent twice, when a publisher that has just been created drains a
 * backlog for many topics with the default time-outs. To be run by hand; not a test.
 */
public final class ColdStart {

    private static final int CALLS_IN_FLIGHT = 64;
    private static final int ENTRIES_OF_A_CALL = 20;

    private ColdStart() {}

    /** Arguments: topics, messages, and bytes of a payload. */
    public static void main(String[] args) throws Exception {
        int topics = Integer.parseInt(args[0]);
        int messages = Integer.parseInt(args[1]);
        byte[] payload = new byte[Integer.parseInt(args[2])];
        try (KafkaServer server = KafkaServer.builder().heap("1g").start()) {
            String prefix = Kafka.newTopics(server, topics);
            Queue<ClaimedEntry> waiting = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < messages; i++) {
                waiting.add(Kafka.entry(prefix + i % topics, Integer.toString(i), payload, Map.of()));
            }
            AtomicInteger sent = new AtomicInteger();
            AtomicInteger skipped = new AtomicInteger();
            AtomicInteger unavailable = new AtomicInteger();
            long start = System.nanoTime();
            try (KafkaPublisher publisher = KafkaPublisher.builder()
                    .setting("bootstrap.servers", server.bootstrapServers())
                    .build()) {
                Semaphore calls = new Semaphore(CALLS_IN_FLIGHT);
                while (sent.get() < messages) {
                    List<ClaimedEntry> entries = new ArrayList<>();
                    while (entries.size() < ENTRIES_OF_A_CALL && !waiting.isEmpty()) {
                        entries.add(waiting.remove());
                    }
                    if (entries.isEmpty()) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                        continue;
                    }
                    calls.acquire();
                    publisher.publish(entries).whenComplete((PublishResults results, Throwable e) -> {
                        for (ClaimedEntry entry : entries) {
                            PublishResult result = results.of(entry.id());
                            if (result instanceof PublishResult.Sent) {
                                sent.incrementAndGet();
                            } else {
                                (result instanceof PublishResult.Skipped ? skipped : unavailable).incrementAndGet();
                                waiting.add(entry);
                            }
                        }
                        calls.release();
                    });
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%,d messages of %,d bytes for %,d topics in %.2f s: %,d unavailable, %,d skipped, %,d sent twice%n",
                    messages,
                    payload.length,
                    topics,
                    seconds,
                    unavailable.get(),
                    skipped.get(),
                    arrived(server, prefix, topics) - messages);
        }
    }

    private static long arrived(KafkaServer server, String prefix, int topics) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = new java.util.HashMap<>();
        IntStream.range(0, topics).forEach(i -> latest.put(new TopicPartition(prefix + i, 0), OffsetSpec.latest()));
        try (Admin admin = Kafka.admin(server)) {
            return admin.listOffsets(latest).all().get(20, TimeUnit.SECONDS).values().stream()
                    .mapToLong(each -> each.offset())
                    .sum();
        }
    }
}
