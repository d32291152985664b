package dev.boxcar.kafka;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * One life of a transactional producer. What has a deadline waits for the brokers until then. For one thread.
 *
 * <p>After a method has thrown, the producer can be used again only if the method says so.
 */
final class TransactionalProducer implements AutoCloseable {

    private final Producer<byte[], byte[]> producer;

    private TransactionalProducer(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Identifies a new producer at the brokers. From then on they refuse every older one of the same transactional id; what that
     * had begun is aborted, and what it was committing is committed.
     *
     * @throws KafkaException when that is not done by the deadline, or refused; nothing has to be closed then
     */
    static TransactionalProducer open(Supplier<Producer<byte[], byte[]>> factory, long deadline) {
        TransactionalProducer opened = new TransactionalProducer(factory.get());
        try {
            repeat(opened.producer::initTransactions, deadline);
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    void begin() {
        producer.beginTransaction();
    }

    /** Sends a record. May wait a little for room or for the topic; the callback is told of failures, or this throws. */
    void send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        var unused = producer.send(record, callback);
    }

    /**
     * Makes all that was sent since {@link #begin} take effect.
     *
     * @throws KafkaException when one of the records was refused, then {@link #abort} must follow; or for other reasons, then it
     *     is unknown whether it has taken effect, and abort fails too
     */
    void commit(long deadline) {
        repeat(producer::commitTransaction, deadline);
    }

    /** Makes sure that nothing of all that was sent since {@link #begin} takes effect. Afterwards another one may be begun. */
    void abort(long deadline) {
        repeat(producer::abortTransaction, deadline);
    }

    /** Sends nothing any more. What was begun is aborted by the next producer of the same id, or when its time is over. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }

    /** The client gives up waiting after a while; asked again, it goes on waiting for the same. */
    private static void repeat(Runnable operation, long deadline) {
        while (true) {
            try {
                operation.run();
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw e;
                }
            }
        }
    }
}
