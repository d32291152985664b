package dev.boxcar.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every database server must do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JdbcServerTest {

    private JdbcServer server;

    abstract JdbcServer start();

    /** How the server calls its version. */
    abstract String expectedVersion();

    @BeforeAll
    void startOnce() {
        server = start();
    }

    @AfterAll
    void close() {
        server.close();
    }

    @Test
    void answersWithTheExpectedVersion() throws SQLException {
        assertThat(query(server.url(), "select version()")).contains(expectedVersion());
        assertThat(server.name()).contains(expectedVersion());
        assertThat(server.isRunning()).isTrue();
        assertThat(server.toString()).isEqualTo(server.name() + " on port " + server.port());
    }

    @Test
    void givesEachTestItsOwnDatabase() throws SQLException {
        String first = server.newDatabase("Orders Test");
        String second = server.newDatabase("Orders Test");

        execute(first, "create table t (id int primary key)");
        execute(second, "create table t (id int primary key)");
        assertThat(first).contains("/orders_test_").isNotEqualTo(second);
    }

    @Test
    void keepsCommittedDataWhenKilled() throws SQLException {
        String url = server.newDatabase("kill");
        execute(url, "create table t (id int primary key)");
        execute(url, "insert into t values (42)");
        int port = server.port();
        long pid = server.pid();

        server.kill();

        assertThat(server.isRunning()).isFalse();
        assertThat(ProcessIdentity.of(pid)).isEmpty();
        assertThatThrownBy(() -> query(url, "select 1")).isInstanceOf(SQLException.class);

        server.restart();

        assertThat(server.port()).isEqualTo(port);
        assertThat(query(url, "select id from t")).isEqualTo("42");
    }

    @Test
    void keepsDataWhenStopped() throws SQLException {
        String url = server.newDatabase("stop");
        execute(url, "create table t (id int primary key)");
        execute(url, "insert into t values (43)");

        server.stop();
        assertThat(server.isRunning()).isFalse();
        server.stop();
        assertThatThrownBy(server::pid)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not running");
        server.restart();

        assertThat(query(url, "select id from t")).isEqualTo("43");
    }

    @Test
    void answersNothingWhilePausedAndGoesOnAfterwards() throws Exception {
        try (Connection connection = DriverManager.getConnection(server.url())) {
            server.pause();
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return query(connection, "select 7");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThatThrownBy(() -> answer.get(700, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(server.isRunning()).isTrue();
            server.resume();

            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("7");
        }
    }

    @Test
    void canBeKilledWhilePaused() throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url())) {
            assertThat(connection.isValid(1)).isTrue();
            server.pause();
            server.kill();
        }
        server.restart();
        assertThat(query(server.url(), "select 1")).isEqualTo("1");
    }

    @Test
    void leavesNothingBehindWhenClosed() {
        JdbcServer other = start();
        Path directory = other.directory();
        long pid = other.pid();
        assertThat(other.logFile()).isNotEmptyFile();
        assertThat(other.port()).isNotEqualTo(server.port());

        other.close();

        assertThat(Files.exists(directory)).isFalse();
        assertThat(ProcessIdentity.of(pid)).isEmpty();
    }

    static String query(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            return query(connection, sql);
        }
    }

    static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
