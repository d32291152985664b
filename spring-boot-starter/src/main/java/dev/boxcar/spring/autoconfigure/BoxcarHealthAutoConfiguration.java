package dev.boxcar.spring.autoconfigure;

import dev.boxcar.Outbox;
import dev.boxcar.spi.OutboxStorage;
import java.sql.Connection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health contributor: Spring Boot 4 has moved the interface. */
@AutoConfiguration(after = BoxcarAutoConfiguration.class)
@ConditionalOnBean(OutboxStorage.class)
@ConditionalOnProperty(
        name = {"management.health.boxcar.enabled", "management.health.defaults.enabled"},
        matchIfMissing = true)
public class BoxcarHealthAutoConfiguration {

    /** Spring Boot 3. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    static class SpringBoot3 {

        @Bean
        @ConditionalOnMissingBean(name = "boxcarHealthIndicator")
        org.springframework.boot.actuate.health.HealthIndicator boxcarHealthIndicator(
                OutboxStorage<Connection> storage, ObjectProvider<Outbox<Connection>> outbox) {
            return () -> {
                OutboxHealth health = OutboxHealth.of(storage, outbox.getIfAvailable());
                var builder = health.up()
                        ? org.springframework.boot.actuate.health.Health.up()
                        : org.springframework.boot.actuate.health.Health.down();
                return builder.withDetails(health.details()).build();
            };
        }
    }

    /** Spring Boot 4. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
    static class SpringBoot4 {

        @Bean
        @ConditionalOnMissingBean(name = "boxcarHealthIndicator")
        org.springframework.boot.health.contributor.HealthIndicator boxcarHealthIndicator(
                OutboxStorage<Connection> storage, ObjectProvider<Outbox<Connection>> outbox) {
            return () -> {
                OutboxHealth health = OutboxHealth.of(storage, outbox.getIfAvailable());
                var builder = health.up()
                        ? org.springframework.boot.health.contributor.Health.up()
                        : org.springframework.boot.health.contributor.Health.down();
                return builder.withDetails(health.details()).build();
            };
        }
    }
}
