package dev.boxcar.benchmarks;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Notes when a Kafka producer of this process learns that a message has been acknowledged, in the producer's own thread, before
 * it tells anybody. The same for every contestant: each gives {@link #SETTING} and {@link #CLASS} to its producers.
 */
public final class AckInterceptor implements ProducerInterceptor<Object, Object> {

    /** The setting of a Kafka producer. */
    public static final String SETTING = ProducerConfig.INTERCEPTOR_CLASSES_CONFIG;
    /** Its value. */
    public static final String CLASS = AckInterceptor.class.getName();

    /**
     * An acknowledgement.
     *
     * @param time as {@link System#nanoTime()} tells it
     */
    record Ack(int partition, long offset, long time) {}

    private static final Map<String, Queue<Ack>> WATCHED = new ConcurrentHashMap<>();

    /** Kafka creates it by its name. */
    public AckInterceptor() {}

    /** From now on, the acknowledgements of a topic go into this queue. */
    static Queue<Ack> watch(String topic) {
        return WATCHED.computeIfAbsent(topic, name -> new ConcurrentLinkedQueue<>());
    }

    static void forget(String topic) {
        WATCHED.remove(topic);
    }

    @Override
    public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> message) {
        return message;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
        if (failure == null) {
            Queue<Ack> acks = WATCHED.get(metadata.topic());
            if (acks != null) {
                acks.add(new Ack(metadata.partition(), metadata.offset(), System.nanoTime()));
            }
        }
    }

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void close() {}
}
