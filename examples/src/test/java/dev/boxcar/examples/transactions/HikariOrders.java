package dev.boxcar.examples.transactions;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Plain JDBC; the pool hands out connections that do not commit by themselves. */
final class HikariOrders implements OrderService {

    private final HikariDataSource pool;
    private final Outbox<Connection> outbox;

    HikariOrders(HikariDataSource pool, Outbox<Connection> outbox) {
        this.pool = pool; // with pool.setAutoCommit(false)
        this.outbox = outbox;
    }

    // tag::hikari[]
    @Override
    public void place(String customer, String item) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("insert into orders (customer, item) values (?, ?)")) {
            insert.setString(1, customer);
            insert.setString(2, item);
            insert.executeUpdate();
            outbox.inNamespace("orders").publish(connection, Message.of(customer, item));
            connection.commit(); // without it, the pool rolls back when the connection is closed
        }
        outbox.wakeProcessor();
    }
    // end::hikari[]
}
