package dev.boxcar.testservers;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * PostgreSQL 15, 16, 17 or 18, for Linux and macOS.
 *
 * <p>Commits are durable: fsync and synchronous_commit are on. Logical replication is possible. The user {@code postgres}
 * needs no password.
 *
 * <p>With {@code BOXCAR_TEST_POSTGRES_URL} (and {@code BOXCAR_TEST_POSTGRES_USER}, {@code BOXCAR_TEST_POSTGRES_PASSWORD})
 * nothing is started, and every instance stands for the server at that JDBC URL.
 */
public final class PostgresServer extends JdbcServer {

    /** The version that is taken where none is named, and the only one that a small build downloads. */
    public static final int DEFAULT_VERSION = 18;

    static final String USER = "postgres";

    private static final String SETTING = "BOXCAR_TEST_POSTGRES";

    private PostgresServer(TestServer control, String url) {
        super(control, url);
    }

    /** Starts PostgreSQL 18 on a free port. */
    public static PostgresServer start() {
        return builder().start();
    }

    /** PostgreSQL 18 for all tests of this JVM; see {@link #shared(int)}. */
    public static PostgresServer shared() {
        return shared(DEFAULT_VERSION);
    }

    /** One server for all tests of this JVM, started at the first call and ended with the JVM; not to be stopped by a test. */
    public static PostgresServer shared(int version) {
        return SharedServers.get(
                PostgresServer.class,
                "postgres-" + version,
                () -> builder().version(version).start());
    }

    /** A server with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** The certificate of a secured server, in PEM. */
    public Path certificate() {
        Path data = directory().resolve(LocalServer.DATA);
        return Certificate.in(PostgresRecipe.certificateFolder(data)).publicPart();
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

        private int version = DEFAULT_VERSION;
        private int port;
        private boolean secured;
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder() {}

        /** The major version: 15, 16, 17 or 18 (default). */
        public Builder version(int version) {
            this.version = version;
            return this;
        }

        /** The port; 0 (default) takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** A setting of the server, for example {@code max_connections} and {@code 300}. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /**
         * Asks everybody but {@code postgres} for TLS and a password (SCRAM-SHA-256). Such a server is always one of this machine;
         * clients trust its {@link PostgresServer#certificate()}.
         */
        public Builder secured() {
            secured = true;
            return this;
        }

        /** Starts the server and waits until it accepts connections. */
        public PostgresServer start() {
            return ExternalServer.database(SETTING)
                    .filter(external -> !secured)
                    .map(external -> new PostgresServer(external, external.url()))
                    .orElseGet(() -> {
                        LocalServer server =
                                LocalServer.start(new PostgresRecipe(version, Map.copyOf(settings), secured), port);
                        return new PostgresServer(
                                server, "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=" + USER);
                    });
        }
    }
}
