package dev.boxcar.spring.autoconfigure;

import dev.boxcar.Outbox;
import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.OutboxWriter;
import dev.boxcar.Publisher;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.jdbc.PostgresListener;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.WakeSource;
import dev.boxcar.spring.OutboxConfigurationException;
import dev.boxcar.spring.OutboxCustomizer;
import dev.boxcar.spring.OutboxTemplate;
import dev.boxcar.spring.PublisherRoutes;
import java.sql.Connection;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The outbox in the application's database: storage, processor, the template that writes, and the life cycle. Every bean gives way to
 * one of the application's own.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
        })
@ConditionalOnProperty(prefix = "boxcar", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(BoxcarProperties.class)
public class BoxcarAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    OutboxDataSource boxcarDataSource(ListableBeanFactory beans, BoxcarProperties properties) {
        return OutboxDataSource.choose(beans, properties.jdbc().dataSource());
    }

    @Bean
    @ConditionalOnMissingBean(OutboxStorage.class)
    JdbcStorage boxcarStorage(OutboxDataSource outbox, BoxcarProperties properties) {
        return valid("boxcar.jdbc", () -> {
            JdbcStorage.Builder builder = JdbcStorage.builder(outbox.dataSource())
                    .table(properties.jdbc().table());
            String schema = properties.jdbc().schema();
            if (schema != null) {
                builder.schema(schema);
            }
            return builder.build();
        });
    }

    @Bean
    @ConditionalOnMissingBean
    OutboxTemplate boxcarTemplate(
            OutboxDataSource dataSource,
            OutboxStorage<Connection> storage,
            ObjectProvider<Outbox<Connection>> outbox,
            ObjectProvider<OutboxWriter<Connection>> writers,
            ObjectProvider<OutboxInstrumentation> instrumentation,
            BoxcarProperties properties) {
        OutboxInstrumentation around = instrumentation.getIfAvailable(() -> OutboxInstrumentation.NONE);
        Outbox<Connection> processing = outbox.getIfAvailable();
        if (processing != null) {
            return new OutboxTemplate(around.writer(processing), dataSource.dataSource(), processing::wakeProcessor);
        }
        OutboxWriter<Connection> writer = writers.getIfAvailable(
                () -> OutboxWriter.create(storage, valid("boxcar.limits", properties::messageLimits)));
        return new OutboxTemplate(around.writer(writer), dataSource.dataSource(), () -> {});
    }

    @Bean
    @ConditionalOnMissingBean
    OutboxLifecycle boxcarLifecycle(
            OutboxStorage<Connection> storage,
            ObjectProvider<Outbox<Connection>> outbox,
            ObjectProvider<WakeSource> wakes,
            BoxcarProperties properties) {
        BoxcarProperties.Jdbc jdbc = properties.jdbc();
        Duration patience =
                properties.processor().claimDuration().multipliedBy(2).plusSeconds(5);
        return new OutboxLifecycle(
                new OutboxTables(jdbc.tables(), jdbc.listen(), wakes.getIfUnique()),
                storage,
                outbox.getIfAvailable(),
                patience);
    }

    /** Checks values where they are used, so that the error names the properties. */
    static <T> T valid(String prefix, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new OutboxConfigurationException(
                    "The properties below " + prefix + " cannot work: " + e.getMessage() + ".", "Correct them.", e);
        }
    }

    /** The publishing half. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(prefix = "boxcar.processor", name = "enabled", matchIfMissing = true)
    static class ProcessorConfiguration {

        @Bean
        @ConditionalOnMissingBean
        OutboxSettings boxcarSettings(BoxcarProperties properties) {
            return valid("boxcar.processor, boxcar.retry and boxcar.limits", properties::settings);
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnProperty(prefix = "boxcar.jdbc", name = "listen")
        WakeSource boxcarWakeSource(JdbcStorage storage) {
            return PostgresListener.of(storage);
        }

        /** Each route closes its own. */
        @Bean(destroyMethod = "")
        @ConditionalOnMissingBean
        Publisher boxcarPublisher(
                ObjectProvider<PublisherRoutes> routes, ObjectProvider<OutboxInstrumentation> instrumentation) {
            return OutboxPublisher.along(
                    routes.orderedStream()
                            .flatMap(some -> some.routes().stream())
                            .toList(),
                    instrumentation.getIfAvailable(() -> OutboxInstrumentation.NONE));
        }

        /** Closed at the end; whoever defines one himself leaves it to this configuration to start it. */
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean(Outbox.class)
        Outbox<Connection> boxcarOutbox(
                OutboxStorage<Connection> storage,
                OutboxSettings settings,
                BoxcarProperties properties,
                ObjectProvider<OutboxInstrumentation> instrumentation,
                ListableBeanFactory beans) {
            Outbox.Builder<Connection> builder = Outbox.<Connection>builder()
                    .storage(storage)
                    .publisher(OutboxPublisher.choose(
                            beans, instrumentation.getIfAvailable(() -> OutboxInstrumentation.NONE)))
                    .settings(settings);
            beans.getBeanProvider(OutboxListener.class).orderedStream().forEach(builder::listener);
            beans.getBeanProvider(WakeSource.class).ifUnique(builder::wakeSource);
            beans.getBeanProvider(OutboxClock.class).ifUnique(builder::clock);
            beans.getBeanProvider(OutboxCustomizer.class)
                    .orderedStream()
                    .forEach(customizer -> customizer.customize(builder));
            return valid("boxcar.processor", () -> {
                String id = properties.processor().id();
                if (id != null) {
                    builder.processorId(id);
                }
                return builder.build();
            });
        }
    }
}
