package dev.boxcar.jdbc;

import dev.boxcar.spi.BlockingSession;
import dev.boxcar.spi.StorageStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers for people. */
final class StatusQuery {

    private final Connections connections;
    private final String countPending;
    private final String estimatePending;
    private final String blockingSessions;
    private final String oldestPending;
    private final String countDead;
    private final String processors;

    StatusQuery(Connections connections, Dialect dialect, TableNames names) {
        Database database = dialect.database();
        this.connections = connections;
        this.countPending = names.in(database, dialect.countPending());
        this.estimatePending = names.in(database, dialect.estimatePending());
        this.blockingSessions = names.in(database, dialect.blockingSessions());
        this.oldestPending = names.in(database, dialect.oldestPending());
        this.countDead = names.in(database, dialect.countDead());
        this.processors = names.in(database, dialect.processors());
    }

    StorageStatus status() {
        return connections.each("reading the status", connection -> {
            long pending = count(connection, countPending);
            return new StorageStatus(
                    pending,
                    pending < StorageStatus.COUNT_LIMIT ? pending : Math.max(pending, estimate(connection)),
                    oldest(connection),
                    count(connection, countDead),
                    processors(connection));
        });
    }

    List<BlockingSession> blockingSessions() {
        return blockingSessions.isEmpty()
                ? List.of()
                : connections.each("looking for sessions that block", this::blockingSessions);
    }

    private static long count(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, StorageStatus.COUNT_LIMIT);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private long estimate(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(estimatePending);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private List<BlockingSession> blockingSessions(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(blockingSessions);
                ResultSet rows = statement.executeQuery()) {
            List<BlockingSession> found = new ArrayList<>();
            while (rows.next()) {
                found.add(new BlockingSession(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getInt(4),
                        Duration.ofMillis(rows.getLong(5))));
            }
            return found;
        }
    }

    private @Nullable Duration oldest(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(oldestPending);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Duration.ofMillis(row.getLong(1)) : null;
        }
    }

    private List<StorageStatus.ProcessorStatus> processors(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(processors);
                ResultSet rows = statement.executeQuery()) {
            List<StorageStatus.ProcessorStatus> found = new ArrayList<>();
            while (rows.next()) {
                found.add(new StorageStatus.ProcessorStatus(
                        rows.getString(1), rows.getInt(2), Duration.ofMillis(rows.getLong(3))));
            }
            return found;
        }
    }
}
