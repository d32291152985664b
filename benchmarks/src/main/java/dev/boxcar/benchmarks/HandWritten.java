package dev.boxcar.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.jdbc.Database;
import dev.boxcar.jdbc.JdbcSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * What somebody would write by hand instead of calling a library: nothing at all, or an INSERT into a table with the columns and
 * indexes of Boxcar's. Only writes; nothing is ever delivered.
 */
final class HandWritten implements Contestant {

    /** No message. */
    static final HandWritten NOTHING = new HandWritten("no-outbox", "the business alone", false, false);

    /** Batches as the driver sends them best. */
    static final HandWritten INSERT =
            new HandWritten("hand-written", "INSERT, in JDBC batches, reWriteBatchedInserts=true", true, true);

    /** Batches as the driver sends them unless it is told otherwise. */
    static final HandWritten INSERT_PLAIN =
            new HandWritten("hand-written-plain", "INSERT, in JDBC batches, reWriteBatchedInserts=false", true, false);

    private static final String TABLE = "hand_written";

    private final String name;
    private final String setup;
    private final boolean inserts;
    private final boolean rewrites;

    private HandWritten(String name, String setup, boolean inserts, boolean rewrites) {
        this.name = name;
        this.setup = setup;
        this.inserts = inserts;
        this.rewrites = rewrites;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return "this source";
    }

    @Override
    public String setup() {
        return setup;
    }

    @Override
    public Deployment deploy(Place place) throws SQLException {
        HikariDataSource own = Bench.pool(place.url() + "&reWriteBatchedInserts=" + rewrites, 10);
        try (Connection connection = own.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(JdbcSchema.ddl(Database.POSTGRESQL, null, TABLE));
        }
        return new Writing(own, inserts, place.topic());
    }

    private record Writing(HikariDataSource dataSource, boolean inserts, String namespace) implements Deployment {

        @Override
        public void write(Business business, List<Load.Item> items) throws SQLException {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                business.on(connection);
                if (inserts) {
                    insert(connection, items);
                }
                connection.commit();
                connection.setAutoCommit(true);
            }
        }

        private void insert(Connection connection, List<Load.Item> items) throws SQLException {
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into " + TABLE + " (namespace, message_key, payload) values (?, ?, ?)")) {
                for (Load.Item item : items) {
                    insert.setString(1, namespace);
                    insert.setBytes(2, item.key());
                    insert.setBytes(3, item.payload());
                    if (items.size() == 1) {
                        insert.executeUpdate();
                    } else {
                        insert.addBatch();
                    }
                }
                if (items.size() > 1) {
                    insert.executeBatch();
                }
            }
        }

        @Override
        public void start() {}

        /** How many messages lie in its table. */
        @Override
        public long done() {
            try {
                return inserts ? Orders.count(dataSource, TABLE) : 0;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            dataSource.close();
        }
    }
}
