package dev.boxcar.benchmarks.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.Outbox;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.testkit.OutboxTester;
import dev.boxcar.testkit.RecordingPublisher;
import dev.boxcar.testservers.PostgresServer;
import io.namastack.outbox.OutboxProcessingScheduler;
import io.namastack.outbox.handler.OutboxRecordMetadata;
import io.namastack.outbox.handler.OutboxTypedHandler;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.task.TaskDecorator;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.RoutingTarget;

/**
 * The statements by which the guide moves what waits in other outboxes into Boxcar's, on tables that those libraries have created
 * and filled by themselves.
 */
@SuppressWarnings("NullAway.Init")
class MigrationTest {

    /** What the applications publish; with its fields in the order that jsonb gives them. */
    record OrderPlaced(String item, String customer) {
        String json() {
            return "{\"item\":\"" + item + "\",\"customer\":\"" + customer + "\"}";
        }
    }

    /** As gruelbox's users call their brokers. */
    @FunctionalInterface
    interface OrderEvents {
        void placed(String customer, String order);
    }

    /** As namastack's users do. */
    static final class Handler implements OutboxTypedHandler<OrderPlaced> {
        @Override
        public void handle(OrderPlaced event, OutboxRecordMetadata metadata) {
            throw new IllegalStateException("the application is on its way to Boxcar");
        }
    }

    private static final List<OrderPlaced> ORDERS =
            List.of(new OrderPlaced("tea", "c-7"), new OrderPlaced("bread", "c-8"), new OrderPlaced("milk", "c-7"));

    private HikariDataSource dataSource;

    @BeforeEach
    void connect() throws Exception {
        dataSource = new HikariDataSource();
        dataSource.setJdbcUrl(PostgresServer.shared().newDatabase("migration"));
        JdbcStorage.builder(dataSource).createIfMissing(true).build();
    }

    @AfterEach
    void disconnect() {
        dataSource.close();
    }

    @Test
    void gruelbox() throws Exception {
        TransactionManager transactions = TransactionManager.fromDataSource(dataSource);
        TransactionOutbox outbox = TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(Instantiator.using(type -> (OrderEvents) (customer, order) -> {}))
                .submitter((entry, call) -> {}) // as if the process died after its commit
                .retentionThreshold(Duration.ofDays(1))
                .build();
        for (OrderPlaced order : ORDERS) {
            transactions.inTransactionThrows(
                    transaction -> outbox.schedule(OrderEvents.class).placed(order.customer(), order.json()));
        }
        transactions.inTransactionThrows(
                transaction -> outbox.schedule(OrderEvents.class).placed("c-9", "done"));
        execute("update txno_outbox set processed = true where invocation like '%c-9%'");

        migrate("migrate-gruelbox.sql", ORDERS.size());

        assertThat(count("txno_outbox")).as("what is done stays").isEqualTo(1);
        assertPublished(published(), "orders", "order.placed.v1");
    }

    @Test
    void namastack() throws Exception {
        try (ConfigurableApplicationContext application = SpringApplications.run(
                dataSource,
                Map.of(
                        "spring.autoconfigure.exclude",
                        SpringApplications.MODULITH,
                        "namastack.outbox.jdbc.schema-initialization.enabled",
                        true),
                context -> context.registerBean(Handler.class, Handler::new))) {
            application.getBean(OutboxProcessingScheduler.class).stop();
            io.namastack.outbox.Outbox outbox = application.getBean(io.namastack.outbox.Outbox.class);
            SpringTransactions transactions = new SpringTransactions(application, dataSource);
            for (OrderPlaced order : ORDERS) {
                transactions.run(
                        connection -> {}, () -> outbox.schedule(order, order.customer(), Map.of("tenant", "north")));
            }
            transactions.run(connection -> {}, () -> outbox.schedule(new OrderPlaced("done", "c-9"), "c-9"));
        }
        execute("update outbox_record set status = 'COMPLETED', completed_at = now() where record_key = 'c-9'");

        migrate("migrate-namastack.sql", ORDERS.size());

        assertThat(count("outbox_record")).as("what is done stays").isEqualTo(1);
        List<ClaimedEntry> published = published();
        assertPublished(published, "orders", "order.placed.v1");
        assertThat(published).allSatisfy(entry -> assertThat(entry.headers()).containsEntry("tenant", "north"));
    }

