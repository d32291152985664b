package dev.boxcar.examples.guide;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Message;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.testkit.scenario.OutboxScenario;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pools that the guide shows for SQLite and H2. */
class EmbeddedDatabasesTest {

    @Test
    void sqlite(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("app.db");
        // tag::sqlite[]
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl("jdbc:sqlite:" + file);
        pool.addDataSourceProperty("journal_mode", "WAL"); // readers do not wait for the writer
        pool.addDataSourceProperty("busy_timeout", "10000"); // ms; writers wait for one another instead of failing
        pool.addDataSourceProperty("transaction_mode", "IMMEDIATE"); // a transaction that reads first can still write
        // end::sqlite[]
        delivers(pool);
    }

    @Test
    void h2(@TempDir Path folder) throws Exception {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl("jdbc:h2:file:" + folder.resolve("app"));
        delivers(pool);
    }

    private static void delivers(HikariConfig pool) throws SQLException {
        try (HikariDataSource dataSource = new HikariDataSource(pool)) {
            JdbcStorage storage =
                    JdbcStorage.builder(dataSource).createIfMissing(true).build();
            OutboxScenario<Connection> scenario = OutboxScenario.on(storage, dataSource);
            scenario.stimulate(connection -> scenario.outbox().publish(connection, Message.of("customer-7", "tea")))
                    .thenPublished()
                    .withPayload("tea")
                    .once();
        }
    }
}
