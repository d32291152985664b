package dev.boxcar.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The business of a small shop: one row for each order. */
final class Orders implements Deployment.Business {

    private final DataSource dataSource;

    /** Makes its table. */
    Orders(DataSource dataSource) throws SQLException {
        this.dataSource = dataSource;
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table orders (id bigint primary key generated always as identity, "
                    + "customer text not null, item text not null, placed_at timestamptz not null default now())");
        }
    }

    @Override
    public void on(Connection connection) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into orders (customer, item) values (?, ?)")) {
            insert.setString(1, "customer-7");
            insert.setString(2, "a pound of tea");
            insert.executeUpdate();
        }
    }

    /** Refuses another number of orders than this one. */
    void check(long expected) throws SQLException {
        long count = count(dataSource, "orders");
        if (count != expected) {
            throw new IllegalStateException(count + " orders were placed, not " + expected);
        }
    }

    /** How many rows a table has. */
    static long count(DataSource dataSource, String table) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getLong(1);
        }
    }
}
