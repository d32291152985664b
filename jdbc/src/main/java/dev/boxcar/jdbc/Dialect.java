package dev.boxcar.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.LongSupplier;

/**
 * What each database says in its own way: whole statements, in the order in which they run. {@code ${outbox}} and the
 * like stand for table names; parameters come in the same order in every dialect. A list is written as the database takes
 * it, and bound by {@link #bind}.
 */
abstract class Dialect {

    /** The partitions of every outbox; the tables' definitions know the number too. */
    static final int PARTITIONS = 64;

    static Dialect of(Database database) {
        return switch (database) {
            case POSTGRESQL -> new PostgresDialect();
            case MYSQL -> new MySqlDialect();
            case MARIADB -> new MariaDbDialect();
            case H2 -> new H2Dialect();
            case SQLITE -> new SqliteDialect();
        };
    }

    abstract Database database();

    /** Hands a list of rows to a statement; answers the index of the parameter behind it. */
    abstract int bind(PreparedStatement statement, int index, Column... rows) throws SQLException;

    abstract Publishing publishing(TableNames names);

    Claims claims(Connections connections, TableNames names, Reader reader) {
        return new Claims(connections, this, names);
    }

    /** A reader; {@code nanoTime} tells how long an id has been missing. */
    abstract Reader reader(TableNames names, LongSupplier nanoTime);

    Settling settling(Connections connections, TableNames names) {
        return new Settling(connections, this, names);
    }

    // Claims.

    /** A new session: session, processor id, milliseconds. Nothing if it is there already. */
    abstract String join();

    /** The session lives on, unless its time is over: milliseconds, session. */
    abstract String renew();

    /**
     * Everything about claims: how many sessions live, how many have expired, and of each partition its number, epoch, owner
     * and whether the owner's session is still there. Empty where renewing tells it.
     */
    String view() {
        return "";
    }

    /** Removes the sessions whose time is over; one that renews itself at this moment stays. */
    abstract String expire();

    /**
     * Takes a partition: session, partition, seen epoch, session. Only from an owner that is no longer there at all, not merely
     * past its deadline: it may be renewing itself at this moment.
     */
    abstract String acquire();

    /** What a session holds: session. */
    String held() {
        return """
                select part, epoch from ${claim} where owner = ? order by part
                """;
    }

    /** Gives a partition back: partition, epoch, session. */
    String release() {
        return """
                update ${claim}
                set owner = null, epoch = epoch + 1
                where part = ? and epoch = ? and owner = ?
                """;
    }

    /** Gives everything back: session. */
    String releaseAll() {
        return """
                update ${claim}
                set owner = null, epoch = epoch + 1
                where owner = ?
                """;
    }

    /** Forgets a session: session. */
    String leave() {
        return """
                delete from ${processor} where session = ?
                """;
    }

    // Reading and settling.

    /** Entries by their ids: list of ids. */
    abstract String reload();

    /** Deletes: list of (id), list of claims (partition, epoch), session. */
    abstract String deletePublished();

    /** Postpones: list of (id, attempts, delay in milliseconds, reason, partition, epoch), session. */
    abstract String retry();

    /** Keeps claims from being taken over until the transaction ends: list of (partition, epoch), session. */
    abstract String lockClaims();

    // Dead letters.

    /** Locks waiting entries, each in its partition: list of (id). Answers id and partition. */
    abstract String lockEntries();

    /** Copies entries to the dead letters: list of (id, attempts or -1 to leave them, reason). */
    abstract String bury();

    /** Deletes entries: list of (id). */
    abstract String deleteEntries();

    /** Finds dead letters: namespace or null, the same again, after id, limit. Answers ids. */
    abstract String findDead();

    /** Finds dead letters: list of ids, namespace or null, the same again, after id, limit. Answers ids. */
    abstract String findDeadOfIds();

    /** Locks dead letters: list of ids. */
    abstract String lockDead();

    /** Reads dead letters: list of ids. */
    abstract String listDead();

    /** Writes dead letters to the outbox again: list of ids. */
    abstract String replay();

    /** Deletes dead letters: list of ids. */
    abstract String deleteDead();

    // Numbers.

    /** Waiting entries, counted up to the limit: limit. */
    String countPending() {
        return """
                select count(*) from (select id from ${outbox} order by id limit ?) as counted
                """;
    }

    /**
     * How many entries wait, without counting them. By default the range of their ids, of which there are never more; after an
     * entry that stays while others go it is far too large.
     */
    String estimatePending() {
        return """
                select coalesce((select max(id) from ${outbox}) - (select min(id) from ${outbox}) + 1, 0)
                """;
    }

    /**
     * Whom statements on the tables wait for: session, user, application, number of those that wait, milliseconds of the longest
     * wait. Empty where the database does not tell everybody.
     */
    String blockingSessions() {
        return "";
    }

    /** How many milliseconds the first entry has been waiting; no row when there is none. */
    abstract String oldestPending();

    /** Dead letters, counted up to the limit: limit. */
    String countDead() {
        return """
                select count(*) from (select id from ${dead} order by id limit ?) as counted
                """;
    }

    /** Live sessions: processor id, number of partitions, milliseconds to live. */
    abstract String processors();

    // The schema.

    /** The version of the tables that are there. */
    String schemaVersion() {
        return """
                select max(version) from ${version}
                """;
    }

    /** Lets only one process at a time create tables; empty where the database sees to it. */
    String lockSchema() {
        return "";
    }

    /** Lets the next one; empty where the end of the transaction does. */
    String unlockSchema() {
        return "";
    }

    /** Finds a schema: its name. */
    String findSchema() {
        return """
                select 1 from information_schema.schemata where schema_name = ?
                """;
    }
}
