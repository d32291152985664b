package dev.boxcar.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxWriter;
import dev.boxcar.RetryPolicy;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.Session;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import dev.boxcar.testkit.StorageDriver;
import dev.boxcar.testservers.MariaDbServer;
import dev.boxcar.testservers.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The shipped grants are enough for everything that a role does, and for nothing else. Not on MySQL 8.0.12, the tested version,
 * which takes the function JSON_TABLE for a table that nobody may read.
 */
@Timeout(120)
class SchemaRolesTest {

    private static final Set<Integer> MYSQL_DENIALS = Set.of(1044, 1142, 1143, 1227);

    private static final List<String> NOBODY_MAY = List.of(
            "create table mine (a integer)",
            "drop table ${outbox}",
            "drop table ${dead}",
            "alter table ${outbox} add column mine integer",
            "create index mine on ${outbox} (namespace)",
            "truncate table ${outbox}",
            "select * from business",
            "insert into business values (1)",
            "update business set a = 1",
            "delete from business",
            "insert into ${version} values (2)",
            "update ${version} set version = 2",
            "insert into ${claim} (part, epoch) values (1, 1)",
            "delete from ${claim}",
            "insert into ${outbox} (id, payload) values (1000000, 'x')",
            "insert into ${outbox} (payload, attempts) values ('x', 5)",
            "insert into ${outbox} (payload, created_at) values ('x', current_timestamp)",
            "insert into ${outbox} (payload, next_attempt_at) values ('x', current_timestamp)",
            "update ${outbox} set payload = 'x'",
            "update ${outbox} set namespace = 'x'",
            "update ${dead} set payload = 'x'");

    private static final List<String> A_WRITER_MAY_NOT = List.of(
            "select * from ${outbox}",
            "select id from ${outbox}",
            "update ${outbox} set attempts = 3",
            "delete from ${outbox}",
            "select * from ${dead}",
            "delete from ${dead}",
            "select * from ${claim}",
            "update ${claim} set owner = null",
            "select * from ${processor}",
            "delete from ${processor}");

    private static final List<String> A_RELAY_MAY_NOT = List.of(
            "insert into ${outbox} (payload) values ('x')",
            "select payload from ${dead}",
            "update ${dead} set reason = 'x'",
            "delete from ${dead}",
            "update ${claim} set part = 1");

    private static final List<String> AN_ADMIN_MAY_NOT = List.of(
            "select payload from ${outbox}",
            "select message_key from ${outbox}",
            "select headers from ${outbox}",
            "update ${outbox} set attempts = 3",
            "delete from ${outbox}",
            "update ${claim} set owner = null",
            "delete from ${processor}",
            "insert into ${dead} (entry_id, namespace, payload, message_id, created_at, attempts, reason) "
                    + "values (1, 'n', 'x', 'm', current_timestamp, 1, 'r')");

    /** Tables of an owner, and one pool for each role. */
    private static final class Place implements AutoCloseable {
        final JdbcFixture owner;
        final JdbcFixture writer;
        final JdbcFixture relay;
        final JdbcFixture admin;
        private final Database database;
        private final List<String> roles = new ArrayList<>();

        Place(Database database, @Nullable String schema, String table) throws SQLException {
            this.database = database;
            String url = switch (database) {
                case POSTGRESQL -> PostgresServer.shared().newDatabase("roles");
                default -> MariaDbServer.shared().newDatabase("roles");
            };
            owner = new JdbcFixture(url, schema, table, config -> {});
            owner.newStorage();
            owner.execute("create table business (a integer)");
            String end = Integer.toString(ThreadLocalRandom.current().nextInt(1 << 30), 36);
            SchemaRoles names = new SchemaRoles("w-" + end, "r_" + end, "A_" + end);
            writer = login(url, schema, table, names.writer());
            relay = login(url, schema, table, names.relay());
            admin = login(url, schema, table, names.admin());
            // Twice: it may be run again.
            for (int i = 0; i < 2; i++) {
                for (String grant : JdbcSchema.statements(JdbcSchema.grants(database, schema, table, names))) {
                    owner.execute(grant);
                }
            }
        }

        private JdbcFixture login(String url, @Nullable String schema, String table, String role) throws SQLException {
            owner.execute(
                    database == Database.POSTGRESQL
                            ? "create role \"" + role + "\" login password 'pw-of-role'"
                            : "create user `" + role + "` identified by 'pw-of-role'");
            roles.add(role);
            String bare = url.replaceAll("([?&])(user|password)=[^&]*", "$1");
            return new JdbcFixture(bare, schema, table, config -> {
                config.setUsername(role);
                config.setPassword("pw-of-role");
                config.setInitializationFailTimeout(-1); // before the grants it has no right to connect
            });
        }

        private static void denied(JdbcFixture role, String sql) throws SQLException {
            try (Connection connection = role.dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                Database database = Database.of(connection);
                try {
                    assertThatThrownBy(() -> statement.execute(role.names.in(database, sql)))
                            .as(sql)
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    e -> assertThat("42501".equals(e.getSQLState())
                                                    || MYSQL_DENIALS.contains(e.getErrorCode()))
                                            .as(e.getSQLState() + " " + e.getErrorCode() + " " + e.getMessage())
                                            .isTrue());
                } finally {
                    connection.rollback();
                }
            }
        }