    @Test
    void springModulith() throws Exception {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "namastack.outbox.enabled", false,
                "spring.modulith.events.jdbc.schema-initialization.enabled", true,
                "spring.modulith.events.kafka.enable-json", false,
                "spring.kafka.producer.key-serializer", StringSerializer.class.getName(),
                "spring.kafka.producer.value-serializer", ByteArraySerializer.class.getName()));
        try (ConfigurableApplicationContext application = SpringApplications.run(dataSource, properties, context -> {
            context.registerBean(EventExternalizationConfiguration.class, MigrationTest::routing);
            context.registerBean(TaskDecorator.class, () -> task -> () -> {}); // nothing is sent
        })) {
            SpringTransactions transactions = new SpringTransactions(application, dataSource);
            for (OrderPlaced order : ORDERS) {
                transactions.run(connection -> {}, () -> application.publishEvent(order));
            }
            transactions.run(connection -> {}, () -> application.publishEvent(new OrderPlaced("done", "c-9")));
        }
        execute("update event_publication set completion_date = now() where serialized_event like '%c-9%'");
        execute(
                "insert into event_publication (id, listener_id, event_type, serialized_event, publication_date) values "
                        + "(gen_random_uuid(), 'com.example.Mailer.on(OrderPlaced)', 'OrderPlaced', '{\"customer\":\"c-7\"}', now())");

        migrate("migrate-modulith.sql", ORDERS.size());

        assertThat(count("event_publication"))
                .as("what is done stays, and what other listeners have to do")
                .isEqualTo(2);
        assertPublished(published(), "orders", "order.placed.v1");
    }

    private static EventExternalizationConfiguration routing() {
        return EventExternalizationConfiguration.externalizing()
                .select(OrderPlaced.class::isInstance)
                .route(
                        OrderPlaced.class,
                        event -> RoutingTarget.forTarget("orders").andKey(event.customer()))
                .build();
    }

    @Test
    void debezium() throws Exception {
        execute(resource("debezium-outbox.sql"));
        for (OrderPlaced order : ORDERS) {
            execute("insert into outbox values (gen_random_uuid(), 'orders', '" + order.customer()
                    + "', 'OrderPlaced', '" + order.json() + "')");
        }

        for (String position : resource("debezium-position.sql").split("\n;\n", -1)) {
            execute(position);
        }
        migrate("migrate-debezium.sql", ORDERS.size());

        assertThat(count("outbox")).isZero();
        List<ClaimedEntry> published = published();
        assertPublished(published, "outbox.event.orders", "OrderPlaced");
        assertThat(published).allSatisfy(entry -> assertThat(entry.headers()).containsEntry("id", entry.messageId()));
    }

    // ---- what all have in common

    private void migrate(String file, int expected) throws SQLException, IOException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(resource(file))).isEqualTo(expected);
            assertThat(statement.executeUpdate(resource(file)))
                    .as("moved twice")
                    .isZero();
        }
    }

    private List<ClaimedEntry> published() {
        RecordingPublisher publisher = RecordingPublisher.create();
        try (Outbox<Connection> outbox = Outbox.<Connection>builder()
                .storage(JdbcStorage.create(dataSource))
                .publisher(publisher)
                .build()) {
            OutboxTester.drain(outbox);
        }
        return publisher.sent();
    }

    /** All of them, each with its key, and those of a key in the order in which they were written. */
    private static void assertPublished(List<ClaimedEntry> published, String namespace, String type) {
        assertThat(published)
                .hasSize(ORDERS.size())
                .allSatisfy(entry -> assertThat(entry.namespace()).isEqualTo(namespace))
                .allSatisfy(entry -> assertThat(entry.type()).isEqualTo(type));
        Map<String, List<String>> byKey = new HashMap<>();
        published.forEach(entry -> byKey.computeIfAbsent(
                        new String(Objects.requireNonNull(entry.key()), UTF_8), key -> new ArrayList<>())
                .add(new String(entry.payload(), UTF_8)
                        .replace("\": \"", "\":\"")
                        .replace(", ", ",")));
        Map<String, List<String>> expected = new HashMap<>();
        ORDERS.forEach(order -> expected.computeIfAbsent(order.customer(), key -> new ArrayList<>())
                .add(order.json()));
        assertThat(byKey).isEqualTo(expected);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long count(String table) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = MigrationTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), UTF_8);
        }
    }
}
