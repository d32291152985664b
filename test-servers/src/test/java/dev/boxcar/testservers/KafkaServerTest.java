package dev.boxcar.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaServerTest {

    private static final String TOPIC = "greetings";

    private final KafkaServer server = KafkaServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void keepsAcknowledgedRecordsWhenKilledAndWhenStopped() throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            producer.send(new ProducerRecord<>(TOPIC, "one")).get(20, TimeUnit.SECONDS);
            long pid = server.pid();
            server.kill();
            assertThat(ProcessIdentity.of(pid)).isEmpty();

            server.restart();
            producer.send(new ProducerRecord<>(TOPIC, "two")).get(20, TimeUnit.SECONDS);
            server.stop();
            server.restart();
            producer.send(new ProducerRecord<>(TOPIC, "three")).get(20, TimeUnit.SECONDS);
        }

        assertThat(consume(3)).containsExactly("one", "two", "three");
    }

    @Test
    void acknowledgesNothingWhilePausedAndGoesOnAfterwards() throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            producer.send(new ProducerRecord<>(TOPIC, "one")).get(20, TimeUnit.SECONDS);

            server.pause();
            Future<RecordMetadata> second = producer.send(new ProducerRecord<>(TOPIC, "two"));
            assertThatThrownBy(() -> second.get(700, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            server.resume();

            assertThat(second.get(20, TimeUnit.SECONDS).offset()).isEqualTo(1);
        }
    }

    @Test
    void takesSettings() throws Exception {
        try (KafkaServer other = KafkaServer.builder()
                        .heap("256m")
                        .setting("num.partitions", "7")
                        .start();
                KafkaProducer<String, String> producer = producer(other)) {
            assertThat(producer.partitionsFor(TOPIC)).hasSize(7);
        }
    }

    @Test
    void tellsClientsThatComeThroughAProxyToStayThere() throws Exception {
        int proxy = Ports.free();
        try (KafkaServer proxied = KafkaServer.builder().proxy(proxy).start()) {
            try (KafkaProducer<String, String> producer = producer(proxied)) {
                producer.send(new ProducerRecord<>(TOPIC, "one")).get(20, TimeUnit.SECONDS);
            }
            Map<String, Object> throughProxy = Map.of(
                    "bootstrap.servers",
                    "127.0.0.1:" + proxied.portsBehindProxies().get(0));
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(throughProxy, new StringDeserializer(), new StringDeserializer())) {
                assertThat(consumer.partitionsFor(TOPIC))
                        .isNotEmpty()
                        .allMatch(partition -> partition.leader().port() == proxy);
            }
        }
    }

    private KafkaProducer<String, String> producer() {
        return producer(server);
    }

    private static KafkaProducer<String, String> producer(KafkaServer server) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", server.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer());
    }

    private List<String> consume(int count) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", server.bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
            List<String> values = new ArrayList<>();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (values.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
