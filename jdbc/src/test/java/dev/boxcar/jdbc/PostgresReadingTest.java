package dev.boxcar.jdbc;

import static dev.boxcar.testkit.StorageDriver.LONG;
import static dev.boxcar.testkit.StorageDriver.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import dev.boxcar.Message;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.StoredEntry;
import dev.boxcar.testkit.StorageDriver;
import dev.boxcar.testkit.StorageReader;
import dev.boxcar.testservers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is particular to reading by snapshots. */
class PostgresReadingTest {

    private static final String URL = PostgresServer.shared().newDatabase("reading");

    private JdbcFixture fixture;
    private StorageDriver<Connection> driver;
    private Session session;

    @BeforeEach
    void open() {
        open(config -> {});
    }

    private void open(java.util.function.Consumer<HikariConfig> settings) {
        fixture = new JdbcFixture(URL, null, JdbcStorage.DEFAULT_TABLE, settings);
        driver = new StorageDriver<>(fixture);
        session = driver.join("p", LONG);
    }

    @AfterEach
    void close() throws SQLException {
        fixture.close();
    }

    private void heartbeat() {
        assertThat(driver.storage().heartbeat(session, LONG, false).alive()).isTrue();
    }

    private long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /**
     * The snapshot's xmax is one more than the last transaction that ended, so the open transaction above it has an id below
     * one that was read. A floor taken from what was read would lose it.
     */
    @Test
    void anOpenTransactionAboveXmaxWhoseIdIsBelowOneThatWasReadIsNotLost() throws SQLException {
        StorageReader reader = driver.reader();
        reader.readOn(10);
        for (int round = 0; round < 5; round++) {
            Connection ends = driver.begin();
            Connection stays = driver.begin();
            long lower = number(ends, "select pg_current_xact_id()::text::bigint");
            long higher = number(stays, "select pg_current_xact_id()::text::bigint");
            assertThat(higher).isGreaterThan(lower);
            driver.publish(stays, "", Message.of("k", "stays " + round));
            driver.publish(ends, "", Message.of("k", "ends " + round));
            driver.commit(ends);
            List<String> found = new ArrayList<>(texts(reader.readOn(10)));
            assertThat(found).containsExactly("ends " + round);
            for (int i = 0; i < round; i++) {
                heartbeat();
                assertThat(reader.readOn(10)).isEmpty();
            }

            driver.commit(stays);

            assertThat(texts(reader.readOn(10))).containsExactly("stays " + round);
        }
    }

    /**
     * While a sequence writes its log it shows ids as handed out that are not: up to 32 too many, for some microseconds. A busy
     * machine stretches them. What was written next was hidden behind the floor until the reader started anew.
     */
    @Test
    void whatASequenceShowsWhileItLogsAheadDoesNotRaiseTheFloor() throws SQLException {
        IdFloor floor = new IdFloor();
        PostgresReader reader = new PostgresReader(new TableNames(null, JdbcStorage.DEFAULT_TABLE), floor);
        Connections connections = new Connections(fixture.dataSource, Database.POSTGRESQL, "here");
        driver.write("", Message.of("k", "m"));
        long handedOut;
        try (Connection connection = fixture.dataSource.getConnection()) {
            handedOut = number(connection, "select max(id) from boxcar_outbox");
        }

        reader.read(connections, new ReadRequest(Set.of(0), NamespaceFilter.ALL, null, 10, 1_000_000));

        assertThat(Objects.requireNonNull(floor.reached()).id()).isLessThan(handedOut - 31);
    }

    @Test
    void everyEntryIsReturnedOnceThoughNothingIsDeleted() {
        StorageReader reader = driver.reader();
        for (int round = 0; round < 20; round++) {
            Connection open = driver.begin("", Message.of("a", "open"));
            driver.write(
                    "",
                    IntStream.range(0, 30)
                            .mapToObj(i -> Message.of("k" + i, "m"))
                            .toList());
            if (round % 3 == 0) {
                heartbeat();
            }
            assertThat(reader.readOn(7)).hasSize(30);
            driver.commit(open);
            assertThat(reader.readOn(7)).hasSize(1);
        }
    }

    @Test
    void entriesOfADumpFromAnotherClusterAreReadInTheirOrder() throws SQLException {
        driver.storage().leave(session);
        for (int i = 0; i < 30; i++) {
            // Foreign numbers: above what this cluster has handed out, and among those it will hand out next.
            fixture.execute("insert into ${outbox} (xid, message_key, payload) select "
                    + (i % 2 == 0
                            ? "'999999999'"
                            : "(pg_snapshot_xmax(pg_current_snapshot())::text::bigint + " + i + ")::text::xid8")
                    + ", 'k', convert_to('" + i + "', 'UTF8')");
        }
        Connection open = driver.begin("", Message.of("other", "open"));
        session = driver.join("p", LONG);
        StorageReader reader = driver.reader();

        assertThat(texts(reader.readOn(4)))
                .containsExactlyElementsOf(
                        IntStream.range(0, 30).mapToObj(Integer::toString).toList());
        driver.commit(open);
        assertThat(texts(reader.readOn(4))).containsExactly("open");
        for (int i = 0; i < 40; i++) {
            driver.write("", Message.of("k", "new " + i));
            heartbeat();
            assertThat(texts(reader.readOn(4))).containsExactly("new " + i);
        }
    }

