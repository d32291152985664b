package dev.boxcar.examples.testing;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Outbox;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.testkit.RecordingPublisher;
import dev.boxcar.testkit.scenario.OutboxScenario;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A test around a whole application, whose outbox processes in the background and whose services begin their transactions. */
class RunningOutboxTest {

    @Test
    void anOrderIsAnnounced() throws SQLException {
        try (HikariDataSource dataSource = new HikariDataSource()) {
            dataSource.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
            JdbcStorage storage =
                    JdbcStorage.builder(dataSource).createIfMissing(true).build();
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(OrderDesk.TABLE);
            }
            // tag::running[]
            RecordingPublisher publisher = RecordingPublisher.create(); // instead of the application's own
            try (Outbox<Connection> outbox = Outbox.<Connection>builder()
                    .storage(storage)
                    .publisher(publisher)
                    .build()) {
                outbox.start();
                OrderDesk desk = new OrderDesk(outbox);

                OutboxScenario.of(outbox, storage, publisher)
                        .stimulate(() -> placeInItsOwnTransaction(dataSource, desk))
                        .thenPublished("orders")
                        .withKey("customer-7")
                        .withPayload("tea");
            }
            // end::running[]
        }
    }

    private static void placeInItsOwnTransaction(HikariDataSource dataSource, OrderDesk desk) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            desk.place(connection, "customer-7", "tea");
            connection.commit();
        }
    }
}
