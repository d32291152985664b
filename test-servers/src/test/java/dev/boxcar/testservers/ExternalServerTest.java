package dev.boxcar.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that somebody else has started, and the other settings. */
class ExternalServerTest {

    @Test
    void aDatabaseServerNamedByASettingIsUsedAndLeftAlone() throws Exception {
        try (PostgresServer other = PostgresServer.start()) {
            String url = "jdbc:postgresql://127.0.0.1:" + other.port() + "/postgres";
            withSettings(
                    Map.of(
                            "BOXCAR_TEST_POSTGRES_URL", url,
                            "BOXCAR_TEST_POSTGRES_USER", "postgres",
                            "BOXCAR_TEST_POSTGRES_PASSWORD", "s&cret"),
                    () -> useAndLeaveAlone(other.port()));

            assertThat(other.isRunning()).isTrue();
            assertThat(JdbcServerTest.query(
                            other.url(), "select count(*) from pg_database where datname like 'mine_%'"))
                    .isEqualTo("0");
        }
    }

    private static void useAndLeaveAlone(int port) throws SQLException {
        PostgresServer server = PostgresServer.builder().version(15).start();

        assertThat(server.url()).endsWith("/postgres?user=postgres&password=s%26cret");
        assertThat(server.port()).isEqualTo(port);
        assertThat(server.isRunning()).isTrue();
        assertThat(server.name()).contains("BOXCAR_TEST_POSTGRES_URL");
        assertThat(JdbcServerTest.query(server.newDatabase("mine"), "select 1")).isEqualTo("1");
        assertThatThrownBy(server::kill)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("cannot be killed")
                .hasMessageContaining("without BOXCAR_TEST_POSTGRES_URL the tests start a server of their own");
        assertThatThrownBy(server::pause).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(server::resume).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(server::stop).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(server::restart).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(server::pid).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(server::directory).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(server::logFile).isInstanceOf(UnsupportedOperationException.class);
        server.close();
    }

    @Test
    void aBrokerNamedByASettingIsUsed() throws Exception {
        withSettings(Map.of("BOXCAR_TEST_KAFKA_BOOTSTRAP", "broker-1:9092,broker-2:9093"), () -> {
            KafkaServer server = KafkaServer.start();

            assertThat(server.bootstrapServers()).isEqualTo("broker-1:9092,broker-2:9093");
            assertThat(server.port()).isEqualTo(9092);
            assertThatThrownBy(server::kill).isInstanceOf(UnsupportedOperationException.class);
        });
    }

    @Test
    void everyStartIsReportedWhereThatIsAskedFor(@TempDir Path folder) throws Exception {
        Path report = folder.resolve("report");
        withSettings(Map.of("BOXCAR_SERVERS_REPORT", report.toString()), () -> {
            try (PostgresServer server = PostgresServer.start()) {
                ProcessIdentity process = ProcessIdentity.of(server.pid()).orElseThrow();
                assertThat(Files.readString(report)).isEqualTo(process + "\t" + server.name() + "\n");
            }
        });
    }

    private static void withSettings(Map<String, String> settings, Action action) throws Exception {
        settings.forEach(System::setProperty);
        try {
            action.run();
        } finally {
            settings.keySet().forEach(System::clearProperty);
        }
    }

    private interface Action {
        void run() throws Exception;
    }
}
