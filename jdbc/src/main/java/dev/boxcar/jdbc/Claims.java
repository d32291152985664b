package dev.boxcar.jdbc;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Sessions and their claims. Two sessions never hold a partition at once:
 *
 * <ul>
 *   <li>A session's deadline stands in its own row, so that a heartbeat changes one row.
 *   <li>A session ends when its row is removed. Removing looks at the deadline again under the row's lock: a session that is
 *       renewing itself stays. What was removed cannot be renewed, and session ids are never used again.
 *   <li>A partition is taken only from an owner without a row, and only if its epoch is still the one that was seen.
 * </ul>
 */
class Claims {

    /** What one look at the claims found. */
    record View(boolean alive, int live, int expired, Duration firstEnd, List<Claim> claims) {}

    private final Connections connections;
    private final String join;
    private final String renew;
    private final String view;
    private final String expire;
    private final String acquire;
    private final String held;
    private final String release;
    private final String releaseAll;
    private final String leave;

    Claims(Connections connections, Dialect dialect, TableNames names) {
        Database database = dialect.database();
        this.connections = connections;
        this.join = names.in(database, dialect.join());
        this.renew = names.in(database, dialect.renew());
        this.view = names.in(database, dialect.view());
        this.expire = names.in(database, dialect.expire());
        this.acquire = names.in(database, dialect.acquire());
        this.held = names.in(database, dialect.held());
        this.release = names.in(database, dialect.release());
        this.releaseAll = names.in(database, dialect.releaseAll());
        this.leave = names.in(database, dialect.leave());
    }

    ClaimView heartbeat(Session session, long millis, boolean join) {
        return connections.each("renewing the claims of " + session.processorId(), connection -> {
            if (join) {
                join(connection, session, millis);
            }
            View seen = renew(connection, session, millis);
            if (seen.expired > 0) {
                try (PreparedStatement statement = connection.prepareStatement(expire)) {
                    statement.executeUpdate();
                }
                seen = renew(connection, session, millis);
            }
            return new ClaimView(seen.alive, seen.claims, seen.live, seen.firstEnd);
        });
    }

    void join(Connection connection, Session session, long millis) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(join)) {
            statement.setString(1, session.id());
            statement.setString(2, session.processorId());
            statement.setLong(3, millis);
            statement.executeUpdate();
        }
    }

    View renew(Connection connection, Session session, long millis) throws SQLException {
        boolean alive;
        try (PreparedStatement statement = connection.prepareStatement(renew)) {
            statement.setLong(1, millis);
            statement.setString(2, session.id());
            alive = statement.executeUpdate() == 1;
        }
        try (PreparedStatement statement = connection.prepareStatement(view);
                ResultSet rows = statement.executeQuery()) {
            int live = 0;
            int expired = 0;
            Duration firstEnd = Duration.ofMillis(millis);
            List<Claim> claims = new ArrayList<>(Dialect.PARTITIONS);
            while (rows.next()) {
                live = rows.getInt(1);
                expired = rows.getInt(2);
                firstEnd = firstEnd(rows, 3, millis);
                claims.add(claim(rows, 4));
            }
            return new View(alive, live, expired, firstEnd, claims);
        }
    }

    /** A number of milliseconds, or of as many as a claim lasts when nobody is alive. */
    static Duration firstEnd(ResultSet row, int column, long claimMillis) throws SQLException {
        long millis = row.getLong(column);
        return Duration.ofMillis(row.wasNull() ? claimMillis : millis);
    }

    static Claim claim(ResultSet row, int first) throws SQLException {
        return new Claim(
                row.getInt(first), row.getLong(first + 1), row.getString(first + 2), row.getInt(first + 3) == 1);
    }

    /** In the order of the partitions, so that two sessions that want the same ones do not lock each other out. */
    List<Claim> acquire(Session session, Collection<Claim> seen) {
        List<Claim> wanted = new ArrayList<>(seen);
        wanted.sort(Comparator.comparingInt(Claim::partition));
        return connections.together("taking claims for " + session.processorId(), connection -> {
            try (PreparedStatement statement = connection.prepareStatement(acquire)) {
                for (Claim claim : wanted) {
                    statement.setString(1, session.id());
                    statement.setInt(2, claim.partition());
                    statement.setLong(3, claim.epoch());
                    statement.setString(4, session.id());
                    statement.addBatch();
                }
                statement.executeBatch();
            }
            // Not the update counts: some drivers do not tell them for a batch.
            Map<Integer, Long> held = held(connection, session);
            return wanted.stream()
                    .filter(claim -> Objects.equals(held.get(claim.partition()), claim.epoch() + 1))
                    .map(claim -> new Claim(claim.partition(), claim.epoch() + 1, session.id(), true))
                    .toList();
        });
    }

    private Map<Integer, Long> held(Connection connection, Session session) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(held)) {
            statement.setString(1, session.id());
            try (ResultSet rows = statement.executeQuery()) {
                Map<Integer, Long> found = new HashMap<>();
                while (rows.next()) {
                    found.put(rows.getInt(1), rows.getLong(2));
                }
                return found;
            }
        }
    }

    void release(Session session, Collection<Claim> claims) {
        List<Claim> all = new ArrayList<>(claims);
        all.sort(Comparator.comparingInt(Claim::partition));
        connections.together("giving back claims of " + session.processorId(), connection -> {
            try (PreparedStatement statement = connection.prepareStatement(release)) {
                for (Claim claim : all) {
                    statement.setInt(1, claim.partition());
                    statement.setLong(2, claim.epoch());
                    statement.setString(3, session.id());
                    statement.addBatch();
                }
                return statement.executeBatch();
            }
        });
    }

    void leave(Session session) {
        connections.together("leaving as " + session.processorId(), connection -> {
            for (String sql : List.of(releaseAll, leave)) {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    statement.setString(1, session.id());
                    statement.executeUpdate();
                }
            }
            return true;
        });
    }
}
