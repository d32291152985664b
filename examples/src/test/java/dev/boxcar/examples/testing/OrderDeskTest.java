package dev.boxcar.examples.testing;

import static dev.boxcar.testkit.scenario.Entries.withKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.testkit.scenario.OutboxScenario;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application's own tests of what it publishes, on the real tables. Here they are in H2. */
@SuppressWarnings("NullAway.Init")
class OrderDeskTest {

    private HikariDataSource dataSource;

    // tag::setup[]
    private OutboxScenario<Connection> scenario;
    private OrderDesk desk;

    @BeforeEach
    void openTheDesk() throws Exception {
        dataSource = newDatabase();
        create(OrderDesk.TABLE);
        JdbcStorage storage =
                JdbcStorage.builder(dataSource).createIfMissing(true).build();
        scenario = OutboxScenario.on(storage, dataSource);
        desk = new OrderDesk(scenario.outbox());
    }
    // end::setup[]

    HikariDataSource newDatabase() throws Exception {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        return pool;
    }

    private void create(String table) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(table);
        }
    }

    @AfterEach
    void close() {
        dataSource.close();
    }

    // tag::published[]
    @Test
    void anOrderIsAnnounced() throws SQLException {
        scenario.stimulate(connection -> desk.place(connection, "customer-7", "tea"))
                .thenPublished("orders")
                .withKey("customer-7")
                .withType("order.placed.v1")
                .withPayload("tea")
                .andNothingElse();
    }

    @Test
    void ordersOfACustomerAreAnnouncedInTheirOrder() throws SQLException {
        scenario.stimulate(connection -> {
                    desk.place(connection, "customer-7", "tea");
                    desk.place(connection, "customer-8", "bread");
                    desk.place(connection, "customer-7", "milk");
                })
                .thenPublished("orders")
                .withKey("customer-7")
                .withPayloadsInOrder("tea", "milk");
    }

    @Test
    void whatCannotBeStoredIsNotAnnounced() {
        scenario.stimulateToFail(SQLException.class, connection -> desk.place(connection, "customer-7", ""))
                .thenNothingPublished()
                .thenNothingWaiting();
    }
    // end::published[]

    // tag::retry[]
    @Test
    void aMessageThatTheBrokerTakesAtTheThirdAttemptHoldsBackItsCustomerOnly() throws SQLException {
        scenario.broker().failing(withKey("customer-7"), 2, "not now");

        scenario.stimulate(connection -> {
            desk.place(connection, "customer-7", "tea");
            desk.place(connection, "customer-7", "milk");
            desk.place(connection, "customer-8", "bread");
        });

        scenario.thenPublished("orders").withKey("customer-8").andNothingElse();
        scenario.timePasses(Duration.ofSeconds(1))
                .thenPublished("orders")
                .withKey("customer-7")
                .withPayloadsInOrder("tea", "milk");
    }
    // end::retry[]

    // tag::dead[]
    @Test
    void whatTheBrokerRefusesIsSetAsideAndCanBeReplayed() throws SQLException {
        scenario.broker().rejecting(withKey("customer-7"), "too large");

        scenario.stimulate(connection -> desk.place(connection, "customer-7", "tea"))
                .thenDeadLettered("orders")
                .withKey("customer-7")
                .withReason("too large")
                .once();

        scenario.broker().heal();
        scenario.outbox().deadLetters().replay(DeadLetterQuery.all());
        scenario.thenPublished("orders").withPayload("tea").once();
    }
    // end::dead[]

    // tag::outage[]
    @Test
    void ordersAreTakenWhileTheBrokerIsDown() throws SQLException {
        scenario.brokerUnavailable();

        scenario.stimulate(connection -> desk.place(connection, "customer-7", "tea"))
                .timePasses(Duration.ofHours(3))
                .thenNothingPublished()
                .thenNothingDeadLettered()
                .thenWaiting("orders")
                .once();

        scenario.brokerRecovers().thenPublished("orders").withPayload("tea").inAttempt(1);
    }
    // end::outage[]

    @Test
    void aTestThatFailsTellsWhatWasPublishedInstead() throws SQLException {
        scenario.stimulate(connection -> desk.place(connection, "customer-7", "tea"));

        // tag::failure[]
        assertThatThrownBy(() -> scenario.thenPublished("orders").withKey("customer-8"))
                .hasMessage("""
                        expected a message in namespace 'orders', key 'customer-8' published since the last stimulus, found 0.
                        published since the last stimulus:
                          1. namespace 'orders', key 'customer-7', type order.placed.v1, payload of 3 bytes, attempt 1
                        waiting in the outbox: none
                        among the dead letters since the last stimulus: none""");
        // end::failure[]
    }

    @Test
    void aTableThatIsSharedByTestsIsEmptiedBetweenThem() throws SQLException {
        scenario.brokerUnavailable();
        scenario.stimulate(connection -> desk.place(connection, "customer-7", "tea"));
        DataSource shared = dataSource;

        // tag::shared[]
        OutboxScenario<Connection> next =
                OutboxScenario.on(JdbcStorage.create(shared), shared).reset();
        // end::shared[]

        next.thenNothingPublished().thenNothingWaiting();
        assertThat(next.broker().sent()).isEmpty();
    }
}
