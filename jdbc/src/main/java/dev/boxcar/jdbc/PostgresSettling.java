package dev.boxcar.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The same, noting how far ids and transaction numbers had come. */
final class PostgresSettling extends Settling {

    private final IdFloor floor;

    PostgresSettling(Connections connections, Dialect dialect, TableNames names, IdFloor floor) {
        super(connections, dialect, names);
        this.floor = floor;
    }

    @Override
    void delete(PreparedStatement statement) throws SQLException {
        IdFloor.Reached before = floor.reached();
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            floor.written(before, row.getString(1), Long.parseLong(row.getString(2)));
            floor.reached(row.getString(1), row.getLong(3));
        }
    }
}
