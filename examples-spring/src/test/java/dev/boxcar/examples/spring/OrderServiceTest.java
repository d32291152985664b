package dev.boxcar.examples.spring;

import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.testkit.scenario.OutboxScenario;
import dev.boxcar.testservers.PostgresServer;
import java.sql.Connection;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A test of the application as a user of Spring Boot writes it: no broker, and no waiting. */
@SuppressWarnings("NullAway.Init")
// tag::test[]
@SpringBootTest(properties = "boxcar.processor.enabled=false") // the scenario delivers
class OrderServiceTest {

    @Autowired
    private OrderService service;

    @Autowired
    private OutboxStorage<Connection> storage;

    @Autowired
    private DataSource dataSource;

    @Test
    void anOrderIsAnnouncedWhenTheBrokerIsBack() {
        OutboxScenario.on(storage, dataSource)
                .reset() // the context and its tables are shared by several tests
                .brokerUnavailable()
                .stimulate(() -> service.place("ada", "tea"))
                .timePasses(Duration.ofHours(1))
                .thenNothingPublished()
                .brokerRecovers()
                .thenPublished("orders")
                .withKey("ada")
                .withType("order.placed.v1")
                .andNothingElse();
    }
    // end::test[]

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) {
        String url = PostgresServer.shared().newDatabase("order_service");
        properties.add("spring.datasource.url", () -> url);
        properties.add("spring.datasource.username", () -> "postgres");
    }
}
