package dev.boxcar.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerTest extends JdbcServerTest {

    @Override
    JdbcServer start() {
        return PostgresServer.start();
    }

    @Override
    String expectedVersion() {
        return "18.6";
    }

    @Test
    void commitsAreDurable() throws SQLException {
        try (PostgresServer server =
                PostgresServer.builder().setting("max_connections", "33").start()) {
            assertThat(query(server.url(), "show fsync")).isEqualTo("on");
            assertThat(query(server.url(), "show synchronous_commit")).isEqualTo("on");
            assertThat(query(server.url(), "show wal_level")).isEqualTo("logical");
            assertThat(query(server.url(), "show max_connections")).isEqualTo("33");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17})
    void runsInOlderVersions(int version) throws SQLException {
        try (PostgresServer server = PostgresServer.builder().version(version).start()) {
            assertThat(query(server.url(), "show server_version")).startsWith(version + ".");
            server.kill();
            server.restart();
            assertThat(query(server.url(), "select 1")).isEqualTo("1");
        }
    }

    @Test
    void isSharedByAllTestsOfThisJvm() {
        PostgresServer shared = PostgresServer.shared();

        assertThat(shared).isSameAs(PostgresServer.shared(PostgresServer.DEFAULT_VERSION));
        assertThat(shared.isRunning()).isTrue();
    }

    @Test
    void takesAnotherPortWhereThatIsAskedFor() {
        int port = Ports.free();
        try (PostgresServer server = PostgresServer.builder().port(port).start()) {
            assertThat(server.port()).isEqualTo(port);
            PostgresServer.Builder second = PostgresServer.builder().port(port);
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Address already in use");
        }
    }

    @Test
    void aVersionThatDoesNotExistIsAnError() {
        PostgresServer.Builder builder = PostgresServer.builder().version(9);
        assertThatThrownBy(builder::start).hasMessageContaining("no server postgres.9");
    }

    @Test
    void aSettingThatDoesNotExistIsAnErrorThatShowsTheLog() {
        PostgresServer.Builder builder = PostgresServer.builder().setting("no_such_setting", "1");
        assertThatThrownBy(builder::start)
                .hasMessageContaining("PostgreSQL 18.6 ended while starting")
                .hasMessageContaining("no_such_setting");
    }
}
