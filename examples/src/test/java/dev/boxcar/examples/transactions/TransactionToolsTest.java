package dev.boxcar.examples.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.TransactionException;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import dev.boxcar.testservers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The guide's examples of transactions: a message belongs to the transaction of the tool that began it. */
class TransactionToolsTest {

    /** What nobody sells is found out at the commit, when the message is written already. */
    private static final String SCHEMA = """
            create table items (name text primary key);
            insert into items values ('tea'), ('milk');
            create table orders (
                id serial primary key,
                customer text,
                item text references items deferrable initially deferred)
            """;

    private final HikariDataSource pool = new HikariDataSource();
    private final RecordingPublisher published = RecordingPublisher.create();
    private final Outbox<Connection> outbox;

    TransactionToolsTest() throws SQLException {
        pool.setJdbcUrl(PostgresServer.shared().newDatabase("transactions"));
        pool.setUsername("postgres");
        pool.setMaximumPoolSize(8);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
        outbox = Outbox.<Connection>builder()
                .storage(JdbcStorage.builder(pool).createIfMissing(true).build())
                .publisher(published)
                .build();
        outbox.start();
    }

    @AfterEach
    void close() {
        outbox.close();
        pool.close();
    }

    @Test
    void plainJdbc() throws Exception {
        try (HikariDataSource own = new HikariDataSource()) {
            own.setJdbcUrl(pool.getJdbcUrl());
            own.setUsername(pool.getUsername());
            own.setAutoCommit(false);
            anOrderAndItsMessageAreOne(new HikariOrders(own, outbox));
        }
    }

    @Test
    void jooq() throws Exception {
        anOrderAndItsMessageAreOne(new JooqOrders(pool, outbox));
    }

    @Test
    void jdbi() throws Exception {
        anOrderAndItsMessageAreOne(new JdbiOrders(pool, outbox));
    }

    @Test
    void hibernate() throws Exception {
        anOrderAndItsMessageAreOne(new HibernateOrders(pool, outbox));
    }

    private void anOrderAndItsMessageAreOne(OrderService service) throws Exception {
        try (service) {
            service.place("customer-1", "tea");
            assertThatThrownBy(() -> service.place("customer-2", "moon")).isNotNull();
            service.place("customer-3", "milk");

            Await.until("both messages are published", () -> published.texts().size() >= 2);
            assertThat(published.texts()).containsExactlyInAnyOrder("tea", "milk");
            assertThat(column("select item from orders order by id")).containsExactly("tea", "milk");
        }
    }

    @Test
    void aConnectionThatCommitsByItselfIsRefused() throws Exception {
        try (Connection connection = pool.getConnection()) {
            assertThatThrownBy(() -> outbox.publish(connection, Message.of("k", "m")))
                    .isInstanceOf(TransactionException.class)
                    .hasMessageContaining("auto-commit");
        }
        assertThat(column("select type from boxcar_outbox")).isEmpty();
    }

    private List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
