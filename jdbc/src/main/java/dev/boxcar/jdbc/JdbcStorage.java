package dev.boxcar.jdbc;

import dev.boxcar.DeadLetters;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.StorageException;
import dev.boxcar.TransactionException;
import dev.boxcar.spi.BlockingSession;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StoredEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the outbox in a relational database, beside the application's own tables: PostgreSQL, MySQL, MariaDB, H2 or SQLite.
 *
 * <p>{@link #publish} uses the caller's connection and nothing else: it does not commit, roll back or close it, and the
 * connection must not be in auto-commit mode. Everything else takes a connection from the data source for one short
 * transaction and gives it back as it was; a processor needs up to three at once. The storage holds no connection, so it
 * need not be closed; the data source belongs to the application. Safe for use by several threads.
 *
 * <p>Whatever {@link dev.boxcar.MessageLimits} allow, the tables take payloads up to 64 MiB, and keys and headers (as JSON) up to
 * 1 MiB each.
 *
 * <p>No state is kept in database sessions: the storage works behind PgBouncer in transaction mode.
 */
public final class JdbcStorage implements OutboxStorage<Connection> {

    /** The main table's name unless it is set. */
    public static final String DEFAULT_TABLE = "boxcar_outbox";

    private final DataSource dataSource;
    private final TableNames names;
    private final @Nullable Database expected;
    private volatile @Nullable Parts parts;

    private JdbcStorage(DataSource dataSource, TableNames names, @Nullable Database expected) {
        this.dataSource = dataSource;
        this.names = names;
        this.expected = expected;
    }

    /** A storage in the table {@value #DEFAULT_TABLE} of the connections' own schema. Does not touch the database. */
    public static JdbcStorage create(DataSource dataSource) {
        return builder(dataSource).build();
    }

    /** A builder for other names. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    @Override
    public String description() {
        Parts known = parts;
        return known == null ? "outbox table " + names + " (database not met yet)" : known.place;
    }

    @Override
    public int partitions() {
        return Dialect.PARTITIONS;
    }

    DataSource dataSource() {
        return dataSource;
    }

    TableNames names() {
        return names;
    }

    /** The tables' definition and creation. */
    public JdbcSchema schema() {
        return parts().schema;
    }

    @Override
    public void check() {
        schema().check();
    }

    @Override
    public void publish(OutboxContext context, Connection transaction, List<Message> messages) {
        try {
            if (transaction.isClosed()) {
                throw new TransactionException("the connection given to publish is closed; nothing was written");
            }
            if (transaction.getAutoCommit()) {
                throw new TransactionException(
                        "the connection given to publish is in auto-commit mode, so the message would "
                                + "be written whatever becomes of the business data: call setAutoCommit(false) first, or begin a "
                                + "transaction; nothing was written");
            }
            Database database = Database.of(transaction);
            Database own = database();
            if (own != null && !own.isLike(database)) {
                throw new TransactionException("the connection given to publish belongs to a " + database.displayName()
                        + " database, but the outbox is in " + own.displayName() + " (" + description()
                        + "): a transaction cannot span both; nothing was written");
            }
            publishing(database).publish(transaction, context.namespace(), messages);
        } catch (SQLException e) {
            Database own = database();
            throw Connections.failure(
                    own == null ? Database.H2 : own, description(), "writing " + messages.size() + " messages", e);
        }
    }

    /** The writing half alone knows its database by the caller's connection: it needs no other. */
    private Publishing publishing(Database database) {
        Parts known = parts;
        return known == null ? Dialect.of(database).publishing(names) : known.publishing;
    }

    private @Nullable Database database() {
        Parts known = parts;
        return known == null ? expected : known.dialect.database();
    }

    @Override
    public ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
        return parts().claims.heartbeat(session, claimDuration.toMillis(), join);
    }

    @Override
    public List<Claim> acquire(Session session, Collection<Claim> seen) {
        return seen.isEmpty() ? List.of() : parts().claims.acquire(session, seen);
    }

    @Override
    public void release(Session session, Collection<Claim> claims) {
        if (!claims.isEmpty()) {
            parts().claims.release(session, claims);
        }
    }

    @Override
    public void leave(Session session) {
        parts().claims.leave(session);
    }

    @Override
    public ReadPage read(ReadRequest request) {
        Parts all = parts();
        return all.reader.read(all.connections, request);
    }

    @Override
    public List<StoredEntry> reload(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        Parts all = parts();
        return all.connections.each("reading entries again", connection -> {
            List<StoredEntry> found = new ArrayList<>(ids.size());
            EntryRows entries = new EntryRows();
            try (PreparedStatement statement = connection.prepareStatement(all.reload)) {
                all.dialect.bind(statement, 1, Column.longs(List.copyOf(ids), id -> id));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(entries.read(rows, 1));
                    }
                }
            }
            return found;
        });
    }

    @Override
    public void settle(Session session, Settlement settlement) {
        parts().settling.settle(session, settlement);
    }

    @Override
    public DeadLetters deadLetters() {
        return parts().deadLetters;
    }

    @Override
    public StorageStatus status() {
        return parts().status.status();
    }

    /** {@inheritDoc} Only PostgreSQL tells everybody; on the other databases there are none. */
    @Override
    public List<BlockingSession> blockingSessions() {
        return parts().status.blockingSessions();
    }

    @Override
    public String toString() {
        return "JdbcStorage[" + description() + "]";
    }

    /** What the storage is made of, known once the database is. */
    private static final class Parts {
        final Dialect dialect;
        final String place;
        final Connections connections;
        final JdbcSchema schema;
        final Publishing publishing;
        final Claims claims;
        final Reader reader;
        final String reload;
        final Settling settling;
        final DeadLetters deadLetters;
        final StatusQuery status;

        Parts(DataSource dataSource, Database database, TableNames names, String place) {
            this.dialect = Dialect.of(database);
            this.place = place;
            this.connections = new Connections(dataSource, database, place);
            this.schema = new JdbcSchema(connections, dialect, names, place);
            this.publishing = dialect.publishing(names);
            this.reader = dialect.reader(names, System::nanoTime);
            this.claims = dialect.claims(connections, names, reader);
            this.reload = names.in(database, dialect.reload());
            this.settling = dialect.settling(connections, names);
            this.deadLetters = new DeadLetterTable(connections, dialect, names, settling);
            this.status = new StatusQuery(connections, dialect, names);
        }
    }

    private Parts parts() {
        Parts known = parts;
        return known != null ? known : meet();
    }

    private synchronized Parts meet() {
        Parts known = parts;
        if (known != null) {
            return known;
        }
        try (Connection connection = dataSource.getConnection()) {
            Database own = expected;
            Database database = own != null ? own : Database.of(connection);
            String place = database.displayName() + " at "
                    + withoutSecrets(connection.getMetaData().getURL()) + ", table " + names;
            Parts met = new Parts(dataSource, database, names, place);
            parts = met;
            return met;
        } catch (SQLException e) {
            throw new StorageException(
                    "the outbox's database cannot be reached (table " + names + ", SQLState " + e.getSQLState() + ")",
                    e);
        }
    }

    /** Addresses may carry user names, passwords and keys: before an at sign, and in the options behind. */
    static String withoutSecrets(@Nullable String url) {
        return url == null ? "an unknown address" : url.replaceAll("[?;].*", "").replaceAll("//[^/]*@", "//");
    }

    /** Collects the settings of a storage. Not safe for use by several threads. */
    public static final class Builder {
        private final DataSource dataSource;
        private @Nullable String schema;
        private String table = DEFAULT_TABLE;
        private @Nullable Database database;
        private boolean createIfMissing;
        private boolean notifying;

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /**
         * The schema (in MySQL and MariaDB: the database; in SQLite: the attached one) that holds the tables. A plain
         * identifier of up to 41 characters; upper and lower case are told apart. Default: the connections' own.
         */
        public Builder schema(String value) {
            schema = Objects.requireNonNull(value, "schema");
            return this;
        }

        /**
         * The main table's name, from which the other tables' names derive. A plain identifier of up to 41 characters; upper
         * and lower case are told apart. Default {@value JdbcStorage#DEFAULT_TABLE}.
         */
        public Builder table(String value) {
            table = Objects.requireNonNull(value, "table");
            return this;
        }

        /** The database product, for databases that go by another name. Default: asked from the first connection. */
        public Builder database(Database value) {
            database = Objects.requireNonNull(value, "database");
            return this;
        }

        /** Whether {@link #build()} creates the tables if they are missing. Default false. */
        public Builder createIfMissing(boolean value) {
            createIfMissing = value;
            return this;
        }

        /**
         * Whether {@link #build()} also creates the trigger that lets PostgreSQL {@linkplain JdbcSchema#applyNotify() notify}
         * listeners, if it creates missing tables. Default false.
         */
        public Builder notifying(boolean value) {
            notifying = value;
            return this;
        }

        /**
         * The storage. Touches the database only to create missing tables, if that is wanted; otherwise an application can
         * start while its database is away.
         *
         * @throws IllegalArgumentException when a name is not a plain identifier, or {@code notifying} was asked for without
         *     {@code createIfMissing}
         * @throws IllegalStateException when it should notify, and is not in PostgreSQL
         * @throws StorageException when tables should be created and the database failed
         */
        public JdbcStorage build() {
            if (notifying && !createIfMissing) {
                throw new IllegalArgumentException(
                        "notifying creates a trigger, and createIfMissing is not set: who creates it? (JdbcSchema.applyNotify() "
                                + "or: boxcar schema apply --notify)");
            }
            JdbcStorage storage = new JdbcStorage(dataSource, new TableNames(schema, table), database);
            if (createIfMissing) {
                storage.schema().apply();
                if (notifying) {
                    storage.schema().applyNotify();
                }
            }
            return storage;
        }
    }
}
