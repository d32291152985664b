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

    /**
     * The statements that give the roles the least rights which they need for these tables; needs no database. The roles must be
     * there before, and the tables.
     *
     * @param schema the schema (in MySQL and MariaDB: the database), or null for the connection's own
     * @param table the main table's name
     * @throws IllegalArgumentException when a name is not a plain identifier, or the database is H2 or SQLite, for which there
     *     is no such script
     */
    public static String grants(Database database, @Nullable String schema, String table, SchemaRoles roles) {
        String file = switch (database) {
            case POSTGRESQL -> "postgresql-grants.sql";
            case MYSQL, MARIADB -> "mysql-grants.sql";
            case H2, SQLITE ->
                throw new IllegalArgumentException("there are no grants for " + database.displayName()
                        + ": they are for PostgreSQL, MySQL and MariaDB");
        };
        TableNames names = new TableNames(schema, table);
        String script = resource(file)
                .replaceAll("\\$\\{schema:(.*)}\n", schema == null ? "" : "$1\n")
                .replace("${schema}", schema == null ? "" : database.quoted(schema));
        return names.in(database, roles.in(database, script));
    }

    /** The statements that create these tables. */
    public String ddl() {
        return ddl(dialect.database(), names);
    }

    /**
     * The statements that let PostgreSQL notify listeners of committed entries, beside those of {@link #ddl}; needs no database.
     *
     * @param schema the schema, or null for the connection's own
     * @param table the main table's name
     * @throws IllegalArgumentException when a name is not a plain identifier
     */
    public static String notifyDdl(@Nullable String schema, String table) {
        return new TableNames(schema, table).in(Database.POSTGRESQL, resource("postgresql-notify.sql"));
    }

    private static String ddl(Database database, TableNames names) {
        return names.in(database, resource(database.name().toLowerCase(Locale.ROOT) + ".sql"));
    }

    private static String resource(String file) {
        try (InputStream in = JdbcSchema.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
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
     * Lets PostgreSQL notify listeners of committed entries: creates the trigger. Does nothing when it is there; several
     * processes may do it at once. The tables must be there. Costs writers a lock at their commit that the whole server has
     * once; waits for transactions that are writing to the outbox.
     *
     * @throws IllegalStateException when this is not PostgreSQL
     * @throws dev.boxcar.StorageException when the database failed or refused
     */
    public void applyNotify() {
        NotifyTrigger found = notifyTrigger();
        if (found == null || !found.present()) {
            connections.together("creating the trigger that notifies", connection -> {
                execute(connection, dialect.lockSchema());
                for (String statement : statements(notifyDdl(names.schema(), names.table()))) {
                    execute(connection, statement);
                }
                return true;
            });
        }
    }

    /**
     * Checks that PostgreSQL notifies listeners of committed entries.
     *
     * @throws SchemaException when it does not; its message shows what to do
     * @throws IllegalStateException when this is not PostgreSQL
     * @throws dev.boxcar.StorageException when the database failed
     */
    public void checkNotify() {
        NotifyTrigger found = notifyTrigger();
        if (found == null || !found.present()) {
            throw new SchemaException(place + ": nobody notifies of new entries, the trigger " + names
                    + "_notify is missing or disabled. Create it with: boxcar schema apply --notify --url <jdbc url>"
                    + options());
        }
    }

    private @Nullable NotifyTrigger notifyTrigger() {
        if (dialect.database() != Database.POSTGRESQL) {
            throw new IllegalStateException(place + ": only PostgreSQL can notify of new entries; processors that are "
                    + "not woken in the process poll");
        }
        return connections
                .each(
                        "looking for the trigger",
                        connection -> Optional.ofNullable(NotifyTrigger.find(connection, names)))
                .orElse(null);
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
