package dev.boxcar.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Others who use the same database: four readers that scan all tables of the application, each at a pace of its own clock so that
 * they take the same share of the machine whatever the tables hold, and perhaps a transaction that stays open. Readers with old
 * snapshots make each pass in one REPEATABLE READ transaction; the others look at each piece by itself.
 */
final class Strangers implements AutoCloseable {

    private static final int READERS = 4;
    private static final int PAGES_AT_ONCE = 128;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final String url;
    private final boolean oldSnapshots;
    private final List<Thread> readers = new ArrayList<>();
    private final List<Exception> failures = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private @Nullable Connection oldTransaction;

    /** Begins to read. */
    Strangers(String url, boolean oldSnapshots) throws SQLException {
        this.url = url;
        this.oldSnapshots = oldSnapshots;
        for (int i = 0; i < READERS; i++) {
            Thread reader = new Thread(this::read, "stranger-" + i);
            readers.add(reader);
            reader.start();
        }
    }

    /** Opens a transaction that has a number and a snapshot and has written elsewhere, and leaves it open. */
    void openTransaction() throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        oldTransaction = connection;
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        business(connection);
    }

    /** A table that has nothing to do with messages. */
    static void createBusiness(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table business (id bigint generated always as identity, note text)");
        }
    }

    static void business(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("insert into business (note) values ('closing of the year')");
        }
    }

    /** Nobody clears away dead rows, neither here nor in the index. */
    static void autovacuumOff(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (Table table : tables(connection)) {
                statement.execute("alter table " + table.name + " set (autovacuum_enabled = false)");
            }
        }
    }

    private void read() {
        try (Connection connection = DriverManager.getConnection(url)) {
            if (oldSnapshots) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setAutoCommit(false);
            }
            while (!closed) {
                scan(connection);
                if (oldSnapshots) {
                    connection.commit();
                }
            }
        } catch (SQLException e) {
            failures.add(e);
        } catch (InterruptedException e) {
            // the end
        }
    }

    private void scan(Connection connection) throws SQLException, InterruptedException {
        try (Statement statement = connection.createStatement()) {
            for (Table table : tables(connection)) {
                for (long page = 0; page <= table.pages && !closed; page += PAGES_AT_ONCE) {
                    statement.executeQuery("select count(*) from " + table.name + " where ctid >= '(" + page
                            + ",0)' and ctid < '(" + (page + PAGES_AT_ONCE) + ",0)'");
                    Thread.sleep(PAUSE.toMillis());
                }
            }
        }
    }

    private record Table(String name, long pages) {}

    private static List<Table> tables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select oid::regclass::text, pg_relation_size(oid) / current_setting('block_size')::int
                        from pg_class
                        where relkind = 'r' and relnamespace = 'public'::regnamespace
                        """)) {
            List<Table> found = new ArrayList<>();
            while (rows.next()) {
                found.add(new Table(rows.getString(1), rows.getLong(2)));
            }
            return found;
        }
    }

    /** @throws IllegalStateException when one of them could not do what it is here for */
    @Override
    public void close() throws SQLException, InterruptedException {
        closed = true;
        for (Thread reader : readers) {
            reader.interrupt();
            reader.join();
        }
        Connection open = oldTransaction;
        if (open != null) {
            open.commit();
            open.close();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a reader beside the outbox failed", failures.get(0));
        }
    }
}
