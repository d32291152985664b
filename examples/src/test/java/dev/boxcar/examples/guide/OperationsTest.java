package dev.boxcar.examples.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.testkit.scenario.Entries;
import dev.boxcar.testkit.scenario.OutboxScenario;
import dev.boxcar.testservers.PostgresServer;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the guide tells operators to do, on PostgreSQL. */
@SuppressWarnings("NullAway.Init")
class OperationsTest {

    private HikariDataSource dataSource;
    private OutboxScenario<Connection> scenario;

    @BeforeEach
    void writeSome() throws Exception {
        dataSource = new HikariDataSource();
        dataSource.setJdbcUrl(PostgresServer.shared().newDatabase("operations"));
        scenario = OutboxScenario.on(
                JdbcStorage.builder(dataSource).createIfMissing(true).build(), dataSource);
    }

    @AfterEach
    void close() {
        dataSource.close();
    }

    private void write(String namespace, String text) throws Exception {
        scenario.stimulate(connection ->
                scenario.outbox().inNamespace(namespace).publish(connection, Message.of("customer-7", text)));
    }

    @Test
    void deadLettersAreListedReplayedAndPurged() throws Exception {
        scenario.broker().rejecting(Entries.all(), "too large");
        write("orders", "tea");
        write("billing", "5 EUR");
        scenario.deliver();
        scenario.broker().heal();

        assertThat(replayAfterRepair(scenario.outbox())).containsExactly("too large");

        scenario.thenPublished("orders").withPayload("tea").andNothingElse();
        assertThat(scenario.outbox().deadLetters().list(DeadLetterQuery.all())).isEmpty();
    }

    private static List<String> replayAfterRepair(Outbox<?> outbox) {
        List<String> reasons = new ArrayList<>();
        // tag::dead[]
        for (DeadLetter letter : outbox.deadLetters().list(DeadLetterQuery.ofNamespace("orders"))) {
            reasons.add(letter.reason());
        }
        outbox.deadLetters().replay(DeadLetterQuery.ofNamespace("orders"));
        outbox.deadLetters().purge(DeadLetterQuery.ofNamespace("billing"));
        // end::dead[]
        return reasons;
    }

    @Test
    void aNamespaceIsPausedWhileTheOthersFlow() throws Exception {
        Outbox<Connection> outbox = scenario.outbox();
        // tag::pause[]
        outbox.pause("orders");
        // end::pause[]
        write("orders", "tea");
        write("billing", "5 EUR");

        scenario.thenPublished("billing").andNothingElse();
        scenario.thenWaiting("orders").once();
        // tag::resume[]
        outbox.resume("orders");
        // end::resume[]
        scenario.thenPublished("orders").withPayload("tea");
    }

    @Test
    void theStatementsForOperatorsWork() throws Exception {
        scenario.brokerUnavailable();
        write("orders", "tea");
        List<String> statements = List.of(statements());
        assertThat(statements).hasSize(6);
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            try (ResultSet rows = statement.executeQuery(statements.get(0))) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString("namespace")).isEqualTo("orders");
                assertThat(rows.getInt("waiting")).isEqualTo(1);
            }
        }
    }

    private static String[] statements() throws Exception {
        try (InputStream sql = OperationsTest.class.getResourceAsStream("operations.sql")) {
            return new String(Objects.requireNonNull(sql).readAllBytes(), UTF_8).split("\n;\n", -1);
        }
    }
}
