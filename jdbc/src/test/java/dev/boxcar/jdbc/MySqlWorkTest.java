package dev.boxcar.jdbc;

import static dev.boxcar.testkit.StorageDriver.LONG;
import static dev.boxcar.testkit.StorageDriver.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.StoredEntry;
import dev.boxcar.testkit.StorageDriver;
import dev.boxcar.testkit.StorageReader;
import dev.boxcar.testservers.MariaDbServer;
import dev.boxcar.testservers.MySqlServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many rows MySQL and MariaDB touch, as they count it themselves, and whose. */
class MySqlWorkTest {

    @SuppressWarnings("ImmutableEnumChecker") // a server's database is made when it is first asked for
    enum Server {
        MARIADB(() -> MariaDbServer.shared().newDatabase("work")),
        MYSQL(() -> MySqlServer.shared().newDatabase("work"));

        private final Supplier<String> newDatabase;
        private String url = "";

        Server(Supplier<String> newDatabase) {
            this.newDatabase = newDatabase;
        }

        /** Who waits for another's lock is told so after a second. */
        synchronized String url() {
            if (url.isEmpty()) {
                url = newDatabase.get();
            }
            return url + (url.contains("?") ? "&" : "?") + "sessionVariables=innodb_lock_wait_timeout=1";
        }
    }

    private static final int PAGE = 1_000;

    private static final List<String> BY_INDEX =
            List.of("Handler_read_key", "Handler_read_next", "Handler_read_first", "Handler_read_prev");

    private static final List<String> OTHERWISE = List.of("Handler_read_rnd", "Handler_read_rnd_next");

    /** An outbox whose partitions are all claimed. With one connection, what that counts is what the storage did. */
    private static final class Work implements AutoCloseable {
        final JdbcFixture fixture;
        final StorageDriver<Connection> driver;
        final Session session;
        final Map<Integer, Claim> claims;

        Work(Server server, int connections) {
            fixture = new JdbcFixture(
                    server.url(), null, JdbcStorage.DEFAULT_TABLE, config -> config.setMaximumPoolSize(connections));
            driver = new StorageDriver<>(fixture);
            session = driver.join("p", LONG);
            claims = driver.takeAll(session, LONG);
        }

        void write(int messages) {
            driver.write(
                    "",
                    IntStream.range(0, messages)
                            .mapToObj(i -> Message.of("k" + i, "m" + i))
                            .toList());
        }

        void delete(List<StoredEntry> entries) {
            driver.storage().settle(session, StorageDriver.published(claims, entries));
        }

        Map<String, Long> counters() throws SQLException {
            try (Connection connection = fixture.dataSource.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("show session status like 'Handler\\_%'")) {
                Map<String, Long> counters = new HashMap<>();
                while (rows.next()) {
                    counters.put(rows.getString(1), rows.getLong(2));
                }
                return counters;
            }
        }

        @Override
        public void close() throws SQLException {
            fixture.close();
        }
    }

    private static long grown(Map<String, Long> before, Map<String, Long> after, List<String> names) {
        return names.stream()
                .mapToLong(name -> after.getOrDefault(name, 0L) - before.getOrDefault(name, 0L))
                .sum();
    }

    @ParameterizedTest
    @EnumSource
    void aPageLooksAtEachOfItsRowsOnce(Server server) throws SQLException {
        try (Work work = new Work(server, 1)) {
            work.write(10 * PAGE);
            StorageReader reader = work.driver.reader();
            assertThat(reader.page(PAGE).entries()).hasSize(PAGE);
            Map<String, Long> before = work.counters();

            assertThat(reader.page(PAGE).entries()).hasSize(PAGE);

            Map<String, Long> after = work.counters();
            assertThat(grown(before, after, BY_INDEX)).isBetween((long) PAGE, PAGE + 100L);
            // Telling the counters takes some hundred by itself.
            assertThat(grown(before, after, OTHERWISE))
                    .as("rows that were sorted or kept in between")
                    .isLessThan(PAGE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void deletingLooksAtEachOfItsRowsOnce(Server server) throws SQLException {
        try (Work work = new Work(server, 1)) {
            work.write(10 * PAGE);
            List<StoredEntry> page = work.driver.reader().page(2 * PAGE).entries();
            // First a run, then single ones, more than one list of ids holds.
            List<StoredEntry> some = IntStream.range(0, page.size())
                    .filter(i -> i < PAGE / 2 || i % 2 == 0)
                    .mapToObj(page::get)
                    .toList();
            Map<String, Long> before = work.counters();

            work.delete(some);

            Map<String, Long> after = work.counters();
            assertThat(grown(before, after, List.of("Handler_delete"))).isEqualTo(some.size());
            // And beside the claims' rows, one step to the end of a range.
            assertThat(grown(before, after, BY_INDEX))
                    .isBetween((long) some.size(), some.size() + 4L * Dialect.PARTITIONS);
            assertThat(grown(before, after, OTHERWISE))
                    .as("rows that were kept in between")
                    .isLessThan(PAGE);
            assertThat(work.driver.stored()).hasSize(10 * PAGE - some.size()).doesNotContainAnyElementsOf(some);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyReadBehindADeletedBacklogLooksAtNothing(Server server) throws SQLException {
        try (Work work = new Work(server, 1)) {
            work.write(5 * PAGE);
            StorageReader reader = work.driver.reader();
            work.delete(reader.readOn(PAGE));
            Map<String, Long> before = work.counters();

            for (int i = 0; i < 10; i++) {
                assertThat(reader.readOn(PAGE)).isEmpty();
            }

            assertThat(grown(before, work.counters(), BY_INDEX)).isLessThan(10 * 10);
        }
    }

    /** Neither for rows in between, nor for the one behind the end of a range, nor because a small table is rather walked over. */
    @ParameterizedTest
    @EnumSource
    void deletingWaitsForNobodyWhoWritesBetweenTheEntries(Server server) throws SQLException {
        try (Work work = new Work(server, 16)) {
            List<Connection> open = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                open.add(work.driver.begin("", Message.of("open", "open")));
                work.write(i + 1);
            }
            List<StoredEntry> entries = work.driver.stored();
            assertThat(entries).hasSize(36);

            work.delete(entries);

            assertThat(work.driver.stored()).isEmpty();
            open.forEach(work.driver::commit);
            assertThat(work.driver.texts()).hasSize(8).containsOnly("open");
        }
    }

    /** What the database leaves out or sends needlessly, because names are not compared there exactly, makes no difference. */
    @ParameterizedTest
    @EnumSource
    void namespacesWithCommasAndSpacesAreChosenExactly(Server server) throws SQLException {
        try (Work work = new Work(server, 16)) {
            List<String> names = List.of("", "a", "b", "a,b", "a ", "A", ",");
            names.forEach(name -> work.driver.write(name, Message.of("k", name)));
            Set<Integer> all = work.driver.allPartitions();
            for (String name : names) {
                assertThat(texts(work.driver
                                .reader(all, NamespaceFilter.only(Set.of(name)))
                                .readOn(10)))
                        .as("only '%s'", name)
                        .containsExactly(name);
                assertThat(texts(work.driver
                                .reader(all, NamespaceFilter.except(Set.of(name)))
                                .readOn(10)))
                        .as("all but '%s'", name)
                        .containsExactlyElementsOf(names.stream()
                                .filter(other -> !other.equals(name))
                                .toList());
            }
        }
    }
}
