package dev.boxcar.jdbc;

import dev.boxcar.spi.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The same, with an eye on the server: after a failover to another one, or a crash, ids may be handed out again that readers
 * have left behind.
 */
final class MySqlClaims extends Claims {

    /** Clocks are set by less than this, and servers do not come back faster. */
    private static final long TOLERANCE_SECONDS = 5;

    private record Run(String server, long startedAt) {}

    private final Reader reader;
    private @Nullable Run run;

    MySqlClaims(Connections connections, Dialect dialect, TableNames names, Reader reader) {
        super(connections, dialect, names);
        this.reader = reader;
    }

    @Override
    View renew(Connection connection, Session session, long millis) throws SQLException {
        met(run(connection));
        return super.renew(connection, session, millis);
    }

    private static Run run(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String server;
            long now;
            try (ResultSet row = statement.executeQuery(
                    "select concat(@@hostname, ':', @@port, ':', @@server_id), unix_timestamp()")) {
                row.next();
                server = String.valueOf(row.getString(1));
                now = row.getLong(2);
            }
            try (ResultSet row = statement.executeQuery("show global status like 'Uptime'")) {
                return new Run(server, row.next() ? now - row.getLong(2) : 0);
            }
        }
    }

    private synchronized void met(Run seen) {
        Run known = run;
        if (known != null
                && (!Objects.equals(known.server, seen.server)
                        || Math.abs(known.startedAt - seen.startedAt) > TOLERANCE_SECONDS)) {
            reader.serverChanged();
            run = seen;
        } else if (known == null) {
            run = seen;
        }
    }
}
