package dev.boxcar.spring.autoconfigure;

import dev.boxcar.Outbox;
import dev.boxcar.micrometer.OutboxMetrics;
import dev.boxcar.spi.OutboxStorage;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** The metrics, in every registry of the application. */
@AutoConfiguration(
        after = BoxcarAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass({OutboxMetrics.class, MeterRegistry.class})
@ConditionalOnBean({MeterRegistry.class, OutboxStorage.class})
@ConditionalOnProperty(prefix = "boxcar.metrics", name = "enabled", matchIfMissing = true)
public class BoxcarMetricsAutoConfiguration {

    /** Reads through the data source until it is closed, so it must be closed first. */
    @Bean
    @ConditionalOnMissingBean
    OutboxMetrics boxcarMetrics(OutboxDataSource closedAfterwards, BoxcarProperties properties) {
        return BoxcarAutoConfiguration.valid(
                "boxcar.metrics",
                () -> OutboxMetrics.builder()
                        .refreshInterval(properties.metrics().refreshInterval())
                        .build());
    }

    /** The outbox has the metrics as its listener: they can watch it only when both are there. */
    @Bean
    SmartInitializingSingleton boxcarMetricsWatch(
            OutboxMetrics metrics, OutboxStorage<Connection> storage, ObjectProvider<Outbox<Connection>> outbox) {
        return () -> {
            outbox.ifAvailable(metrics::watch);
            metrics.watch(storage);
        };
    }
}
