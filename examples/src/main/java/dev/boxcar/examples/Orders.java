package dev.boxcar.examples;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.kafka.KafkaPublisher;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** Plain JDBC: an order and the message about it, in one transaction. */
public final class Orders implements AutoCloseable {

    // tag::application[]
    private final DataSource dataSource;
    private final KafkaPublisher publisher;
    private final Outbox<Connection> outbox;

    /** Starts the processor. The data source belongs to the caller. */
    public Orders(DataSource dataSource, String kafka) {
        this.dataSource = dataSource;
        this.publisher = KafkaPublisher.create(Map.of("bootstrap.servers", kafka));
        this.outbox = Outbox.<Connection>builder()
                .storage(JdbcStorage.builder(dataSource).createIfMissing(true).build())
                .publisher(publisher)
                .build();
        outbox.start();
    }

    /** Stores an order and writes a message to the topic "orders", both or neither. */
    public void place(String customer, String item) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into orders (customer, item) values (?, ?)")) {
                insert.setString(1, customer);
                insert.setString(2, item);
                insert.executeUpdate();
                outbox.inNamespace("orders")
                        .publish(connection, Message.of(customer, item).withType("order.placed.v1"));
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
        outbox.wakeProcessor();
    }

    @Override
    public void close() {
        outbox.close(); // brings to its end what is under way
        publisher.close();
    }
    // end::application[]
}
