package dev.boxcar.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a contestant has made PostgreSQL do, writing left aside: counted by the server for each statement of the connections that
 * {@link #watched} opens, and for each index.
 *
 * @param reads how many statements that begin with select
 * @param readBlocks pages that these looked at
 * @param blocks pages that all its statements looked at, but inserts
 * @param millis how long all its statements ran, but inserts
 * @param indexEntries index entries that anybody visited, those of dead rows included
 */
record DatabaseWork(double reads, double readBlocks, double blocks, double millis, double indexEntries) {

    private static final String COUNTED = """
            select coalesce(sum(calls) filter (where is_read), 0),
                   coalesce(sum(blocks) filter (where is_read), 0),
                   coalesce(sum(blocks), 0),
                   coalesce(sum(millis), 0),
                   (select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes)
            from (
                select calls, total_exec_time as millis, query ~* '^\\s*select' as is_read,
                       shared_blks_hit + shared_blks_read as blocks
                from pg_stat_statements
                where dbid = (select oid from pg_database where datname = current_database())
                  and query !~* '^\\s*insert') s
            """;

    /** The URL for connections whose statements count. Nobody else's do. */
    static String watched(String url) {
        return url + "&options=-c%20pg_stat_statements.track%3Dtop";
    }

    /** Begins to count in this database. */
    static void begin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create extension if not exists pg_stat_statements");
        }
    }

    /** All so far. */
    static DatabaseWork soFar(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COUNTED)) {
            row.next();
            return new DatabaseWork(
                    row.getDouble(1), row.getDouble(2), row.getDouble(3), row.getDouble(4), row.getDouble(5));
        }
    }

    DatabaseWork since(DatabaseWork earlier) {
        return new DatabaseWork(
                reads - earlier.reads,
                readBlocks - earlier.readBlocks,
                blocks - earlier.blocks,
                millis - earlier.millis,
                indexEntries - earlier.indexEntries);
    }
}
