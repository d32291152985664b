package dev.boxcar.chaos;

import dev.boxcar.testservers.DatabaseServer;
import dev.boxcar.testservers.MariaDbServer;
import dev.boxcar.testservers.MySqlServer;
import dev.boxcar.testservers.PostgresServer;
import java.util.List;

/** The databases that a campaign can run on, and what they call things. */
enum DatabaseKind {
    /** PostgreSQL. */
    POSTGRESQL("connectTimeout=3&socketTimeout=5", """
            select pid from pg_stat_activity where usename = 'relay'""", "select pg_terminate_backend(%d)", """
            create role relay login;
            create role greedy login;
            grant all on all tables in schema public to relay;
            grant all on all sequences in schema public to relay""") {
        @Override
        DatabaseServer start() {
            return PostgresServer.builder()
                    .setting("max_connections", Integer.toString(CONNECTIONS))
                    .start();
        }
    },
    /** MariaDB. */
    MARIADB("connectTimeout=3000&socketTimeout=5000", Sql.PROCESSES, "kill %d", Sql.GRANTS) {
        @Override
        DatabaseServer start() {
            return MariaDbServer.builder()
                    .setting("max-connections", Integer.toString(CONNECTIONS))
                    .start();
        }
    },
    /** MySQL. */
    MYSQL("connectTimeout=3000&socketTimeout=5000", Sql.PROCESSES, "kill %d", Sql.GRANTS) {
        @Override
        DatabaseServer start() {
            return MySqlServer.builder()
                    .setting("max-connections", Integer.toString(CONNECTIONS))
                    .start();
        }
    };

    /** Few enough to use them up. */
    static final int CONNECTIONS = 60;

    private final String timeouts;
    private final String relayConnections;
    private final String endConnection;
    private final String createUsers;

    DatabaseKind(String timeouts, String relayConnections, String endConnection, String createUsers) {
        this.timeouts = timeouts;
        this.relayConnections = relayConnections;
        this.endConnection = endConnection;
        this.createUsers = createUsers;
    }

    abstract DatabaseServer start();

    /** Numbers of the connections that belong to relays. */
    String relayConnections() {
        return relayConnections;
    }

    String endConnection(long number) {
        return String.format(endConnection, number);
    }

    /** Run in the campaign's database, once the tables are there. */
    List<String> createUsers() {
        return List.of(createUsers.split(";", -1));
    }

    /** The same database through another port, as the user of relays, which has no connections in reserve. */
    static String asRelay(String url, int port) {
        return through(url, port).replaceFirst("user=[^&]*", "user=relay");
    }

    static String through(String url, int port) {
        return url.replaceFirst("(//[^:/]+):\\d+", "$1:" + port);
    }

    /** With time-outs, so that a connection whose other end vanished is given up. */
    String impatient(String url) {
        return url + (url.contains("?") ? "&" : "?") + timeouts;
    }

    /** The same database as a user who takes all connections that are left, and does nothing with them. */
    String asGreedy(String url) {
        return impatient(url.replaceFirst("user=[^&]*", "user=greedy"));
    }

    private static final class Sql {
        static final String PROCESSES = "select id from information_schema.processlist where user = 'relay'";
        static final String GRANTS = """
                create user 'relay'@'127.0.0.1';
                create user 'greedy'@'127.0.0.1';
                grant select, insert, update, delete on *.* to 'relay'@'127.0.0.1';
                grant select on *.* to 'greedy'@'127.0.0.1'""";
    }
}
