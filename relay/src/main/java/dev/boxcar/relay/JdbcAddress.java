package dev.boxcar.relay;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC URL with its credentials, and what its driver should be told unless the URL says otherwise. {@link #toString()} shows
 * neither password nor parameters.
 */
final class JdbcAddress {

    private static final String SUPPORTED = "jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb:, jdbc:h2: and jdbc:sqlite:";

    /**
     * The drivers on the class path. Without time-outs a connection whose other end vanished, as in a failover, would be waited
     * for until the kernel gives up, which takes a quarter of an hour.
     */
    private record Driver(String className, Map<String, String> properties) {

        static final Driver POSTGRESQL = new Driver(
                "org.postgresql.Driver",
                Map.of(
                        "connectTimeout", "5",
                        "socketTimeout", "30",
                        "tcpKeepAlive", "true",
                        "ApplicationName", "boxcar"));

        static final Driver MARIADB =
                new Driver("org.mariadb.jdbc.Driver", Map.of("connectTimeout", "5000", "socketTimeout", "30000"));

        static final Driver H2 = new Driver("org.h2.Driver", Map.of());

        // Several processes may use the file: a writer waits for another one instead of failing, and readers never
        // wait.
        static final Driver SQLITE = new Driver(
                "org.sqlite.JDBC",
                Map.of("journal_mode", "WAL", "busy_timeout", "10000", "transaction_mode", "IMMEDIATE"));
    }

    private final Driver driver;
    private final String url;
    private final @Nullable String user;
    private final @Nullable String password;

    private JdbcAddress(Driver driver, String url, @Nullable String user, @Nullable String password) {
        this.driver = driver;
        this.url = url;
        this.user = user;
        this.password = password;
    }

    /** @throws IllegalArgumentException when it is no URL of a supported database */
    static JdbcAddress of(String url, @Nullable String user, @Nullable String password) {
        String[] parts = url.split(":", 3);
        if (parts.length < 3 || !parts[0].equals("jdbc")) {
            throw new IllegalArgumentException("--url is not a JDBC URL; supported are " + SUPPORTED);
        }
        if (parts[2].matches("//[^/?;]*@.*")) {
            // These drivers take all of it for the host's name, and repeat it where they cannot find the host.
            throw new IllegalArgumentException("--url has a user or password before its host, which the drivers do not "
                    + "understand; use --user and --password-file");
        }
        return switch (parts[1].toLowerCase(Locale.ROOT)) {
            case "postgresql" -> new JdbcAddress(Driver.POSTGRESQL, url, user, password);
            // MariaDB's driver speaks to MySQL as well, but insists on its own scheme.
            case "mysql", "mariadb" -> new JdbcAddress(Driver.MARIADB, "jdbc:mariadb:" + parts[2], user, password);
            case "h2" -> new JdbcAddress(Driver.H2, url, user, password);
            case "sqlite" -> new JdbcAddress(Driver.SQLITE, url, user, password);
            default ->
                throw new IllegalArgumentException(
                        "--url names the unknown database '" + parts[1] + "'; supported are " + SUPPORTED);
        };
    }

    boolean isPostgresql() {
        return driver.equals(Driver.POSTGRESQL);
    }

    String driverClass() {
        return driver.className;
    }

    String url() {
        return url;
    }

    @Nullable
    String user() {
        return user;
    }

    @Nullable
    String password() {
        return password;
    }

    /** What the driver is told beside the URL. */
    Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>(driver.properties);
        properties.keySet().removeIf(name -> url.matches("(?i).*[?&;]" + name + "=.*"));
        return properties;
    }

    @Override
    public String toString() {
        return url.replaceFirst("[?;].*", "").replaceFirst("//[^/@]*@", "//");
    }
}
