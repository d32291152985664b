package dev.boxcar.jdbc;

import dev.boxcar.spi.WakeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

/**
 * Wakes processors when anybody commits entries, in whatever process and language, by PostgreSQL's {@code LISTEN}. The other half
 * is a trigger that notifies: {@link JdbcSchema#applyNotify()}.
 *
 * <p>It holds one connection for each processor as long as that is processing, and a thread that waits on it. The connection must
 * lead to the server itself or to a pooler in session mode: through a pooler in transaction mode, as PgBouncer has it,
 * notifications do not arrive. It must be one of the driver {@code org.postgresql:postgresql}, or wrap one. A lost connection is
 * made again with back-off, from 0.1 to 10 s; meanwhile the processor polls as ever. Safe for use by several threads; there is
 * nothing to close: it ends with the processing.
 */
public final class PostgresListener implements WakeSource {

    /** Makes a connection, for example {@code dataSource::getConnection}. */
    @FunctionalInterface
    public interface Connector {

        /** A new connection, which the listener closes. May block. */
        Connection connect() throws SQLException;
    }

    private final JdbcStorage storage;
    private final Connector connector;

    private PostgresListener(JdbcStorage storage, Connector connector) {
        this.storage = Objects.requireNonNull(storage, "storage");
        this.connector = Objects.requireNonNull(connector, "connector");
        try {
            PostgresNotifications.requireDriver();
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "listening for new entries needs the driver org.postgresql:postgresql on the class path", e);
        }
    }

    /**
     * On connections of the storage's data source. A pool must have one more than the storage needs.
     *
     * @throws IllegalStateException when PostgreSQL's driver is not on the class path
     */
    public static PostgresListener of(JdbcStorage storage) {
        return of(storage, storage.dataSource()::getConnection);
    }

    /**
     * On connections from elsewhere, when the storage's go through a pooler in transaction mode.
     *
     * @throws IllegalStateException when PostgreSQL's driver is not on the class path
     */
    public static PostgresListener of(JdbcStorage storage, Connector connector) {
        return new PostgresListener(storage, connector);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException when the outbox is in another database
     */
    @Override
    public void check() {
        storage.schema().checkNotify();
    }

    @Override
    public Listening start(String processorId, Runnable wake) {
        ListeningThread thread = new ListeningThread(processorId, storage.names(), connector, wake);
        thread.start();
        return thread;
    }

    @Override
    public String toString() {
        return "PostgresListener[" + storage.description() + "]";
    }
}
