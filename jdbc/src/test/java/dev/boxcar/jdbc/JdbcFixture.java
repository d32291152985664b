package dev.boxcar.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.testkit.StorageFixture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An empty outbox in a database, with a pool of its own. Closing it fails when a connection was not given back. With {@link
 * #strange}, everything that can be set is set otherwise: names, and a pool whose connections are neither in auto-commit mode nor
 * at READ COMMITTED.
 */
class JdbcFixture implements StorageFixture<Connection> {

    static final String OTHER_SCHEMA = "Other_Schema";
    static final String OTHER_TABLE = "_My_Outbox_2";

    final HikariDataSource dataSource;
    final TableNames names;
    private final List<Connection> others = new ArrayList<>();

    /** With the default names. */
    JdbcFixture(String url) {
        this(url, null, JdbcStorage.DEFAULT_TABLE, config -> {});
    }

    JdbcFixture(String url, @Nullable String schema, String table, Consumer<HikariConfig> settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(0);
        settings.accept(config);
        this.dataSource = new HikariDataSource(config);
        this.names = new TableNames(schema, table);
    }

    /** With other names and another pool. */
    static JdbcFixture strange(String url, String schema) {
        return new JdbcFixture(url, schema, OTHER_TABLE, config -> {
            config.setAutoCommit(false);
            config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        });
    }

    /** SQLite admits one writer; the second one gives up soon, because the contract lets it wait for nothing. */
    static JdbcFixture sqlite(Path file, @Nullable String schema, String table, boolean autoCommit) {
        String url = "jdbc:sqlite:" + file + "?journal_mode=WAL&busy_timeout=300&synchronous=OFF";
        return new JdbcFixture(url, schema, table, config -> config.setAutoCommit(autoCommit)) {
            @Override
            public boolean severalWriters() {
                return false;
            }
        };
    }

    JdbcStorage.Builder builder() {
        JdbcStorage.Builder builder = JdbcStorage.builder(dataSource).table(names.table());
        String schema = names.schema();
        return schema == null ? builder : builder.schema(schema);
    }

    @Override
    public OutboxStorage<Connection> newStorage() throws SQLException {
        JdbcStorage storage = builder().createIfMissing(true).build();
        execute("delete from ${outbox}");
        execute("delete from ${dead}");
        execute("delete from ${processor}");
        execute("update ${claim} set owner = null, epoch = epoch + 1");
        return storage;
    }

    @Override
    public Connection begin() throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    @Override
    public void commit(Connection transaction) throws SQLException {
        try (transaction) {
            transaction.commit();
        }
    }

    @Override
    public void rollback(Connection transaction) throws SQLException {
        try (transaction) {
            transaction.rollback();
        }
    }

    @Override
    public List<Connection> unfitTransactions() throws SQLException {
        Connection closed = dataSource.getConnection();
        closed.close();
        Connection autoCommit = dataSource.getConnection();
        autoCommit.setAutoCommit(true);
        others.add(autoCommit);
        Connection elsewhere = DriverManager.getConnection(
                dataSource.getJdbcUrl().startsWith("jdbc:h2:") ? "jdbc:sqlite::memory:" : "jdbc:h2:mem:");
        elsewhere.setAutoCommit(false);
        others.add(elsewhere);
        return List.of(closed, autoCommit, elsewhere);
    }

    /** Runs a statement with placeholders for the tables' names, and commits. */
    void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(names.in(Database.of(connection), sql));
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : others) {
            connection.close();
        }
        int active = dataSource.getHikariPoolMXBean().getActiveConnections();
        dataSource.close();
        if (active > 0) {
            throw new AssertionError(active + " connections were not given back");
        }
    }
}
