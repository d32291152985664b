package dev.boxcar.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * The only class that knows PostgreSQL's driver, which JDBC has no interface for. It is loaded when somebody listens; all others do
 * without the driver.
 */
final class PostgresNotifications {

    private PostgresNotifications() {}

    /** Fails to link when the driver is not there. */
    static void requireDriver() {
        Objects.requireNonNull(PGConnection.class);
    }

    /** Waits for notifications; false when none came in time. */
    static boolean await(Connection connection, int millis) throws SQLException {
        PGNotification[] found = connection.unwrap(PGConnection.class).getNotifications(millis);
        return found != null && found.length > 0;
    }
}
