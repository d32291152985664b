package dev.boxcar.jdbc;

import dev.boxcar.SchemaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outbox's tables: their definition, their creation and the check that they fit this version of the library. From
 * {@link JdbcStorage#schema()}. Safe for use by several threads.
 */
public final class JdbcSchema {

    /** The version of the tables that this library works with. */
    public static final int VERSION = 1;

    private final Connections connections;
    private final Dialect dialect;
    private final TableNames names;
    private final String place;

    JdbcSchema(Connections connections, Dialect dialect, TableNames names, String place) {
        this.connections = connections;
        this.dialect = dialect;
        this.names = names;
        this.place = place;
    }

    /**
     * The statements that create the tables, for people and for migration tools; needs no database.
     *
     * @param schema the schema (in MySQL and MariaDB: the database), or null for the connection's own
     * @param table the main table's name; the other names derive from it
     * @throws IllegalArgumentException when a name is not a plain identifier
     */
    public static String ddl(Database database, @Nullable String schema, String table) {
        return ddl(database, new TableNames(schema, table));
    }

    /** The statements that create these tables. */
    public String ddl() {
        return ddl(dialect.database(), names);
    }

    private static String ddl(Database database, TableNames names) {
        String file = database.name().toLowerCase(Locale.ROOT) + ".sql";
        try (InputStream in = JdbcSchema.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + file);
            }
            return names.in(database, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Creates what is missing. Does nothing when the tables are there; several processes may do it at once. Needs the right to
     * create tables, and where the schema itself is missing, to create that.
     *
     * @throws SchemaException when the tables are there, but of another version
     * @throws dev.boxcar.StorageException when the database failed or refused
     */
    public void apply() {
        Integer found = version();
        if (found == null) {
            connections.together("creating the tables", connection -> {
                execute(connection, dialect.lockSchema());
                try {
                    createSchema(connection);
                    for (String statement : statements(ddl())) {
                        execute(connection, statement);
                    }
                } finally {
                    execute(connection, dialect.unlockSchema());
                }
                return true;
            });
        }
        check();
    }

    /**
     * Checks that the tables are there and of the right version.
     *
     * @throws SchemaException when they are not; its message shows what to do
     * @throws dev.boxcar.StorageException when the database failed
     */
    public void check() {
        Integer found = version();
        if (found == null) {
            throw new SchemaException(
                    place + ": the outbox's tables are missing. Create them with: boxcar schema apply --url "
                            + "<jdbc url>" + options() + " (or look at them first: boxcar schema print "
                            + dialect.database().name().toLowerCase(Locale.ROOT) + options() + ")");
        }
        if (found < VERSION) {
            throw new SchemaException(
                    place + ": the outbox's tables are of version " + found + ", this library needs version " + VERSION
                            + ". Bring them up to date with: boxcar schema apply --url <jdbc url>" + options());
        }
        if (found > VERSION) {
            throw new SchemaException(place + ": the outbox's tables are of version " + found
                    + ", which is newer than this library knows (" + VERSION
                    + "). Use a newer version of the library here");
        }
    }

    private String options() {
        return (names.schema() == null ? "" : " --schema " + names.schema())
                + (names.table().equals(JdbcStorage.DEFAULT_TABLE) ? "" : " --table " + names.table());
    }

    private @Nullable Integer version() {
        Optional<Integer> found = connections.each("checking the tables", connection -> {
            try (PreparedStatement statement =
                            connection.prepareStatement(names.in(dialect.database(), dialect.schemaVersion()));
                    ResultSet row = statement.executeQuery()) {
                return row.next() && row.getObject(1) != null ? Optional.of(row.getInt(1)) : Optional.empty();
            } catch (SQLException e) {
                if (SqlErrors.isMissingTable(dialect.database(), e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
        return found.orElse(null);
    }

    private void createSchema(Connection connection) throws SQLException {
        String schema = names.schema();
        if (schema == null) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(dialect.findSchema())) {
            statement.setString(1, schema);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    return;
                }
            }
        }
        execute(connection, "create schema " + dialect.database().quoted(schema));
    }

    /** Splits a file of ours into its statements: each ends with a semicolon at the end of a line. */
    static List<String> statements(String file) {
        List<String> statements = new ArrayList<>();
        for (String part : file.split(";\\R", -1)) {
            String statement = part.lines()
                    .filter(line -> !line.startsWith("--"))
                    .reduce("", (a, b) -> a + b + "\n")
                    .trim();
            if (!statement.isEmpty()) {
                statements.add(statement);
            }
        }
        return statements;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        if (sql.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
