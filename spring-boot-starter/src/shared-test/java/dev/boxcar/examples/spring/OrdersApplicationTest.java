package dev.boxcar.examples.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.spring.Applications;
import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** A real application with PostgreSQL and Kafka, from the request to the record. */
class OrdersApplicationTest {

    private static final String KAFKA = KafkaServer.shared().bootstrapServers();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = Applications.withJpa(
                OrdersApplication.class,
                WebApplicationType.SERVLET,
                Map.of(
                        "spring.datasource.url",
                        PostgresServer.shared().newDatabase("orders_spring"),
                        "spring.datasource.username",
                        "postgres",
                        "spring.jpa.hibernate.ddl-auto",
                        "create",
                        "spring.kafka.bootstrap-servers",
                        KAFKA));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static HttpResponse<String> send(String method, String path, String json) throws Exception {
        String port = application.getEnvironment().getProperty("local.server.port");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void anOrderThatIsStoredIsToldAndOneThatIsNotIsNot() throws Exception {
        assertThat(send("POST", "/orders", order("tea")).statusCode()).isEqualTo(200);
        assertThat(send("POST", "/orders", order("an item whose name is too long"))
                        .statusCode())
                .isEqualTo(500);
        String id = send("POST", "/orders", order("milk")).body().replaceAll("\\D", "");
        assertThat(send("DELETE", "/orders/" + id, "").statusCode()).isEqualTo(204);

        List<ConsumerRecord<String, String>> records = received("orders", 3);
        assertThat(records).extracting(ConsumerRecord::key).containsExactly("ada", "ada", "ada");
        assertThat(records)
                .extracting(record -> header(record, "boxcar-type"))
                .containsExactly("order.placed.v1", "order.placed.v1", "order.cancelled.v1");
        assertThat(records.get(0).value()).contains("\"customer\":\"ada\"", "\"item\":\"tea\"");
        assertThat(records.get(2).value()).isEqualTo("{\"id\":" + id + "}");
        assertThat(application.getBean(OrderRepository.class).findAll())
                .extracting(Order::item)
                .containsExactly("tea");
    }

    private static String order(String item) {
        return "{\"customer\":\"ada\",\"item\":\"" + item + "\"}";
    }

    /** What comes in the topic, up to so many; as consumers should do, without what comes twice because a call timed out. */
    private static List<ConsumerRecord<String, String>> received(String topic, int count) {
        Map<String, ConsumerRecord<String, String>> byId = new LinkedHashMap<>();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                KAFKA,
                "group.id",
                "spring-" + topic,
                "auto.offset.reset",
                "earliest",
                "metadata.max.age.ms",
                500);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (byId.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> byId.putIfAbsent(header(record, "boxcar-id"), record));
            }
        }
        return List.copyOf(byId.values());
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
