package dev.boxcar.spring;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

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

    /** One of them, and its transactions. */
    @Configuration(proxyBeanMethods = false)
    static class WithTransactions {
        @Bean
        HikariDataSource dataSource() {
            return pool();
        }

        @Bean
        PlatformTransactionManager transactions(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }
}
