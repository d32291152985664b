package dev.boxcar.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;

/** The databases that can hold the outbox. */
public enum Database {
    /** PostgreSQL 13 and newer. */
    POSTGRESQL("PostgreSQL", "\""),
    /** MySQL 8.0 and newer, with InnoDB. */
    MYSQL("MySQL", "`"),
    /** MariaDB 10.6 and newer, with InnoDB. */
    MARIADB("MariaDB", "`"),
    /** H2 2.x, in the process or as a server. */
    H2("H2", "\""),
    /** SQLite 3.42 and newer: for one machine, and one writer at a time. */
    SQLITE("SQLite", "\"");

    private final String displayName;
    private final String quote;

    Database(String displayName, String quote) {
        this.displayName = displayName;
        this.quote = quote;
    }

    /** Its name as people write it. */
    public String displayName() {
        return displayName;
    }

    String quoted(String name) {
        return quote + name + quote;
    }

    /** Whether a connection to {@code other} can be used where this is expected. */
    boolean isLike(Database other) {
        boolean bothMySql = (this == MYSQL || this == MARIADB) && (other == MYSQL || other == MARIADB);
        return this == other || bothMySql;
    }

    /** The database behind a connection, from its metadata; each driver keeps them in memory. */
    static Database of(Connection connection) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        String product = metadata.getDatabaseProductName();
        // MySQL's driver calls a MariaDB server MySQL; its version tells.
        String version = String.valueOf(metadata.getDatabaseProductVersion());
        return switch (String.valueOf(product).toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mariadb" -> MARIADB;
            case "mysql" -> version.toLowerCase(Locale.ROOT).contains("mariadb") ? MARIADB : MYSQL;
            case "h2" -> H2;
            case "sqlite" -> SQLITE;
            default ->
                throw new IllegalArgumentException("no storage for the database product '" + product
                        + "': PostgreSQL, MySQL, MariaDB, H2 and SQLite are supported. If it is compatible with one of them,"
                        + " name that one with JdbcStorage.builder(...).database(...)");
        };
    }
}
