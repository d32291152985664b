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
import java.util.List;

/** The same with one statement for a heartbeat, which also tells how far ids and transaction numbers have come. */
final class PostgresClaims extends Claims {

    private static final String REACHED = """
            select extract(epoch from pg_postmaster_start_time())::text,
                   last_value - 33
            from ${sequence}
            """;

    /**
     * Entries of a dump from another cluster are visible, but their transaction numbers say that they are not. Finds them by the
     * index, also in a backlog of millions, as long as the planner is kept to it.
     */
    private static final String ADOPT = """
            update ${outbox}
            set xid = '3'
            where xid >= pg_snapshot_xmin(pg_current_snapshot())
              and not pg_visible_in_snapshot(xid, pg_current_snapshot())
            """;

    private final Connections connections;
    private final IdFloor floor;
    private final String reached;
    private final String adopt;
    private final String renew;

    PostgresClaims(Connections connections, Dialect dialect, TableNames names, IdFloor floor) {
        super(connections, dialect, names);
        this.connections = connections;
        this.floor = floor;
        this.reached = names.in(Database.POSTGRESQL, REACHED);
        this.adopt = names.in(Database.POSTGRESQL, ADOPT);
        this.renew = names.in(Database.POSTGRESQL, dialect.renew());
    }

    @Override
    ClaimView heartbeat(Session session, long millis, boolean join) {
        if (join) {
            connections.together("looking for entries of another cluster", this::adopt);
        }
        return super.heartbeat(session, millis, join);
    }

    private int adopt(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(adopt)) {
            return statement.executeUpdate();
        }
    }

    @Override
    void join(Connection connection, Session session, long millis) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(reached);
                ResultSet row = statement.executeQuery()) {
            row.next();
            floor.reached(row.getString(1), row.getLong(2));
        }
        super.join(connection, session, millis);
    }

    @Override
    View renew(Connection connection, Session session, long millis) throws SQLException {
        IdFloor.Reached before = floor.reached();
        try (PreparedStatement statement = connection.prepareStatement(renew)) {
            statement.setLong(1, millis);
            statement.setString(2, session.id());
            statement.setString(3, session.id());
            try (ResultSet rows = statement.executeQuery()) {
                boolean alive = false;
                int others = 0;
                int expired = 0;
                Duration firstEnd = Duration.ofMillis(millis);
                List<Claim> claims = new ArrayList<>(Dialect.PARTITIONS);
                while (rows.next()) {
                    if (claims.isEmpty()) {
                        alive = rows.getBoolean(1);
                        others = rows.getInt(2);
                        expired = rows.getInt(3);
                        firstEnd = firstEnd(rows, 4, millis);
                        floor.written(before, rows.getString(5), Long.parseLong(rows.getString(6)));
                        floor.reached(rows.getString(5), rows.getLong(7));
                    }
                    claims.add(claim(rows, 8));
                }
                return new View(alive, others + (alive ? 1 : 0), expired, firstEnd, claims);
            }
        }
    }
}
