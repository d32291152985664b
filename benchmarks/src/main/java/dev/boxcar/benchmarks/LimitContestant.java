package dev.boxcar.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The limit: a Kafka producer alone that sends the same keys and payloads from memory. No database, no guarantee. */
final class LimitContestant implements Contestant {

    /** As Boxcar's, but for what the guarantees need: five requests in flight, and all the time it wants. */
    static Map<String, Object> producerSettings(String kafka) {
        return new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka,
                AckInterceptor.SETTING,
                AckInterceptor.CLASS,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.BATCH_SIZE_CONFIG,
                64 * 1024,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                64L * 1024 * 1024));
    }

    @Override
    public String name() {
        return "limit";
    }

    @Override
    public String version() {
        return Versions.of(KafkaProducer.class);
    }

    @Override
    public String setup() {
        return "producer alone, from memory, asynchronous, acks=all, linger.ms=5, batch.size=64 KiB";
    }

    @Override
    public Deployment deploy(Place place) {
        return new Sending(place);
    }

    private static final class Sending implements Deployment {
        private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        private final LongAdder acknowledged = new LongAdder();
        private final KafkaProducer<byte[], byte[]> producer;
        private final String topic;
        private volatile @Nullable Exception refused;
        private final Thread thread = new Thread(this::send, "limit");

        Sending(Place place) {
            this.topic = place.topic();
            this.producer = new KafkaProducer<>(
                    producerSettings(place.kafka()), new ByteArraySerializer(), new ByteArraySerializer());
            producer.partitionsFor(topic);
        }

        @Override
        public void write(Business business, List<Load.Item> items) {
            add(topic, items);
        }

        @Override
        public void writeTo(String another, List<Load.Item> items) {
            producer.partitionsFor(another);
            add(another, items);
        }

        private void add(String to, List<Load.Item> items) {
            items.forEach(item -> records.add(new ProducerRecord<>(to, item.key(), item.payload())));
        }

        @Override
        public void start() {
            thread.start();
        }

        @SuppressWarnings("FutureReturnValueIgnored") // the callback tells
        private void send() {
            for (ProducerRecord<byte[], byte[]> message : records) {
                producer.send(message, (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged.increment();
                    } else {
                        refused = failure;
                    }
                });
            }
            producer.flush();
        }

        @Override
        public long done() {
            if (refused != null) {
                throw new IllegalStateException("the producer alone failed", refused);
            }
            return acknowledged.sum();
        }

        @Override
        public void close() throws InterruptedException {
            thread.join();
            producer.close();
        }
    }
}
