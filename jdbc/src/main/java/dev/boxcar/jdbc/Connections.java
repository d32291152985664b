package dev.boxcar.jdbc;

import dev.boxcar.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Runs work on short-lived connections and gives each back as it was found. Work that lost against another transaction is
 * done again, a few times.
 */
final class Connections {

    /** Work on a connection. */
    @FunctionalInterface
    interface Work<R> {
        R on(Connection connection) throws SQLException;
    }

    private static final int TRIES = 5;

    /**
     * How a transaction of PostgreSQL begins. All of it ends with the transaction, so that nothing stays behind in a session
     * that PgBouncer shares out. Without statistics, or with those of the empty table that a queue mostly is, the planner would
     * read and sort the whole outbox for each page: it is kept to the indexes, and plans a statement once.
     */
    private static final String POSTGRESQL_PLANS = """
            set local enable_seqscan = off;
            set local enable_bitmapscan = off;
            set local enable_sort = off;
            set local jit = off;
            set local plan_cache_mode = force_generic_plan
            """;

    private static final String POSTGRESQL_BEGIN =
            "set transaction isolation level read committed;\n" + POSTGRESQL_PLANS;

    private final DataSource dataSource;
    private final Database database;
    private final String place;

    Connections(DataSource dataSource, Database database, String place) {
        this.dataSource = dataSource;
        this.database = database;
        this.place = place;
    }

    /** Each statement is a transaction of its own. */
    <R> R each(String action, Work<R> work) {
        return run(action, true, work);
    }

    /** All statements are one transaction. */
    <R> R together(String action, Work<R> work) {
        return run(action, false, work);
    }

    /**
     * A statement of PostgreSQL with its own transaction around it, in the form of {@link #inOneTrip(String, Work)}. What goes
     * to the server at once is answered at once: beginning and ending cost no time on the network.
     */
    static String inOneTrip(String statement) {
        return "begin isolation level read committed;\n" + POSTGRESQL_PLANS + ";\n" + statement.strip() + ";\ncommit";
    }

    /** Runs statements that are their own transactions. One that failed is rolled back. */
    <R> R inOneTrip(String action, Work<R> work) {
        return each(action, connection -> {
            try {
                return work.on(connection);
            } catch (SQLException e) {
                quietly(() -> execute(connection, "rollback"));
                throw e;
            }
        });
    }

    /** The rows of such a statement: they come behind the results of what has none. */
    static ResultSet rows(PreparedStatement statement) throws SQLException {
        boolean rows = statement.execute();
        while (!rows) {
            if (statement.getUpdateCount() == -1) {
                throw new SQLException("the driver returned no rows of a statement within its transaction");
            }
            rows = statement.getMoreResults();
        }
        return statement.getResultSet();
    }

    private <R> R run(String action, boolean autoCommit, Work<R> work) {
        for (int tries = 1; ; tries++) {
            try (Connection connection = dataSource.getConnection()) {
                return isolated(connection, autoCommit, work);
            } catch (SQLException e) {
                if (tries == TRIES || !SqlErrors.isConflict(database, e)) {
                    throw failure(action, e);
                }
            }
        }
    }

    /** READ COMMITTED, so that each statement sees what is there now; given back as it was. SQLite has one level. */
    private <R> R isolated(Connection connection, boolean autoCommit, Work<R> work) throws SQLException {
        int found = database == Database.POSTGRESQL || database == Database.SQLITE
                ? Connection.TRANSACTION_READ_COMMITTED
                : connection.getTransactionIsolation();
        if (found == Connection.TRANSACTION_READ_COMMITTED) {
            return autoCommit ? alone(connection, work) : transaction(connection, work);
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        try {
            return autoCommit ? alone(connection, work) : transaction(connection, work);
        } finally {
            quietly(() -> connection.setTransactionIsolation(found));
        }
    }

    private static <R> R alone(Connection connection, Work<R> work) throws SQLException {
        boolean found = connection.getAutoCommit();
        if (found) {
            return work.on(connection);
        }
        connection.setAutoCommit(true);
        try {
            return work.on(connection);
        } finally {
            quietly(() -> connection.setAutoCommit(false));
        }
    }

    private <R> R transaction(Connection connection, Work<R> work) throws SQLException {
        boolean found = connection.getAutoCommit();
        if (found) {
            connection.setAutoCommit(false);
        }
        boolean done = false;
        try {
            if (database == Database.POSTGRESQL) {
                execute(connection, POSTGRESQL_BEGIN);
            }
            R result = work.on(connection);
            connection.commit();
            done = true;
            return result;
        } finally {
            if (!done) {
                quietly(connection::rollback);
            }
            if (found) {
                quietly(() -> connection.setAutoCommit(true));
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    /** Where this fails the connection is broken: the pool will find out, and the first error is the one to see. */
    private static void quietly(Step step) {
        try {
            step.run();
        } catch (SQLException ignored) {
            // See above.
        }
    }

    StorageException failure(String action, SQLException e) {
        return failure(database, place, action, e);
    }

    static StorageException failure(Database database, String place, String action, SQLException e) {
        String hint = "";
        if (database != Database.SQLITE && SqlErrors.isMissingTable(database, e)) {
            hint = ": its tables are missing; create them with: boxcar schema apply --url <jdbc url>";
        } else if (SqlErrors.isCheckViolated(database, e)) {
            hint = ": a constraint of its tables refuses it; payloads may have 64 MiB, keys and headers 1 MiB";
        }
        return new StorageException(
                place + ": " + action + " failed (SQLState " + e.getSQLState() + ", code " + e.getErrorCode() + ")"
                        + hint,
                safe(database, e));
    }

    /** Drivers quote values of the refused row in such errors, and whole rows: only their kind is passed on. */
    private static SQLException safe(Database database, SQLException e) {
        if (!SqlErrors.mayQuoteValues(database, e)) {
            return e;
        }
        SQLException safe = new SQLException(
                e.getClass().getName() + " (its text is left out: it may quote the message)",
                e.getSQLState(),
                e.getErrorCode());
        safe.setStackTrace(e.getStackTrace());
        return safe;
    }
}
