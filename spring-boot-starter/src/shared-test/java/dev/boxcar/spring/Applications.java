package dev.boxcar.spring;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts applications with Spring Boot's own auto-configuration, whose names differ from line to line. */
public final class Applications {

    /** Modulith's own persistence, which these applications do not have. */
    private static final String MODULITH =
            "org.springframework.modulith.events.config.EventExternalizationAutoConfiguration,"
                    + "org.springframework.modulith.events.config.EventPublicationAutoConfiguration";

    /** Its client is there for the publisher. */
    private static final String RABBIT = "org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration";

    private static final String JPA = "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration,"
            + "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
            + "org.springframework.boot.autoconfigure.data.jpa.JpaRepositoriesAutoConfiguration,"
            + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

    private Applications() {}

    /** Starts one that may have entities. */
    public static ConfigurableApplicationContext withJpa(
            Class<?> application, WebApplicationType type, Map<String, String> properties) {
        return start(application, type, properties, MODULITH + "," + RABBIT);
    }

    static ConfigurableApplicationContext withoutJpa(
            Class<?> application, WebApplicationType type, Map<String, String> properties) {
        return start(application, type, properties, MODULITH + "," + RABBIT + "," + JPA);
    }

    private static ConfigurableApplicationContext start(
            Class<?> application, WebApplicationType type, Map<String, String> properties, String excluded) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put("spring.autoconfigure.exclude", excluded);
        all.put("spring.main.banner-mode", "off");
        all.put("spring.jpa.open-in-view", "false");
        all.put("server.port", "0");
        all.put("boxcar.jdbc.tables", "create");
        return new SpringApplicationBuilder(application)
                .web(type)
                .properties(all)
                .run();
    }
}
