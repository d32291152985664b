package dev.boxcar.examples.support;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics from their beginning, on a thread of its own, and tells what arrives. Waits for a broker that is away. Closing it ends
 * the thread.
 */
public final class TopicReader implements AutoCloseable {

    /** Who is told, by the reader's thread. */
    @FunctionalInterface
    public interface Arrivals {

        /**
         * A message arrived.
         *
         * @param id its id, which is the same when it comes once more
         * @param payload what it says
         */
        void arrived(String id, byte[] payload);
    }

    private static final String ID_HEADER = "boxcar-id";

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Arrivals arrivals;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Nothing is read before the {@link #start}.
     *
     * @param kafka the bootstrap servers
     * @param partitions how many partitions each topic has
     * @param committedOnly whether messages of transactions that are open or aborted are left out
     */
    public TopicReader(String kafka, List<String> topics, int partitions, boolean committedOnly, Arrivals arrivals) {
        this.arrivals = arrivals;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        200,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        committedOnly ? "read_committed" : "read_uncommitted"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = topics.stream()
                .flatMap(topic ->
                        IntStream.range(0, partitions).mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        thread = new Thread(this::read, "reader-of-" + topics.get(0));
    }

    /** Begins to read. */
    public TopicReader start() {
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /**
     * Checks that it still reads.
     *
     * @throws IllegalStateException with the reason, when it gave up
     */
    public void check() {
        Exception cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("the consumer failed: " + cause.getMessage(), cause);
        }
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                try {
                    consumer.poll(Duration.ofMillis(50)).forEach(this::tell);
                } catch (RetriableException e) {
                    // The broker is away.
                }
            }
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }

    private void tell(ConsumerRecord<byte[], byte[]> message) {
        Header id = message.headers().lastHeader(ID_HEADER);
        if (id == null) {
            throw new IllegalStateException(
                    "a message arrived in topic " + message.topic() + " without the header " + ID_HEADER);
        }
        arrivals.arrived(new String(id.value(), StandardCharsets.UTF_8), message.value());
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(20_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
