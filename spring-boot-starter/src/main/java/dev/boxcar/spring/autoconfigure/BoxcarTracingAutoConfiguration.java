package dev.boxcar.spring.autoconfigure;

import dev.boxcar.OutboxWriter;
import dev.boxcar.Publisher;
import dev.boxcar.micrometer.OutboxObservations;
import dev.boxcar.opentelemetry.OutboxTracing;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.sql.Connection;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * Lets traces pass through the outbox: by OpenTelemetry if the application has it and boxcar-opentelemetry, else by Micrometer's
 * observations.
 */
@AutoConfiguration(
        before = BoxcarAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.opentelemetry.OpenTelemetryAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@ConditionalOnProperty(
        name = {"boxcar.enabled", "boxcar.tracing.enabled"},
        matchIfMissing = true)
public class BoxcarTracingAutoConfiguration {

    /** Comes first: it makes links between spans, which observations cannot. */
    @Order(1)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({OutboxTracing.class, OpenTelemetry.class})
    @ConditionalOnBean(OpenTelemetry.class)
    static class OpenTelemetryConfiguration {

        @Bean
        @ConditionalOnMissingBean
        OutboxTracing boxcarTracing(OpenTelemetry openTelemetry) {
            return OutboxTracing.create(openTelemetry);
        }

        @Bean
        OutboxInstrumentation boxcarInstrumentation(OutboxTracing tracing) {
            return new OutboxInstrumentation() {
                @Override
                public OutboxWriter<Connection> writer(OutboxWriter<Connection> writer) {
                    return tracing.writer(writer);
                }

                @Override
                public Publisher publisher(Publisher publisher, String system) {
                    return tracing.publisher(publisher, system);
                }
            };
        }
    }

    /** What the application makes of its observations: timers, and spans if it has Micrometer Tracing. */
    @Order(2)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({OutboxObservations.class, ObservationRegistry.class})
    @ConditionalOnBean(ObservationRegistry.class)
    @ConditionalOnMissingBean(OutboxInstrumentation.class)
    static class ObservationConfiguration {

        @Bean
        @ConditionalOnMissingBean
        OutboxObservations boxcarObservations(ObservationRegistry registry) {
            return OutboxObservations.create(registry);
        }

        @Bean
        OutboxInstrumentation boxcarInstrumentation(OutboxObservations observations) {
            return new OutboxInstrumentation() {
                @Override
                public OutboxWriter<Connection> writer(OutboxWriter<Connection> writer) {
                    return observations.writer(writer);
                }

                @Override
                public Publisher publisher(Publisher publisher, String system) {
                    return observations.publisher(publisher, system);
                }
            };
        }
    }
}
