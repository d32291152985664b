package dev.boxcar.benchmarks;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** A consumer beside the others: notes when each message of a flow came, and checks order and completeness as it goes. */
final class FlowWatch implements AutoCloseable {

    private final Flow flow;
    private final boolean inOrder;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::watch, "flow-watch");
    private final int[] last;
    private long duplicates;
    private long unknown;
    private long outOfOrder;
    private volatile int arrived;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean closed;

    /**
     * Begins to look at a new topic.
     *
     * @param inOrder whether each key's messages must come in their order, duplicates aside
     */
    FlowWatch(String kafka, String topic, Flow flow, boolean inOrder) {
        this.flow = flow;
        this.inOrder = inOrder;
        this.last = new int[flow.keyCount()];
        Arrays.fill(last, -1);
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
        consumer.assign(IntStream.range(0, Topic.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList());
        thread.start();
    }

    private void watch() {
        try {
            while (!closed) {
                int count = arrived;
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(100))) {
                    count += arrived(ByteBuffer.wrap(message.value()), System.nanoTime());
                }
                arrived = count;
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            consumer.close();
        }
    }

    private int arrived(ByteBuffer stamp, long now) {
        int key = stamp.getInt();
        int place = stamp.getInt();
        long number = stamp.getLong();
        if (number < 0 || number >= flow.size() || flow.key((int) number) != key || flow.place((int) number) != place) {
            unknown++;
            return 0;
        }
        if (flow.hasArrived((int) number)) {
            duplicates++;
            return 0;
        }
        if (place < last[key]) {
            outOfOrder++;
        }
        last[key] = place;
        flow.arrived((int) number, now);
        return 1;
    }

    /** How many messages have come, duplicates aside. */
    int arrived() {
        RuntimeException known = failure;
        if (known != null) {
            throw new IllegalStateException("the consumer failed", known);
        }
        return arrived;
    }

    /** Waits until so many messages have come, duplicates aside; gives up when for so long none came. */
    void await(int messages, Duration patience) throws TimeoutException {
        int before = arrived();
        long changed = System.nanoTime();
        for (int now = before; now < messages; now = arrived()) {
            if (now != before) {
                before = now;
                changed = System.nanoTime();
            } else if (System.nanoTime() - changed > patience.toNanos()) {
                throw new TimeoutException("for " + patience + " nothing has come: " + now + " of " + messages
                        + " messages have, and what is measured would be worth nothing");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /**
     * How many came more than once, if the first so many messages are what was written.
     *
     * @throws IllegalStateException when something is missing, unknown or out of order
     */
    long verdict(String where, int written) throws InterruptedException {
        close();
        long missing = IntStream.range(0, written)
                .filter(number -> !flow.hasArrived(number))
                .count();
        long tooMany = arrived() - (written - missing);
        if (missing > 0 || unknown + tooMany > 0 || (inOrder && outOfOrder > 0)) {
            throw new IllegalStateException(where + ": " + missing + " messages missing, " + (unknown + tooMany)
                    + " that nobody wrote, " + outOfOrder + " out of order, " + duplicates
                    + " more than once: its figures are worth nothing");
        }
        return duplicates;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
