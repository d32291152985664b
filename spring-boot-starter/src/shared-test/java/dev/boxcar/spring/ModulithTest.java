package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.TransactionException;
import dev.boxcar.spring.autoconfigure.BoxcarAutoConfiguration;
import dev.boxcar.spring.autoconfigure.BoxcarEventsAutoConfiguration;
import dev.boxcar.spring.autoconfigure.BoxcarModulithAutoConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.Externalized;
import org.springframework.transaction.support.TransactionTemplate;

/** Events that Spring Modulith is to externalize, in the outbox instead. */
class ModulithTest {

    @Externalized("orders::#{#this.customer()}")
    record Placed(String customer, String item) {}

    record Internal(String text) {}

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        HikariDataSource dataSource() {
            return Databases.pool();
        }

        @Bean
        TransactionTemplate transaction(DataSource dataSource) {
            return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        }

        @Bean
        EventExternalizationConfiguration externalization() {
            return EventExternalizationConfiguration.defaults("dev.boxcar.spring")
                    .headers(Placed.class, event -> Map.of("tenant", 7))
                    .build();
        }

        @Bean
        com.fasterxml.jackson.databind.ObjectMapper mapper() {
            return new com.fasterxml.jackson.databind.ObjectMapper();
        }
    }

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    BoxcarAutoConfiguration.class,
                    BoxcarEventsAutoConfiguration.class,
                    BoxcarModulithAutoConfiguration.class))
            .withUserConfiguration(Beans.class)
            .withPropertyValues("boxcar.jdbc.tables=create", "boxcar.processor.enabled=false");

    @Test
    void theTargetIsTheNamespaceAndTheKeyTheKey() {
        application.withPropertyValues("boxcar.modulith.externalize=true").run(context -> {
            context.getBean(TransactionTemplate.class).executeWithoutResult(status -> {
                context.publishEvent(new Placed("ada", "tea"));
                context.publishEvent(new Internal("nothing"));
            });

            List<Map<String, Object>> entries =
                    new JdbcTemplate(context.getBean(DataSource.class)).queryForList("select * from \"boxcar_outbox\"");
            assertThat(entries).singleElement().satisfies(entry -> {
                assertThat(entry.get("namespace")).isEqualTo("orders");
                assertThat(text(entry.get("message_key"))).isEqualTo("ada");
                assertThat(text(entry.get("payload"))).isEqualTo("{\"customer\":\"ada\",\"item\":\"tea\"}");
                assertThat(String.valueOf(entry.get("headers"))).contains("tenant", "application/json");
            });
            assertThatThrownBy(() -> context.publishEvent(new Placed("ada", "tea")))
                    .isInstanceOf(OutboxEventException.class)
                    .hasCauseInstanceOf(TransactionException.class);
        });
    }

    @Test
    void onlyIfThatIsAskedFor() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ModulithEventListener.class));
    }

    private static String text(@Nullable Object bytes) {
        return new String((byte[]) Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }
}
