package dev.boxcar.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariConfig;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.Outbox;
import dev.boxcar.PublishResults;
import dev.boxcar.SchemaException;
import dev.boxcar.testservers.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Processors that would look by themselves an hour later. */
class PostgresListenerTest {

    private static final String LISTENER = "&ApplicationName=the-listener";
    private static final Duration LATER = Duration.ofHours(1);

    private final Logger logger = (Logger) LoggerFactory.getLogger(PostgresListener.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<String> published = new CopyOnWriteArrayList<>();

    @BeforeEach
    void watchTheLog() {
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
    }

    @AfterEach
    void nothingIsLeft() {
        logger.detachAppender(log);
        logger.setLevel(null);
        logger.setAdditive(true);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().endsWith("-listener"));
    }

    private List<String> logged(Level level) {
        return log.list.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > Duration.ofSeconds(30).toNanos()) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static long number(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The process of the database that serves the listener, or 0. */
    private static long listener(String url) {
        return number(
                url,
                "select coalesce(max(pid), 0) from pg_stat_activity where application_name = 'the-listener'"
                        + " and datname = current_database()");
    }

    private CompletableFuture<PublishResults> publish(List<ClaimedEntry> entries) {
        entries.forEach(entry -> published.add(new String(entry.payload(), StandardCharsets.UTF_8)));
        return CompletableFuture.completedFuture(PublishResults.allSent());
    }

    private Outbox<Connection> outbox(JdbcStorage storage, PostgresListener listener) {
        return Outbox.<Connection>builder()
                .storage(storage)
                .publisher(this::publish)
                .wakeSource(listener)
                .settings(s -> s.processInterval(LATER).minPollInterval(LATER))
                .build();
    }

    private static PostgresListener direct(JdbcStorage storage, String url) {
        return PostgresListener.of(storage, () -> DriverManager.getConnection(url + LISTENER));
    }

    private void writes(String url, JdbcFixture fixture, String payload) {
        String table = fixture.names.in(Database.POSTGRESQL, "${outbox}");
        execute(url, "insert into " + table + " (message_key, payload) values ('k', '" + payload + "')");
    }

    private void isPublished(String payload) {
        await(payload + " is published", () -> published.contains(payload));
    }

    @ParameterizedTest
    @CsvSource({"15,false", "15,true", "18,false", "18,true"})
    void writersInPlainSqlWakeAProcessor(int version, boolean otherNames) throws SQLException {
        String url = PostgresServer.shared(version).newDatabase("listen");
        JdbcFixture fixture = otherNames ? JdbcFixture.strange(url, JdbcFixture.OTHER_SCHEMA) : new JdbcFixture(url);
        JdbcStorage storage =
                fixture.builder().createIfMissing(true).notifying(true).build();
        storage.schema().applyNotify(); // does nothing
        try (Outbox<Connection> outbox = outbox(storage, direct(storage, url))) {
            outbox.start();
            await("it listens", () -> !logged(Level.INFO).isEmpty());
            for (int i = 0; i < 5; i++) {
                writes(url, fixture, "m" + i);
                isPublished("m" + i);
            }
        }
        await("the connection is closed", () -> listener(url) == 0);
        assertThat(published).hasSize(5);
        assertThat(logged(Level.WARN)).isEmpty();
        fixture.close();
    }

    @Test
    void aListenerWhoseConnectionIsKilledComesBackAndMissesNothing() throws SQLException {
        String url = PostgresServer.shared().newDatabase("listen");
        JdbcFixture fixture = new JdbcFixture(url);
        JdbcStorage storage =
                fixture.builder().createIfMissing(true).notifying(true).build();
        try (Outbox<Connection> outbox = outbox(storage, direct(storage, url))) {
            outbox.start();
            await("it listens", () -> !logged(Level.INFO).isEmpty());
            for (int i = 0; i < 2; i++) {
                int round = i;
                assertThat(number(url, "select pg_terminate_backend(" + listener(url) + ")::int"))
                        .isEqualTo(1);
                writes(url, fixture, "while deaf " + i);
                isPublished("while deaf " + i);
                await("it listens again", () -> logged(Level.INFO).size() == 2 + round && listener(url) != 0);
                writes(url, fixture, "later " + i);
                isPublished("later " + i);
            }
        }
        assertThat(logged(Level.WARN)).hasSize(2).allMatch(line -> line.contains("no longer listens"));
        assertThat(logged(Level.INFO)).hasSize(3);
        fixture.close();
    }

    @Test
    void aRestartOfTheServerIsSurvivedWithOneLine() throws SQLException {
        try (PostgresServer server = PostgresServer.start()) {
            String url = server.newDatabase("listen");
            JdbcFixture fixture = new JdbcFixture(url);
            JdbcStorage storage =
                    fixture.builder().createIfMissing(true).notifying(true).build();
            try (Outbox<Connection> outbox = outbox(storage, direct(storage, url))) {
                outbox.start();
                await("it listens", () -> !logged(Level.INFO).isEmpty());
                server.stop();
                await("it says so", () -> !logged(Level.WARN).isEmpty());
                LockSupport.parkNanos(1_000_000_000); // some vain tries
                server.restart();
                await("it listens again", () -> logged(Level.INFO).size() == 2);
                writes(url, fixture, "afterwards");
                isPublished("afterwards");
            }
            assertThat(logged(Level.WARN)).hasSize(1);
            fixture.close();
        }
    }

    @Test
    void aPoolThatListeningTookAConnectionFromIsAsBefore() throws SQLException {
        String url = PostgresServer.shared().newDatabase("listen");
        JdbcFixture fixture = JdbcFixture.strange(url, JdbcFixture.OTHER_SCHEMA);
        JdbcStorage storage =
                fixture.builder().createIfMissing(true).notifying(true).build();
        try (Outbox<Connection> outbox = outbox(storage, PostgresListener.of(storage))) {
            outbox.start();
            await("it listens", () -> !logged(Level.INFO).isEmpty());
            writes(url, fixture, "one");
            isPublished("one");
        }
        assertThat(fixture.dataSource.getHikariPoolMXBean().getActiveConnections())
                .isZero();
        for (int i = 0; i < 5; i++) {
            try (Connection connection = fixture.dataSource.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet channels = statement.executeQuery("select pg_listening_channels()")) {
                assertThat(channels.next()).as("it still listens").isFalse();
            }
        }
        fixture.close(); // fails when a connection was not given back
    }

    @Test
    void eachTableHasAChannelOfItsOwn() throws SQLException {
        String url = PostgresServer.shared().newDatabase("listen");
        String longest = "a".repeat(41);
        List<TableNames> names = List.of(
                new TableNames(null, JdbcStorage.DEFAULT_TABLE),
                new TableNames("other", JdbcStorage.DEFAULT_TABLE),
                new TableNames("b".repeat(41), longest),
                new TableNames("b".repeat(41), longest.toUpperCase(Locale.ROOT)));
        List<String> channels = new CopyOnWriteArrayList<>();
        for (TableNames each : names) {
            JdbcFixture fixture = new JdbcFixture(url, each.schema(), each.table(), config -> {});
            JdbcStorage storage = fixture.builder().createIfMissing(true).build();
            assertThatThrownBy(() -> storage.schema().checkNotify()).isInstanceOf(SchemaException.class);
            storage.schema().applyNotify();
            storage.schema().checkNotify();
            try (Connection listening = DriverManager.getConnection(url)) {
                channels.add(Objects.requireNonNull(NotifyTrigger.find(listening, each))
                        .channel());
            }
            fixture.close();
        }
        assertThat(channels)
                .doesNotHaveDuplicates()
                .allMatch(channel -> channel.getBytes(StandardCharsets.UTF_8).length <= 63);
    }

    @Test
    void itDoesNotStartWhereNobodyNotifies() throws SQLException {
        String url = PostgresServer.shared().newDatabase("listen");
        JdbcFixture fixture = new JdbcFixture(url);
        JdbcStorage storage = fixture.builder().createIfMissing(true).build();
        try (Outbox<Connection> outbox = outbox(storage, direct(storage, url))) {
            assertThatThrownBy(outbox::start)
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("boxcar schema apply --notify");
            storage.schema().applyNotify();
            execute(url, "alter table boxcar_outbox disable trigger boxcar_outbox_notify");
            assertThatThrownBy(outbox::start)
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("missing or disabled");
            storage.schema().applyNotify();
            outbox.start();
            await("it listens", () -> !logged(Level.INFO).isEmpty());
        }
        fixture.close();
    }

    @Test
    void whatCannotNotifyIsRefused() throws SQLException {
        JdbcFixture h2 = new JdbcFixture("jdbc:h2:mem:listen");
        JdbcStorage storage = h2.builder().createIfMissing(true).build();
        try (Outbox<Connection> outbox = outbox(storage, PostgresListener.of(storage))) {
            assertThatThrownBy(outbox::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("only PostgreSQL can notify");
        }
        assertThatThrownBy(() -> h2.builder().notifying(true).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("createIfMissing");
        h2.close();
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** One trip to the server must leave nothing behind: no setting, and after a failure no transaction. */
    @ParameterizedTest
    @CsvSource({"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
    void aReadInOneTripLeavesTheConnectionAsItWas(String mode) throws SQLException {
        String url = PostgresServer.shared().newDatabase("trip") + "&preferQueryMode=" + mode;
        JdbcFixture fixture = new JdbcFixture(
                url, null, JdbcStorage.DEFAULT_TABLE, (HikariConfig config) -> config.setMaximumPoolSize(1));
        Connections connections = new Connections(fixture.dataSource, Database.POSTGRESQL, "here");
        String good = Connections.inOneTrip("select current_setting('enable_sort') || ?");
        String bad = Connections.inOneTrip("select 1 / (? - 5)");
        for (int i = 0; i < 10; i++) { // the driver prepares it at the server from the fifth time on
            String found = connections.inOneTrip("trying", connection -> {
                try (var statement = connection.prepareStatement(good)) {
                    statement.setString(1, "!");
                    try (ResultSet row = Connections.rows(statement)) {
                        row.next();
                        return row.getString(1);
                    }
                }
            });
            assertThat(found).isEqualTo("off!");
            assertThatThrownBy(() -> connections.inOneTrip("trying", connection -> {
                        try (var statement = connection.prepareStatement(bad)) {
                            statement.setInt(1, 5);
                            return Connections.rows(statement).next();
                        }
                    }))
                    .hasMessageContaining("22012");
            try (Connection connection = fixture.dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(true);
                assertThat(text(statement, "show enable_sort")).isEqualTo("on");
                assertThat(text(statement, "select now()"))
                        .as("the beginning of the transaction")
                        .isNotEqualTo(text(statement, "select now()"));
            }
        }
        fixture.close();
    }
}
