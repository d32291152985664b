package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.AckInterceptor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends to one topic and waits until the broker has acknowledged: what a handler has to do whose return means that the message may
 * be deleted. Safe for use by several threads.
 */
final class Sender implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    /** A sender that has already found the topic's brokers. */
    Sender(String kafka, String topic, int lingerMillis) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                settings(kafka, lingerMillis), new ByteArraySerializer(), new ByteArraySerializer());
        producer.partitionsFor(topic);
    }

    /**
     * The settings of all peers' producers.
     *
     * @param lingerMillis a little where many threads wait for one message each, so that they share requests; 0 where one hands over
     *     many messages at once
     */
    static Map<String, Object> settings(String kafka, int lingerMillis) {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.LINGER_MS_CONFIG,
                lingerMillis,
                ProducerConfig.BATCH_SIZE_CONFIG,
                64 * 1024,
                AckInterceptor.SETTING,
                AckInterceptor.CLASS);
    }

    /** Hands a message to the client. */
    Future<RecordMetadata> begin(byte[] key, byte[] payload) {
        return producer.send(new ProducerRecord<>(topic, key, payload));
    }

    /** Sends a message, and returns when it is acknowledged. */
    void send(byte[] key, byte[] payload) {
        await(List.of(begin(key, payload)));
    }

    /** Returns when all are acknowledged. */
    static void await(List<Future<RecordMetadata>> sent) {
        try {
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an acknowledgement", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka did not take a message", e.getCause());
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
