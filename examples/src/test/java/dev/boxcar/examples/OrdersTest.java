package dev.boxcar.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

class OrdersTest {

    @Test
    void anOrderAndItsMessageAreOneWhoeverWritesIt() throws Exception {
        PostgresServer postgres = PostgresServer.shared();
        String kafka = KafkaServer.shared().bootstrapServers();
        try (HikariDataSource dataSource = new HikariDataSource()) {
            dataSource.setJdbcUrl(postgres.newDatabase("orders"));
            dataSource.setUsername("postgres");
            execute(
                    dataSource,
                    "create table orders (id serial primary key, customer text, item text check (item <> ''))");

            try (Orders orders = new Orders(dataSource, kafka)) {
                orders.place("customer-1", "tea");
                orders.place("customer-1", "milk");
                assertThatThrownBy(() -> orders.place("customer-1", "")).isInstanceOf(SQLException.class);
                execute(dataSource, plainInsert());

                assertThat(received(kafka, 3))
                        .extracting(ConsumerRecord::key, ConsumerRecord::value)
                        .containsExactlyInAnyOrder(
                                org.assertj.core.groups.Tuple.tuple("customer-1", "tea"),
                                org.assertj.core.groups.Tuple.tuple("customer-1", "milk"),
                                org.assertj.core.groups.Tuple.tuple("customer-7", "{\"item\": \"tea\"}"));
            }
        }
    }

    private static void execute(HikariDataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String plainInsert() throws IOException {
        try (InputStream sql = OrdersTest.class.getResourceAsStream("insert.sql")) {
            return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<ConsumerRecord<String, String>> received(String kafka, int count) {
        List<ConsumerRecord<String, String>> all = new ArrayList<>();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka,
                "group.id",
                "orders-test",
                "auto.offset.reset",
                "earliest",
                "metadata.max.age.ms",
                500);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (all.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
        }
        return all;
    }
}
