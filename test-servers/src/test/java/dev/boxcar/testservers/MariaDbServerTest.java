package dev.boxcar.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class MariaDbServerTest extends JdbcServerTest {

    @Override
    JdbcServer start() {
        return MariaDbServer.start();
    }

    @Override
    String expectedVersion() {
        return "11.4";
    }

    @Test
    void commitsAreDurable() throws SQLException {
        try (MariaDbServer server =
                MariaDbServer.builder().setting("innodb_lock_wait_timeout", "7").start()) {
            assertThat(query(server.url(), "select @@innodb_flush_log_at_trx_commit"))
                    .isEqualTo("1");
            assertThat(query(server.url(), "select @@innodb_lock_wait_timeout")).isEqualTo("7");
        }
    }
}
