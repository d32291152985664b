package dev.boxcar.examples.testing;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.testservers.PostgresServer;

/** The same on PostgreSQL. */
class OrderDeskOnPostgresTest extends OrderDeskTest {

    @Override
    HikariDataSource newDatabase() throws Exception {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(PostgresServer.shared().newDatabase("desk"));
        pool.setUsername("postgres");
        return pool;
    }
}
