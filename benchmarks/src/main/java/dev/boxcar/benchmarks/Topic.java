package dev.boxcar.benchmarks;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A topic of one run, or several: tells how much has arrived, and in the end whether it arrived as promised. Not for several
 * threads.
 */
final class Topic implements AutoCloseable {

    /** As many as a service on one broker would have. */
    static final int PARTITIONS = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private Map<TopicPartition, Long> begins;

    /** Makes the topic. */
    Topic(String kafka, String name) {
        this(kafka, List.of(name), PARTITIONS);
    }

    /** Makes topics, which are looked at together. */
    Topic(String kafka, List<String> names, int partitionsOfEach) {
        this.name = names.get(0);
        try (Admin admin = Admin.create(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka))) {
            admin.createTopics(names.stream()
                            .map(each -> new NewTopic(each, Optional.of(partitionsOfEach), Optional.empty()))
                            .toList())
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("cannot create the topic " + name, e);
        }
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5_000,
                        // Closing waits for what has been asked for.
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        20),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.partitions = names.stream()
                .flatMap(each ->
                        IntStream.range(0, partitionsOfEach).mapToObj(partition -> new TopicPartition(each, partition)))
                .toList();
        consumer.assign(partitions);
        // Answers once every partition is led. A producer with several requests in flight that begins earlier can lose
        // a batch of its first ones: the broker refuses one, accepts the next, and then refuses the repeated one until
        // it
        // is given up.
        this.begins = consumer.endOffsets(partitions);
    }

    String name() {
        return name;
    }

    /** What it holds by now does not count any more. */
    void beginAnew() {
        begins = consumer.endOffsets(partitions);
    }

    /** How many messages it holds, duplicates included. */
    long arrived() {
        return sum(consumer.endOffsets(partitions)) - sum(begins);
    }

    private static long sum(Map<TopicPartition, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Reads all of it and checks that it holds the load.
     *
     * @param inOrder whether each key's messages must have come in their order, duplicates aside
     * @return how many messages came more than once
     * @throws IllegalStateException when something is missing, unknown or out of order
     */
    long check(Load load, boolean inOrder) {
        return check(load.countsByKey(), inOrder);
    }

    /** The same for messages of which each key has so many. */
    long check(int[] countsByKey, boolean inOrder) {
        Arrivals arrivals = new Arrivals(countsByKey, inOrder);
        read(message -> {
            ByteBuffer stamp = ByteBuffer.wrap(message.value());
            arrivals.arrived(stamp.getInt(), stamp.getInt());
        });
        return arrivals.verdict(name);
    }

    /** Reads all of it, each partition in its order. */
    void read(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        begins.forEach(consumer::seek);
        long left = arrived();
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (left > 0) {
            for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(200))) {
                reader.accept(message);
                left--;
                giveUp = System.nanoTime() + PATIENCE.toNanos();
            }
            if (System.nanoTime() > giveUp && left > 0) {
                throw new IllegalStateException(left + " messages of " + name + " cannot be read back");
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
