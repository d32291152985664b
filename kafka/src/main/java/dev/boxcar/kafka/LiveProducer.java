package dev.boxcar.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * One life of a Kafka producer, from its creation until something failed in a way that could break the order of a key.
 *
 * <p>Why order holds within a call:
 *
 * <p>Entries of one key go to one partition (a call never sends a key to two topics), so the client puts them into batches of
 * that partition in the order of {@link #send}. One request is under way to a broker at a time, and what failed on its way is
 * sent again before anything else of its partition: entry n + 1 leaves after n was answered. More requests at once would not be
 * safe, even though the client numbers its batches and brokers refuse gaps: a broker that has not met this producer in a partition
 * accepts any first number. When it refuses the first batch, because a new topic is not ready yet, it can accept the second one,
 * which is under way already.
 *
 * <p>But when the client gives up a batch, mostly because the time for delivery is over, it goes on with the next one: entry
 * n + 1 takes effect although n did not. That has to be stopped before it can happen, which is in the callback of n: callbacks
 * run in the client's own thread, between two rounds of sending. A forced close there ends the thread after the round it is
 * in, in which leaves what was taken from the queues before n was given up, and n + 1 was still behind n.
 *
 * <p>This is needed only if a later entry of the same key is in the same call, since the processor never has two calls under
 * way that hold a key. Otherwise the failure stays what it is, and the others in flight are not disturbed.
 *
 * <p>What remains: Kafka moves keys when partitions are added to a topic.
 */
final class LiveProducer {

    /** What is known of a topic. */
    enum TopicState {
        READY,
        /** The brokers have not answered yet. */
        UNKNOWN,
        /** A broker has answered that there is no such topic. */
        MISSING
    }

    private static final int REMEMBERED = 10_000;

    private final Producer<byte[], byte[]> producer;
    private final Window window;
    /** Topics that have acknowledged something. */
    private final Set<String> metTopics = ConcurrentHashMap.newKeySet();

    private volatile @Nullable String endReason;

    LiveProducer(Producer<byte[], byte[]> producer, Window window) {
        this.producer = producer;
        this.window = window;
    }

    /** How much may be under way. */
    Window window() {
        return window;
    }

    boolean hasMet(String topic) {
        return metTopics.contains(topic);
    }

    void met(String topic) {
        if (metTopics.size() < REMEMBERED) {
            metTopics.add(topic);
        }
    }

    /** Why nothing may be sent any more, or null. */
    @Nullable
    String endReason() {
        return endReason;
    }

    void send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        // The callback is told the same as the future, even of failures within this call.
        var unused = producer.send(record, callback);
    }

    /**
     * Looks a topic up without waiting; if it is not known, the client asks the brokers meanwhile. May be called in callbacks.
     *
     * @throws KafkaException whatever else the brokers say about it
     */
    TopicState look(String topic) {
        try {
            producer.partitionsFor(topic);
            return TopicState.READY;
        } catch (TimeoutException e) {
            Throwable answer = e.getCause();
            if (answer instanceof UnknownTopicOrPartitionException) {
                return TopicState.MISSING;
            }
            if (answer instanceof org.apache.kafka.common.errors.TopicAuthorizationException
                    || answer instanceof InvalidTopicException) {
                throw (KafkaException) answer;
            }
            return TopicState.UNKNOWN;
        }
    }

    /**
     * Makes sure that nothing more is sent. The callbacks of all that is not acknowledged follow. In a callback this returns at
     * once; elsewhere it waits for the client's thread.
     */
    void end(String reason) {
        retire(reason);
        producer.close(Duration.ZERO);
    }

    /** Nothing is handed over any more; what was handed over may still arrive until {@link #end}. */
    synchronized void retire(String reason) {
        if (endReason == null) {
            endReason = reason; // what follows is mostly a consequence
        }
    }
}