    /** Dead rows that cannot be vacuumed are visited when they are fresh, never again; and no statement sorts or scans all. */
    @Test
    void aDeletedBacklogUnderAPinnedSnapshotCostsNothing() throws SQLException {
        fixture.close();
        try (Connection pin = java.sql.DriverManager.getConnection(URL)) {
            pin.setAutoCommit(false);
            pin.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            number(pin, "select count(*) from pg_class");
            open(config -> config.setMaximumPoolSize(1));
            fixture.execute("alter table ${outbox} set (autovacuum_enabled = off)");
            Map<Integer, Claim> claims = driver.takeAll(session, LONG);
            StorageReader reader = driver.reader();
            for (int i = 0; i < 20; i++) {
                driver.write(
                        "",
                        IntStream.range(0, 1_000)
                                .mapToObj(n -> Message.of("k" + n, "m"))
                                .toList());
                List<StoredEntry> entries = reader.readOn(1_000);
                assertThat(entries).hasSize(1_000);
                driver.storage().settle(session, StorageDriver.published(claims, entries));
            }
            reader.readOn(1_000);
            long[] before = visited();

            for (int i = 0; i < 50; i++) {
                assertThat(reader.readOn(1_000)).isEmpty();
                heartbeat();
            }

            long[] after = visited();
            assertThat(before[1]).as("index entries read while there was work").isGreaterThan(20_000);
            assertThat(after[0] - before[0]).as("rows read by sequential scans").isZero();
            assertThat(after[1] - before[1])
                    .as("index entries read by 50 empty reads, of which each may look at 32 below the newest id")
                    .isLessThan(50 * 32 + 200);
        }
    }

    @Test
    void whatAnOpenTransactionWroteIsNotLookedThroughBeforeItEnds() throws SQLException {
        fixture.close();
        open(config -> config.setMaximumPoolSize(2));
        StorageReader reader = driver.reader();
        Connection open = driver.begin();
        try (Statement statement = open.createStatement()) {
            statement.execute("insert into boxcar_outbox (payload) select '\\x00' from generate_series(1, 20000)");
        }
        driver.write("", Message.of("k", "m"));
        assertThat(reader.readOn(1_000)).hasSize(1);
        heartbeat();
        assertThat(reader.readOn(1_000)).isEmpty(); // now it knows what the heartbeat found out
        long[] before = visited();

        for (int i = 0; i < 20; i++) {
            assertThat(reader.readOn(1_000)).isEmpty();
        }

        long[] after = visited();
        assertThat(after[1] - before[1])
                .as("index entries read by 20 empty reads beside 20,000 rows that are not committed")
                .isLessThan(20 * 100);
        driver.commit(open);
        assertThat(reader.readOn(1_000)).hasSize(20_000);
    }

    @Test
    void whoJoinsDoesNotLookThroughWhatIsWaiting() throws SQLException {
        fixture.close();
        open(config -> config.setMaximumPoolSize(1));
        for (int i = 0; i < 5; i++) {
            driver.write(
                    "",
                    IntStream.range(0, 1_000)
                            .mapToObj(n -> Message.of("k" + n, "m"))
                            .toList());
        }
        long[] before = visited();

        driver.join("another", LONG);

        long[] after = visited();
        assertThat(after[0] - before[0]).as("rows read by sequential scans").isZero();
        assertThat(after[1] - before[1]).as("index entries read").isLessThan(1_000);
    }

    /**
     * Statistics of a backlog that few transactions wrote tell the planner that any transaction wrote a large part of the table,
     * and so that walking all of it finds a page soon.
     */
    @Test
    void whatEndedLateIsFoundByItsNumberHoweverFewTransactionsWroteTheBacklog() throws SQLException {
        fixture.close();
        open(config -> config.setMaximumPoolSize(2));
        StorageReader reader = driver.reader();
        fixture.execute("insert into ${outbox} (payload) select '\\x00' from generate_series(1, 20000)");
        assertThat(reader.readOn(1_000)).hasSize(20_000);
        fixture.execute("analyze ${outbox}");
        heartbeat();
        assertThat(reader.readOn(1_000)).isEmpty();
        long[] before = visited();

        for (int i = 0; i < 20; i++) {
            Connection late = driver.begin("", Message.of("k", "late"));
            heartbeat();
            assertThat(reader.readOn(1_000)).isEmpty();
            driver.commit(late);
            assertThat(texts(reader.readOn(1_000))).containsExactly("late");
        }

        long[] after = visited();
        assertThat(after[0] - before[0]).as("rows read by sequential scans").isZero();
        assertThat(after[1] - before[1])
                .as("index entries read by 40 reads behind 20,000 rows")
                .isLessThan(40 * 100);
    }

    private long[] visited() throws SQLException {
        try (Connection connection = fixture.dataSource.getConnection()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("select pg_stat_force_next_flush()");
            }
            return new long[] {
                number(connection, "select seq_tup_read from pg_stat_user_tables where relname = 'boxcar_outbox'"),
                number(connection, "select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'boxcar_outbox'")
            };
        }
    }

    @Test
    void afterARestartOfTheServerReadingStartsFromNothing() throws SQLException {
        fixture.close();
        try (PostgresServer server = PostgresServer.start()) {
            fixture = new JdbcFixture(server.newDatabase("restart"));
            driver = new StorageDriver<>(fixture);
            StorageReader reader = driver.reader();
            driver.write("", Message.of("k", "1"), Message.of("k", "2"));
            assertThat(reader.readOn(1)).hasSize(2);
            assertThat(reader.readOn(1)).isEmpty();

            server.restart();
            fixture.dataSource.getHikariPoolMXBean().softEvictConnections();

            assertThat(texts(reader.readOn(1))).containsExactly("1", "2");
        }
    }
}
