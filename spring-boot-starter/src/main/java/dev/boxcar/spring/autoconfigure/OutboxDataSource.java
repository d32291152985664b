package dev.boxcar.spring.autoconfigure;

import dev.boxcar.spring.OutboxConfigurationException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The application's data source that holds the outbox. A bean of its own, so that it is no further candidate for whoever
 * looks for a data source.
 */
record OutboxDataSource(DataSource dataSource) {

    static OutboxDataSource choose(ListableBeanFactory beans, @Nullable String name) {
        List<String> names = List.of(beans.getBeanNamesForType(DataSource.class));
        DataSource chosen =
                name == null ? only(beans.getBeanProvider(DataSource.class), names) : named(beans, name, names);
        requireDriver(chosen);
        return new OutboxDataSource(chosen);
    }

    private static DataSource named(ListableBeanFactory beans, String name, List<String> names) {
        if (!names.contains(name)) {
            throw new OutboxConfigurationException(
                    "There is no DataSource bean named '" + name + "' for the outbox; there are: " + names + ".",
                    "Correct boxcar.jdbc.data-source.");
        }
        return beans.getBean(name, DataSource.class);
    }

    private static DataSource only(ObjectProvider<DataSource> provider, List<String> names) {
        if (names.isEmpty()) {
            throw new OutboxConfigurationException(
                    "The outbox needs a DataSource bean, and there is none: messages live in the database of the application.",
                    "Configure one (spring.datasource.url, and spring-boot-starter-jdbc or -data-jpa on the class path), or set"
                            + " boxcar.enabled=false.");
        }
        DataSource unique = provider.getIfUnique();
        if (unique == null) {
            throw new OutboxConfigurationException(
                    "There are several DataSource beans, and the outbox can be in one only: " + names + ".",
                    "Set boxcar.jdbc.data-source to the name of that whose transactions write messages, or mark one as @Primary.");
        }
        return unique;
    }

    /** A pool says at its own start that its driver is missing; this one would say so at each connection, as if to wait helped. */
    private static void requireDriver(DataSource dataSource) {
        if (dataSource instanceof DriverManagerDataSource plain && plain.getUrl() != null) {
            try {
                DriverManager.getDriver(plain.getUrl());
            } catch (SQLException e) {
                throw new OutboxConfigurationException(
                        "No JDBC driver on the class path knows the address of the outbox's DataSource ("
                                + plain.getUrl().replaceAll("(jdbc:\\w*).*", "$1") + ":…).",
                        "Add the dependency of your database's driver.",
                        e);
            }
        }
    }
}
