package dev.boxcar.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxWriter;
import dev.boxcar.StorageException;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import dev.boxcar.testservers.MariaDbServer;
import dev.boxcar.testservers.MySqlServer;
import dev.boxcar.testservers.PostgresServer;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What somebody who can write any row, but runs no code of ours, can do to the messages of others: nothing. His own are
 * refused by the database, sent as they are, or stand in the dead letters with the reason.
 */
@Timeout(120)
@SuppressWarnings("NullAway") // writes nulls on purpose
class HostileRowsTest {

    /** A value that is written into the statement as it is. */
    private record Sql(String text) {}

    private static final int LIMIT = 1_000_000;

    @TempDir
    Path folder;

    private JdbcFixture fixture(Database database) {
        return switch (database) {
            case POSTGRESQL -> new JdbcFixture(PostgresServer.shared().newDatabase("hostile"));
            case MYSQL -> new JdbcFixture(MySqlServer.shared().newDatabase("hostile"));
            case MARIADB -> new JdbcFixture(MariaDbServer.shared().newDatabase("hostile"));
            case H2 -> new JdbcFixture("jdbc:h2:mem:hostile" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
            case SQLITE -> JdbcFixture.sqlite(folder.resolve("hostile.db"), null, JdbcStorage.DEFAULT_TABLE, true);
        };
    }

    private static Object time(Database database, String text) {
        return switch (database) {
            case POSTGRESQL, H2 -> new Sql("timestamp with time zone '" + text + "'");
            case MYSQL, MARIADB -> text.replaceAll("\\+00$", "");
            case SQLITE -> new Sql("cast(unixepoch('" + text.replaceAll("\\+00$", "") + "') * 1000 as integer)");
        };
    }

    /** Rows by name, without those that a database has no way to write. */
    private static Map<String, Map<String, Object>> rows(Database database) {
        Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
        BiFunction<String, Object, Map<String, Object>> with = (column, value) -> {
            Map<String, Object> row = new HashMap<>(Map.of("payload", "hostile".getBytes(UTF_8)));
            row.put(column, value);
            return row;
        };
        rows.put("headers are no JSON", with.apply("headers", "{\"a\":"));
        rows.put("headers are a list", with.apply("headers", "[]"));
        rows.put("headers are empty", with.apply("headers", ""));
        rows.put("headers are nested deeply", with.apply("headers", "{\"a\":".repeat(100_000)));
        rows.put("headers are nested lists", with.apply("headers", "[".repeat(500_000)));
        rows.put("headers are many", with.apply("headers", manyHeaders()));
        rows.put("headers have a huge number", with.apply("headers", "{\"a\":" + "1".repeat(500_000) + "}"));
        rows.put("headers hold NUL and half a pair", with.apply("headers", "{\"a\":\"\\u0000\\ud83d\",\"\":\"\"}"));
        rows.put("headers are 2 MiB", with.apply("headers", "{\"a\":\"" + "x".repeat(2 << 20) + "\"}"));
        rows.put("the key is 2 MiB", with.apply("message_key", new byte[2 << 20]));
        rows.put("the payload is too large for the broker", with.apply("payload", new byte[LIMIT + 1]));
        rows.put("the payload is null", with.apply("payload", null));
        rows.put("the namespace is null", with.apply("namespace", null));
        rows.put("the namespace has a line break", with.apply("namespace", "a\nERROR forged line"));
        rows.put("the namespace is 201 characters", with.apply("namespace", "n".repeat(201)));
        rows.put("the namespace is 399 code units", with.apply("namespace", "a" + "\uD83D\uDE83".repeat(199)));
        rows.put("the message id is empty", with.apply("message_id", ""));
        rows.put("the message id is no UUID", with.apply("message_id", "'; drop table x; --"));
        rows.put("the message id is there twice", with.apply("message_id", "good-0"));
        rows.put("the attempts are negative", with.apply("attempts", -1));
        rows.put("the attempts are the largest", with.apply("attempts", Integer.MAX_VALUE));
        rows.put("next attempt long ago", with.apply("next_attempt_at", time(database, "1970-01-02 00:00:00+00")));
        rows.put(
                "next attempt in the year 9999",
                with.apply("next_attempt_at", time(database, "9999-01-01 00:00:00+00")));
        rows.put("created in 1971", with.apply("created_at", time(database, "1971-01-01 00:00:00+00")));
        rows.put("the partition is chosen", with.apply("part", 77));
        if (database == Database.POSTGRESQL) {
            for (String column : List.of("created_at", "next_attempt_at")) {
                for (String time :
                        List.of("infinity", "-infinity", "294276-12-31 23:59:59+00", "4713-01-01 00:00:00+00 BC")) {
                    rows.put(column + " is " + time, with.apply(column, time(database, time)));
                }
            }
            rows.put("the id is negative", with.apply("id", -5));
            rows.put("the transaction number is 0", with.apply("xid", new Sql("'0'")));
            rows.put("the transaction number is the largest", with.apply("xid", new Sql("'18446744073709551615'")));
        }
        if (database == Database.H2) {
            rows.put(
                    "created in the year 1000000",
                    with.apply("created_at", time(database, "1000000-01-01 00:00:00+00")));
            rows.put(
                    "next in the year 1000000",
                    with.apply("next_attempt_at", time(database, "1000000-01-01 00:00:00+00")));
            rows.put("the namespace has half a pair", with.apply("namespace", "a\uD83D"));
            rows.put("the id is negative", with.apply("id", -5));
        }
        if (database == Database.SQLITE) {
            rows.put("created at a text", with.apply("created_at", "yesterday"));
            rows.put("created at the end of numbers", with.apply("created_at", Long.MAX_VALUE));
            rows.put("next at the end of numbers", with.apply("next_attempt_at", Long.MAX_VALUE));
            rows.put("the attempts are a text", with.apply("attempts", "many"));
            rows.put("the attempts are too many", with.apply("attempts", Long.MAX_VALUE));
            rows.put("the namespace is binary", with.apply("namespace", new byte[] {(byte) 0xff, 0}));
            rows.put("the headers are binary", with.apply("headers", new byte[] {(byte) 0xff, 0}));
            rows.put("the payload is a number", with.apply("payload", 5));
        }
        if (database == Database.MYSQL || database == Database.MARIADB) {
            // Its partition is a function of the whole payload, which no function can take.
            Map<String, Object> row = with.apply("payload", new Sql("repeat('x', @@max_allowed_packet)"));
            row.put("message_key", null);
            rows.put("the payload fills a packet", row);
            rows.put("created at zero", with.apply("created_at", "0000-00-00 00:00:00"));
        }
        return rows;
    }

    private static String manyHeaders() {
        StringBuilder headers = new StringBuilder("{");
        for (int i = 0; i < 50_000; i++) {
            headers.append('"').append(i).append("\":1,");
        }
        return headers.append("\"last\":true}").toString();
    }

    /** What became of each row that is not simply sent. */
    private static Map<String, String> expected(Database database) {
        Map<String, String> expected = new HashMap<>();
        String flat = "dead: its headers are not a flat JSON object";
        for (String headers : List.of("no JSON", "a list", "empty", "nested deeply", "nested lists")) {
            expected.put("headers are " + headers, flat);
        }
        expected.put("headers have a huge number", flat);
        expected.put("the payload is too large for the broker", "dead: too large");
        expected.put("the payload is null", "refused");
        expected.put("the namespace is null", "refused");
        expected.put("the namespace has a line break", "dead: its namespace must not contain control characters");
        expected.put("the namespace is 201 characters", "refused");
        expected.put(
                "the namespace is 399 code units",
                database == Database.H2 ? "refused" : "dead: its namespace has 399 characters");
        expected.put("the partition is chosen", "refused");
        boolean checks = database != Database.MYSQL; // before 8.0.16 it ignores them
        expected.put("headers are 2 MiB", checks ? "refused: size_check" : "dead: too large");
        expected.put("the key is 2 MiB", checks ? "refused: size_check" : "dead: too large");
        if (database == Database.H2) {
            expected.put("the key is 2 MiB", "refused");
        }
        if (checks) {
            expected.put("the message id is empty", "refused: message_id_check");
            expected.put("the attempts are negative", "refused: attempts_check");
        }
        for (String time : List.of("infinity", "-infinity", "294276-12-31 23:59:59+00", "4713-01-01 00:00:00+00 BC")) {
            expected.put("created_at is " + time, "refused: created_at_check");
            expected.put("next_attempt_at is " + time, "refused: next_attempt_at_check");
        }
        expected.put("the id is negative", "refused: id_check");
        expected.put("created in the year 1000000", "refused: created_at_check");
        expected.put("next in the year 1000000", "refused: next_attempt_at_check");
        expected.put("the namespace has half a pair", "dead: its namespace must not contain half a surrogate pair");
        for (String typed : List.of(
                "created at a text", "the attempts are a text", "the namespace is binary", "the headers are binary")) {
            expected.put(typed, "refused: types_check");
        }
        expected.put("created at the end of numbers", "refused: created_at_check");
        expected.put("next at the end of numbers", "refused: next_attempt_at_check");
        expected.put("the attempts are too many", "refused: attempts_check");
        expected.put("the payload fills a packet", "refused");
        expected.put("created at zero", database == Database.MYSQL ? "refused" : "sent");
        return expected;
    }

    /** Inserts a row in a transaction of its own; answers the database's refusal, or null. */
    private static String insert(JdbcFixture fixture, Map<String, Object> row) throws SQLException {
        List<String> columns = List.copyOf(row.keySet());
        List<String> values = columns.stream()
                .map(column -> row.get(column) instanceof Sql sql ? sql.text() : "?")
                .toList();
        try (Connection connection = fixture.dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(fixture.names.in(
                        Database.of(connection),
                        "insert into ${outbox} (" + String.join(", ", columns) + ") values ("
                                + String.join(", ", values) + ")"))) {
            int i = 1;
            for (String column : columns) {
                Object value = row.get(column);
                if (value == null && !column.equals("namespace")) {
                    statement.setBytes(i++, null);
                } else if (!(value instanceof Sql)) {
                    statement.setObject(i++, value);
                }
            }
            statement.executeUpdate();
            return null;
        } catch (SQLException e) {
            return "refused: " + e.getMessage();
        }
    }

    private static void good(JdbcFixture fixture, JdbcStorage storage, int from, int to) throws SQLException {
        Connection transaction = fixture.begin();
        OutboxWriter.create(storage)
                .publish(
                        transaction,
                        IntStream.range(from, to)
                                .mapToObj(i -> Message.of("k" + i % 7, "good").withId("good-" + i))
                                .toArray(Message[]::new));
        fixture.commit(transaction);
    }

    private static RecordingPublisher broker() {
        return RecordingPublisher.create().rejecting(entry -> size(entry) > LIMIT, "too large");
    }

    private static int size(ClaimedEntry entry) {
        byte[] key = entry.key();
        return entry.payload().length
                + (key == null ? 0 : key.length)
                + entry.headers().toString().length();
    }

    @ParameterizedTest
    @EnumSource
    void noRowStopsTheOthers(Database database) throws Exception {
        JdbcFixture fixture = fixture(database);
        RecordingPublisher broker = broker();
        List<String> failures = new CopyOnWriteArrayList<>();
        OutboxListener listener = new OutboxListener() {
            @Override
            public void storageFailed(String operation, Throwable cause) {
                failures.add(operation + ": " + cause);
            }
        };
        try {
            JdbcStorage storage = (JdbcStorage) fixture.newStorage();
            good(fixture, storage, 0, 10);
            Map<String, String> outcomes = new TreeMap<>();
            Map<String, String> nameOfId = new HashMap<>();
            for (Map.Entry<String, Map<String, Object>> row : rows(database).entrySet()) {
                Map<String, Object> columns = row.getValue();
                String id = columns.containsKey("message_id")
                        ? String.valueOf(columns.get("message_id"))
                        : "hostile " + nameOfId.size();
                columns.putIfAbsent("message_id", id);
                if (!columns.containsKey("message_key")) {
                    columns.put("message_key", row.getKey().getBytes(UTF_8));
                }
                String refusal = insert(fixture, columns);
                if (refusal != null) {
                    outcomes.put(row.getKey(), refusal);
                } else {
                    nameOfId.put(id, row.getKey());
                }
            }
            good(fixture, storage, 10, 20);

            try (Outbox<Connection> outbox = Outbox.<Connection>builder()
                    .storage(storage)
                    .publisher(broker)
                    .listener(listener)
                    .build()) {
                outbox.pumpOutbox();
                broker.sent().forEach(entry -> {
                    String name = nameOfId.get(entry.messageId());
                    if (name != null) {
                        outcomes.put(name, "sent");
                    }
                });
                for (DeadLetter dead : outbox.deadLetters().list(DeadLetterQuery.all())) {
                    outcomes.put(nameOfId.getOrDefault(dead.entry().messageId(), "?"), "dead: " + dead.reason());
                }
            }

            assertThat(failures).isEmpty();
            assertThat(broker.sent().stream()
                            .map(ClaimedEntry::messageId)
                            .filter(id -> id.startsWith("good-"))
                            .distinct())
                    .as("all messages of others were sent")
                    .hasSize(20);
            assertThat(storage.status().pending()).as("nothing is left").isZero();
            Map<String, String> expected = expected(database);
            rows(database)
                    .keySet()
                    .forEach(name -> assertThat(outcomes.get(name))
                            .as("%s: %s", database, name)
                            .contains(expected.getOrDefault(name, "sent").split(": ", 2)));
        } finally {
            fixture.close();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MYSQL") // whose tested version ignores constraints
    void aWriterIsToldWhatTheTablesRefuse(Database database) throws Exception {
        JdbcFixture fixture = fixture(database);
        try {
            JdbcStorage storage = (JdbcStorage) fixture.newStorage();
            Connection transaction = fixture.begin();
            Message message = Message.of("k", "p").withHeader("canary", "x".repeat(1 << 20));
            try {
                assertThatThrownBy(() -> storage.publish(OutboxContext.DEFAULT, transaction, List.of(message)))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("keys and headers 1 MiB")
                        .satisfies(e -> assertThat(e + " " + e.getCause()).doesNotContain("canary"));
            } finally {
                fixture.rollback(transaction);
            }
        } finally {
            fixture.close();
        }
    }

    /** Keys and headers count as payloads do: a thousand rows with large ones do not come into memory at once. */
    @ParameterizedTest
    @EnumSource
    void largeKeysAndHeadersAreReadInSmallPages(Database database) throws Exception {
        JdbcFixture fixture = fixture(database);
        try {
            JdbcStorage storage = (JdbcStorage) fixture.newStorage();
            String header = "{\"a\":\"" + "x".repeat(100_000) + "\"}";
            for (int i = 0; i < 20; i++) {
                Map<String, Object> row = new HashMap<>(Map.of("payload", new byte[1]));
                row.put(i % 2 == 0 ? "headers" : "message_key", i % 2 == 0 ? header : header.getBytes(UTF_8));
                assertThat(insert(fixture, row)).isNull();
            }
            ReadRequest request = new ReadRequest(
                    IntStream.range(0, 64).boxed().collect(Collectors.toSet()),
                    NamespaceFilter.ALL,
                    null,
                    1_000,
                    500_000);
            assertThat(storage.read(request).entries()).hasSizeBetween(3, 5);
        } finally {
            fixture.close();
        }
    }

    /** A time so far away that nanoseconds overflow is neither waited for nor looked at again and again. */
    @ParameterizedTest
    @EnumSource
    void anAbsurdTimeKeepsNobodyBusy(Database database) throws Exception {
        JdbcFixture fixture = fixture(database);
        RecordingPublisher broker = broker();
        AtomicInteger calls = new AtomicInteger();
        try {
            fixture.newStorage();
            Map<String, Object> soon = new HashMap<>(Map.of("payload", "later".getBytes(UTF_8)));
            soon.put("next_attempt_at", inTwentyDays(database));
            assertThat(insert(fixture, soon)).isNull();
            Map<String, Object> never = new HashMap<>(Map.of("payload", "now".getBytes(UTF_8)));
            never.put("next_attempt_at", time(database, "9999-01-01 00:00:00+00"));
            assertThat(insert(fixture, never)).isNull();
            JdbcStorage storage = JdbcStorage.create(counting(fixture.dataSource, calls));
            try (Outbox<Connection> outbox = Outbox.<Connection>builder()
                    .storage(storage)
                    .publisher(broker)
                    .settings(settings -> settings.minPollInterval(Duration.ofMillis(200)))
                    .build()) {
                outbox.start();
                Await.until("what is absurd is sent", () -> broker.texts().contains("now"));
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            }
            assertThat(broker.texts()).as("what may be meant waits").containsExactly("now");
            assertThat(storage.status().pending()).isEqualTo(1);
            assertThat(calls.get()).as("calls of the storage in half a second").isLessThan(100);
        } finally {
            fixture.close();
        }
    }

    private static DataSource counting(DataSource dataSource, AtomicInteger calls) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    calls.incrementAndGet();
                    return method.invoke(dataSource, args);
                });
    }

