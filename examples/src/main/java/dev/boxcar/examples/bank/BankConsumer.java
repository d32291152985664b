package dev.boxcar.examples.bank;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads the topic from its beginning, on a thread of its own, and tells the ledger what arrives. */
final class BankConsumer implements AutoCloseable {

    private static final String ID_HEADER = "boxcar-id";

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Ledger ledger;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::read, "bank-consumer");
    private volatile boolean closed;

    BankConsumer(String kafka, String topic, int partitions, Ledger ledger) {
        this.ledger = ledger;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Why it gave up, or null. */
    @Nullable
    Exception failure() {
        return failure.get();
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(100))) {
                    ledger.arrived(id(message), AccountEvent.parse(message.value()), Instant.now());
                }
            }
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }

    private static String id(ConsumerRecord<byte[], byte[]> message) {
        Header id = message.headers().lastHeader(ID_HEADER);
        if (id == null) {
            throw new IllegalStateException("a message arrived without the header " + ID_HEADER);
        }
        return new String(id.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
