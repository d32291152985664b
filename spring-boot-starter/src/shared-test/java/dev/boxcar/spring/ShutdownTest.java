package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.spring.autoconfigure.BoxcarAutoConfiguration;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** The order in which things end when the context is closed. */
class ShutdownTest {

    private static final List<String> ENDED = new CopyOnWriteArrayList<>();
    private static final RecordingPublisher DESTINATION = RecordingPublisher.create();
    private static final String URL = Databases.url();

    /** A client with a connection of its own. */
    static final class Client implements Publisher, AutoCloseable {

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            return DESTINATION.publish(entries).whenComplete((results, failure) -> ENDED.add("call"));
        }

        @Override
        public void close() {
            ENDED.add("publisher");
        }
    }

    static final class Pool extends HikariDataSource {

        @Override
        public void close() {
            ENDED.add("data source");
            super.close();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(BoxcarAutoConfiguration.class)
    static class Application {

        @Bean
        Client client() {
            return new Client();
        }

        @Bean
        Pool dataSource() {
            Pool pool = new Pool();
            pool.setJdbcUrl(URL);
            return pool;
        }

        @Bean
        TransactionTemplate transaction(DataSource dataSource) {
            return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        }
    }

    @Test
    void whatIsUnderWayIsBroughtToItsEndWhilePublisherAndDataSourceAreThere() throws InterruptedException {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "boxcar.jdbc.tables=create",
                        "boxcar.processor.claim-duration=60s",
                        "spring.main.banner-mode=off")
                .run();
        DESTINATION.hold();
        context.getBean(TransactionTemplate.class)
                .executeWithoutResult(
                        status -> context.getBean(OutboxTemplate.class).publish(Message.of("key", "text")));
        Await.until("a call is under way", () -> !DESTINATION.heldCalls().isEmpty());

        Thread closing = new Thread(context::close, "closing");
        closing.start();
        Await.until("closing waits for it", () -> closing.getState() == Thread.State.TIMED_WAITING);
        assertThat(ENDED).isEmpty();
        DESTINATION.release();
        closing.join();

        assertThat(ENDED).startsWith("call").containsExactlyInAnyOrder("call", "publisher", "data source");
        assertThat(new JdbcTemplate(new DriverManagerDataSource(URL))
                        .queryForObject("select count(*) from \"boxcar_outbox\"", Integer.class))
                .as("entries whose acknowledgement was not written down")
                .isZero();
    }
}
