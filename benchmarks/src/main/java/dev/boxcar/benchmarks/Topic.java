package dev.boxcar.benchmarks;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic of one run: tells how much has arrived, and in the end whether it arrived as promised. Not for several threads. */
final class Topic implements AutoCloseable {

    /** As many as a service on one broker would have. */
    static final int PARTITIONS = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /** Makes the topic. */
    Topic(String kafka, String name) {
        this.name = name;
        try (Admin admin = Admin.create(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(PARTITIONS), Optional.empty())))
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
                        5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(name, partition))
                .toList();
        consumer.assign(partitions);
        // Answers once every partition is led. A producer with several requests in flight that begins earlier can lose
        // a batch
        // of its first ones: the broker refuses one, accepts the next, and then refuses the repeated one until it is
        // given up.
        arrived();
    }

    String name() {
        return name;
    }

    /** How many messages it holds, duplicates included. */
    long arrived() {
        return consumer.endOffsets(partitions).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /**
     * Reads all of it and checks that it holds the load.
     *
     * @param inOrder whether each key's messages must have come in their order, duplicates aside
     * @return how many messages came more than once
     * @throws IllegalStateException when something is missing, unknown or out of order
     */
    long check(Load load, boolean inOrder) {
        Arrivals arrivals = new Arrivals(load.countsByKey(), inOrder);
        consumer.seekToBeginning(partitions);
        long left = arrived();
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (left > 0) {
            for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(200))) {
                ByteBuffer stamp = ByteBuffer.wrap(message.value());
                arrivals.arrived(stamp.getInt(), stamp.getInt());
                left--;
            }
            if (System.nanoTime() > giveUp && left > 0) {
                throw new IllegalStateException(left + " messages of " + name + " cannot be read back");
            }
        }
        return arrivals.verdict(name);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
