package dev.boxcar.relay;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.StorageException;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.spi.WakeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A small connection pool and the outbox in it. Opening it does not connect. Safe for use by several threads once it is set up. */
final class OpenStorage implements AutoCloseable {

    /** A processor blocks on four calls at the most. */
    private static final int POOL_SIZE = 4;

    /** Who looks at the table for metrics must not take a connection from the processor. */
    private static final int POOL_SIZE_WITH_METRICS = POOL_SIZE + 2;

    private final HikariDataSource pool;
    private final JdbcStorage storage;
    private final boolean create;
    private @Nullable WakeSource wakes;

    private OpenStorage(HikariDataSource pool, JdbcStorage storage, boolean create) {
        this.pool = pool;
        this.storage = storage;
        this.create = create;
    }

    /** For a command that serves no metrics; see below. */
    static OpenStorage open(DatabaseOptions options, boolean create, Duration patience, Io io) {
        return open(options, create, patience, false, io);
    }

    /**
     * @param create whether {@link #prepare} creates missing tables
     * @param patience how long to wait for a connection before giving up
     * @param metrics whether somebody looks at the table for metrics meanwhile
     */
    static OpenStorage open(DatabaseOptions options, boolean create, Duration patience, boolean metrics, Io io) {
        JdbcAddress address = options.address();
        HikariConfig config = new HikariConfig();
        config.setPoolName("boxcar");
        config.setDriverClassName(address.driverClass());
        config.setJdbcUrl(address.url());
        config.setMaximumPoolSize(metrics ? POOL_SIZE_WITH_METRICS : POOL_SIZE);
        config.setMinimumIdle(1);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(patience.toMillis());
        config.setValidationTimeout(Math.max(250, patience.toMillis() / 2));
        if (address.user() != null) {
            config.setUsername(address.user());
        }
        String password = address.password();
        if (password != null) {
            io.redaction().hide(password);
            config.setPassword(password);
        }
        address.properties().forEach(config::addDataSourceProperty);
        if (options.embedded()) {
            makeFolder(DatabaseOptions.EMBEDDED_FILE);
        }
        HikariDataSource pool = new HikariDataSource(config);
        try {
            JdbcStorage.Builder builder = JdbcStorage.builder(pool).table(options.table);
            String schema = options.schema;
            return new OpenStorage(pool, (schema == null ? builder : builder.schema(schema)).build(), create);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static void makeFolder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    "the folder " + folder + " for the embedded database cannot be created; go to a folder that can be "
                            + "written to, or give --url",
                    e);
        }
    }

    /**
     * Meets the database, and makes sure that the tables are there.
     *
     * @throws dev.boxcar.SchemaException when they are not
     * @throws StorageException when the database cannot be reached
     */
    void prepare() {
        if (create) {
            storage.schema().apply();
            if (wakes != null) {
                storage.schema().applyNotify();
            }
        } else {
            storage.check();
        }
    }

    /** Who wakes the processor; null is nobody. */
    void wakes(@Nullable WakeSource source) {
        wakes = source;
    }

    @Nullable
    WakeSource wakes() {
        return wakes;
    }

    JdbcStorage storage() {
        return storage;
    }

    HikariDataSource pool() {
        return pool;
    }

    /**
     * Whether waiting cannot help, because the server was reached and said no: wrong password, no such user or database.
     *
     * @return what the server said, or null when it may just be down
     */
    static @Nullable String refusal(StorageException failure) {
        Set<String> codes = Set.of("28000", "28P01", "3D000");
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && (codes.contains(String.valueOf(sql.getSQLState())) || unknownMySqlDatabase(sql))) {
                return String.valueOf(sql.getMessage());
            }
        }
        return null;
    }

    private static boolean unknownMySqlDatabase(SQLException e) {
        return e.getErrorCode() == 1049 && "42000".equals(e.getSQLState());
    }

    @Override
    public void close() {
        pool.close();
    }
}
