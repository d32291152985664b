package dev.boxcar.jdbc;

import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.DeadLetters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The dead letters in their table. */
final class DeadLetterTable implements DeadLetters {

    private final Connections connections;
    private final Dialect dialect;
    private final Settling settling;
    private final String find;
    private final String findOfIds;
    private final String lock;
    private final String list;
    private final String replay;
    private final String delete;

    DeadLetterTable(Connections connections, Dialect dialect, TableNames names, Settling settling) {
        Database database = dialect.database();
        this.connections = connections;
        this.dialect = dialect;
        this.settling = settling;
        this.find = names.in(database, dialect.findDead());
        this.findOfIds = names.in(database, dialect.findDeadOfIds());
        this.lock = names.in(database, dialect.lockDead());
        this.list = names.in(database, dialect.listDead());
        this.replay = names.in(database, dialect.replay());
        this.delete = names.in(database, dialect.deleteDead());
    }

    @Override
    public List<DeadLetter> list(DeadLetterQuery query) {
        return connections.each("listing dead letters", connection -> {
            List<DeadLetter> letters = new ArrayList<>();
            EntryRows entries = new EntryRows();
            List<Long> ids = find(connection, query);
            if (ids.isEmpty()) {
                return letters;
            }
            try (PreparedStatement statement = prepare(connection, list, ids);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    letters.add(new DeadLetter(
                            rows.getLong(1),
                            entries.readDead(rows, 4),
                            rows.getString(2),
                            EntryRows.instant(rows.getLong(3))));
                }
            }
            return letters;
        });
    }

    @Override
    public int replay(DeadLetterQuery query) {
        return connections.together("replaying dead letters", connection -> remove(connection, query, true));
    }

    @Override
    public int purge(DeadLetterQuery query) {
        return connections.together("purging dead letters", connection -> remove(connection, query, false));
    }

    @Override
    public int bury(Collection<Long> entryIds, String reason) {
        return settling.bury(entryIds, reason);
    }

    private int remove(Connection connection, DeadLetterQuery query, boolean replayed) throws SQLException {
        List<Long> found = find(connection, query);
        List<Long> locked = found.isEmpty() ? found : ids(connection, lock, found);
        if (locked.isEmpty()) {
            return 0;
        }
        if (replayed) {
            try (PreparedStatement statement = prepare(connection, replay, locked)) {
                statement.executeUpdate();
            }
        }
        try (PreparedStatement statement = prepare(connection, delete, locked)) {
            return statement.executeUpdate();
        }
    }

    private List<Long> find(Connection connection, DeadLetterQuery query) throws SQLException {
        List<Long> wanted = query.ids();
        if (wanted != null && wanted.isEmpty()) {
            return List.of();
        }
        try (PreparedStatement statement = connection.prepareStatement(wanted == null ? find : findOfIds)) {
            int i = wanted == null ? 1 : dialect.bind(statement, 1, Column.longs(wanted, id -> id));
            statement.setString(i++, query.namespace());
            statement.setString(i++, query.namespace());
            statement.setLong(i++, query.afterId());
            statement.setInt(i, query.limit());
            return ids(statement);
        }
    }

    private List<Long> ids(Connection connection, String sql, List<Long> ids) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, ids)) {
            return ids(statement);
        }
    }

    private static List<Long> ids(PreparedStatement statement) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }

    private PreparedStatement prepare(Connection connection, String sql, List<Long> ids) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        dialect.bind(statement, 1, Column.longs(ids, id -> id));
        return statement;
    }
}
