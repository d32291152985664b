package dev.boxcar.examples.testing;

import dev.boxcar.Message;
import dev.boxcar.OutboxWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The application under test: stores orders, and announces them. */
final class OrderDesk {

    static final String TABLE =
            "create table orders (customer varchar(100) not null, item varchar(100) check (item <> ''))";

    private final OutboxWriter<Connection> outbox;

    OrderDesk(OutboxWriter<Connection> outbox) {
        this.outbox = outbox;
    }

    /** Stores an order in the caller's transaction. */
    void place(Connection connection, String customer, String item) throws SQLException {
        outbox.inNamespace("orders")
                .publish(connection, Message.of(customer, item).withType("order.placed.v1"));
        try (PreparedStatement insert = connection.prepareStatement("insert into orders values (?, ?)")) {
            insert.setString(1, customer);
            insert.setString(2, item);
            insert.executeUpdate();
        }
    }
}
