package dev.boxcar.benchmarks.peers;

import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Small Spring Boot applications without a web server, each with what its starter configures. */
final class SpringApplications {

    /** Connections for the threads that write. */
    static final int WRITERS = 32;

    /** What Spring Modulith would add to an application that does not want it. */
    static final String MODULITH = "org.springframework.modulith.events.config.EventPublicationAutoConfiguration,"
            + "org.springframework.modulith.events.config.EventExternalizationAutoConfiguration,"
            + "org.springframework.modulith.events.jdbc.JdbcEventPublicationAutoConfiguration,"
            + "org.springframework.modulith.events.kafka.KafkaEventExternalizerConfiguration";

    private SpringApplications() {}

    /** All that is on the class path configures itself. */
    @EnableAutoConfiguration
    static class Application {}

    /** Runs an application. The pool belongs to the caller. */
    static ConfigurableApplicationContext run(
            DataSource pool, Map<String, Object> properties, Consumer<GenericApplicationContext> beans) {
        // The benchmarks have configured the logging already.
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .logStartupInfo(false)
                .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                .properties(properties)
                .initializers((GenericApplicationContext context) -> {
                    context.registerBean(
                            "dataSource", DataSource.class, () -> pool, bean -> bean.setDestroyMethodName(""));
                    beans.accept(context);
                })
                .run();
    }
}
