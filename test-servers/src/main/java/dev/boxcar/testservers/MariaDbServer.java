package dev.boxcar.testservers;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * MariaDB 11.4, for Linux on x86-64.
 *
 * <p>Commits are durable: every commit is flushed. The user {@code root} needs no password.
 *
 * <p>With {@code BOXCAR_TEST_MARIADB_URL} (and {@code BOXCAR_TEST_MARIADB_USER}, {@code BOXCAR_TEST_MARIADB_PASSWORD})
 * nothing is started, and every instance stands for the server at that JDBC URL.
 */
public final class MariaDbServer extends JdbcServer {

    private static final String SETTING = "BOXCAR_TEST_MARIADB";

    private MariaDbServer(TestServer control, String url) {
        super(control, url);
    }

    /** Starts MariaDB on a free port. */
    public static MariaDbServer start() {
        return builder().start();
    }

    /** One server for all tests of this JVM, started at the first call and ended with the JVM; not to be stopped by a test. */
    public static MariaDbServer shared() {
        return SharedServers.get(MariaDbServer.class, "mariadb", MariaDbServer::start);
    }

    /** A server with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    String createDatabase(String name) {
        return "create database " + name;
    }

    @Override
    String dropDatabase(String name) {
        return "drop database if exists " + name;
    }

    /** What a new server is like. Not safe for use by several threads. */
    public static final class Builder {

        private int port;
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder() {}

        /** The port; 0 (default) takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** A setting of the server, for example {@code innodb_lock_wait_timeout} and {@code 5}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Starts the server and waits until it accepts connections. */
        public MariaDbServer start() {
            return ExternalServer.database(SETTING)
                    .map(external -> new MariaDbServer(external, external.url()))
                    .orElseGet(() -> {
                        LocalServer server = LocalServer.start(new MariaDbRecipe(Map.copyOf(settings)), port);
                        return new MariaDbServer(
                                server, "jdbc:mariadb://127.0.0.1:" + server.port() + "/mysql?user=root");
                    });
        }
    }
}