        @Override
        public void close() throws SQLException {
            for (JdbcFixture fixture : List.of(writer, relay, admin)) {
                try (HikariDataSource pool = fixture.dataSource) {
                    assertThat(pool.getHikariPoolMXBean().getActiveConnections())
                            .isZero();
                }
            }
            for (String role : roles) {
                if (database == Database.POSTGRESQL) {
                    owner.execute("drop owned by \"" + role + "\"");
                    owner.execute("drop role \"" + role + "\"");
                } else {
                    owner.execute("drop user `" + role + "`");
                }
            }
            owner.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, , boxcar_outbox",
        "POSTGRESQL, Other_Schema, _My_Outbox_2",
        "MARIADB, , boxcar_outbox",
        "MARIADB, , _My_Outbox_2"
    })
    void eachRoleCanDoItsWorkAndNothingElse(Database database, @Nullable String schema, String table) throws Exception {
        try (Place place = new Place(database, schema, table)) {
            write(place, "first", "poison", "second", "flaky");
            relay(place, 3, 1);
            admin(place);
            takeOver(place);
            for (JdbcFixture role : List.of(place.writer, place.relay, place.admin)) {
                for (String sql : NOBODY_MAY) {
                    Place.denied(role, sql);
                }
            }
            for (String sql : A_WRITER_MAY_NOT) {
                Place.denied(place.writer, sql);
            }
            for (String sql : A_RELAY_MAY_NOT) {
                Place.denied(place.relay, sql);
            }
            for (String sql : AN_ADMIN_MAY_NOT) {
                Place.denied(place.admin, sql);
            }
        }
    }

    private static void write(Place place, String... texts) throws SQLException {
        OutboxWriter<Connection> writer =
                OutboxWriter.create(place.writer.builder().build());
        Connection transaction = place.writer.begin();
        writer.publish(transaction, Message.of(texts[0], texts[0]).withHeader("h", "v"));
        for (int i = 1; i < texts.length; i++) {
            writer.publish(transaction, Message.of(texts[i], texts[i]), Message.of(texts[i], texts[i] + " again"));
        }
        place.writer.commit(transaction);
    }

    private static void relay(Place place, int retries, int dead) {
        JdbcStorage storage = place.relay.builder().build();
        storage.check();
        RecordingPublisher broker = RecordingPublisher.create()
                .failing(entry -> StorageDriver.text(entry).equals("flaky"), retries, "not yet")
                .rejecting(entry -> StorageDriver.text(entry).equals("poison"), "poison");
        RetryPolicy policy = RetryPolicy.DEFAULT.withDelays(Duration.ofMillis(10), Duration.ofMillis(20));
        try (Outbox<Connection> outbox = Outbox.<Connection>builder()
                .storage(storage)
                .publisher(broker)
                .settings(settings -> settings.retryPolicy(policy).processInterval(Duration.ofMillis(200)))
                .build()) {
            outbox.start();
            Await.until("all is done", () -> storage.status().pending() == 0);
        }
        assertThat(broker.texts()).contains("first", "second", "second again", "flaky", "flaky again");
        assertThat(storage.status().deadLetters()).isEqualTo(dead);
    }

    private static void admin(Place place) throws SQLException {
        JdbcStorage storage = place.admin.builder().build();
        storage.check();
        assertThat(storage.status().deadLetters()).isEqualTo(1);
        assertThat(storage.deadLetters().list(DeadLetterQuery.all())).hasSize(1);
        assertThat(storage.deadLetters().replay(DeadLetterQuery.all())).isEqualTo(1);
        assertThat(storage.status().pending()).isEqualTo(1);
        write(place, "first", "second", "flaky");
        relay(place, 0, 1);
        assertThat(storage.deadLetters().purge(DeadLetterQuery.all())).isEqualTo(1);
    }

    /** A session that dies, and one that takes over and gives back. */
    private static void takeOver(Place place) {
        JdbcStorage storage = place.relay.builder().build();
        Session dead = StorageDriver.newSession("dead");
        Session heir = StorageDriver.newSession("heir");
        storage.heartbeat(dead, StorageDriver.SHORT, true);
        List<Claim> all = storage.heartbeat(dead, StorageDriver.SHORT, false).claims();
        assertThat(storage.acquire(dead, all)).hasSize(64);
        storage.heartbeat(heir, StorageDriver.LONG, true);
        List<Claim> taken = new ArrayList<>();
        Await.until("the dead one has expired", () -> {
            taken.addAll(storage.acquire(
                    heir,
                    storage.heartbeat(heir, StorageDriver.LONG, false).claims().stream()
                            .filter(claim -> !claim.ownerAlive())
                            .toList()));
            return !taken.isEmpty();
        });
        storage.release(heir, taken.subList(0, 10));
        storage.leave(heir);
    }

    @Test
    void theScriptsNamesAreThoseThatWereGiven() {
        SchemaRoles roles = new SchemaRoles("app-writer", "carrier", "ops");
        for (Database database : List.of(Database.POSTGRESQL, Database.MYSQL, Database.MARIADB)) {
            String script = JdbcSchema.grants(database, "Events", "out", roles);
            assertThat(script)
                    .doesNotContain("${")
                    .contains(database.quoted("Events") + "." + database.quoted("out_claim"))
                    .contains(database.quoted("app-writer"))
                    .contains(database.quoted("carrier"))
                    .contains(database.quoted("ops"));
        }
        assertThat(JdbcSchema.grants(Database.POSTGRESQL, null, "out", roles))
                .doesNotContain("${")
                .doesNotContain("on schema");
        for (Database database : List.of(Database.H2, Database.SQLITE)) {
            assertThatThrownBy(() -> JdbcSchema.grants(database, null, "out", roles))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no grants for " + database.displayName());
        }
    }

    @Test
    void aNameThatIsNotPlainIsRefusedWithoutBeingRepeated() {
        for (String name : List.of("", "a\"; drop table x; --", "a`b", "x".repeat(33), "rôle", "1st", "a b", "a'b")) {
            assertThatThrownBy(() -> new SchemaRoles("w", name, "a"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the name of the relay's role (" + name.length() + " characters)");
        }
    }
}