    private static Sql inTwentyDays(Database database) {
        return new Sql(
                switch (database) {
                    case POSTGRESQL, H2 -> "current_timestamp + interval '20' day";
                    case MYSQL, MARIADB -> "utc_timestamp(6) + interval 20 day";
                    case SQLITE -> "(unixepoch() + 20 * 86400) * 1000";
                });
    }

    @ParameterizedTest
    @EnumSource
    void aNamespaceForEachMessageIsServed(Database database) throws Exception {
        JdbcFixture fixture = fixture(database);
        RecordingPublisher broker = broker();
        try {
            JdbcStorage storage = (JdbcStorage) fixture.newStorage();
            OutboxWriter<Connection> writer = OutboxWriter.create(storage);
            Connection transaction = fixture.begin();
            for (int i = 0; i < 2_000; i++) {
                writer.publish(OutboxContext.ofNamespace("../$ {n} " + i), transaction, Message.of("k", "in its own"));
            }
            fixture.commit(transaction);
            int threads = Thread.activeCount();
            try (Outbox<Connection> outbox = Outbox.<Connection>builder()
                    .storage(storage)
                    .publisher(broker)
                    .build()) {
                assertThat(outbox.pumpOutbox()).isEqualTo(2_000);
                assertThat(Thread.activeCount() - threads).isLessThan(20);
            }
        } finally {
            fixture.close();
        }
    }
}
