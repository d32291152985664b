package dev.boxcar.spring;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.atomic.AtomicInteger;

/** Databases in memory, each a new one. */
final class Databases {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Databases() {}

    static String url() {
        return "jdbc:h2:mem:spring" + NUMBER.incrementAndGet() + ";DB_CLOSE_DELAY=-1";
    }

    static HikariDataSource pool() {
        return pool(true);
    }

    /** Closed by the context in which it is a bean. */
    static HikariDataSource pool(boolean autoCommit) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url());
        config.setAutoCommit(autoCommit);
        return new HikariDataSource(config);
    }
}
