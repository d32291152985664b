package dev.boxcar.jdbc;

import java.sql.SQLException;
import java.util.Set;

/**
 * Tells errors apart by SQLState, and by vendor code where the driver sends no state of its own.
 *
 * <pre>
 * what                      PostgreSQL   MySQL, MariaDB      H2            SQLite (code only)
 * deadlock, serialization   40001 40P01  40001 (1213)        40001         -
 * lock not got in time      55P03        41000 HY000 (1205)  HYT00         5 BUSY, 6 LOCKED
 * table or schema missing   42P01 3F000  42S02 42000 (1049)  42S02 90079   1 ERROR
 * data exception            22xxx        22xxx               22xxx         20 MISMATCH
 * constraint violated       23xxx        23xxx HY000 (3819)  23xxx         19 CONSTRAINT
 * </pre>
 */
final class SqlErrors {

    private static final int MYSQL_UNKNOWN_DATABASE = 1049;
    private static final int MYSQL_LOCK_WAIT_TIMEOUT = 1205;
    private static final int MYSQL_DEADLOCK = 1213;
    private static final int MYSQL_CHECK_VIOLATED = 3819;
    private static final int MARIADB_CHECK_VIOLATED = 4025;
    private static final int SQLITE_ERROR = 1;
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_CONSTRAINT = 19;
    private static final int SQLITE_MISMATCH = 20;

    private static final Set<String> CONFLICT = Set.of("40001", "40P01", "55P03", "HYT00");
    private static final Set<String> MISSING = Set.of("42P01", "3F000", "42S02", "42S03", "42S04", "90079");

    private SqlErrors() {}

    /** Whether the same work may succeed when it is simply done again: it lost against another transaction. */
    static boolean isConflict(Database database, SQLException e) {
        return switch (database) {
            case SQLITE -> sqliteCode(e) == SQLITE_BUSY || sqliteCode(e) == SQLITE_LOCKED;
            case MYSQL, MARIADB ->
                CONFLICT.contains(state(e))
                        || e.getErrorCode() == MYSQL_DEADLOCK
                        || e.getErrorCode() == MYSQL_LOCK_WAIT_TIMEOUT;
            case POSTGRESQL, H2 -> CONFLICT.contains(state(e));
        };
    }

    /** Whether a table, or the schema that should hold it, does not exist. To SQLite that is an error in the statement. */
    static boolean isMissingTable(Database database, SQLException e) {
        return switch (database) {
            case SQLITE -> sqliteCode(e) == SQLITE_ERROR;
            case MYSQL, MARIADB -> MISSING.contains(state(e)) || e.getErrorCode() == MYSQL_UNKNOWN_DATABASE;
            case POSTGRESQL, H2 -> MISSING.contains(state(e));
        };
    }

    /** Whether the error's text may quote values of the row: those belong into no log. */
    static boolean mayQuoteValues(Database database, SQLException e) {
        if (database == Database.SQLITE) {
            return sqliteCode(e) == SQLITE_CONSTRAINT || sqliteCode(e) == SQLITE_MISMATCH;
        }
        return state(e).startsWith("22")
                || state(e).startsWith("23")
                || e.getErrorCode() == MYSQL_CHECK_VIOLATED
                || e.getErrorCode() == MARIADB_CHECK_VIOLATED;
    }

    /** Whether a CHECK constraint refuses the row. */
    static boolean isCheckViolated(Database database, SQLException e) {
        return switch (database) {
            case POSTGRESQL -> state(e).equals("23514");
            case H2 -> state(e).equals("23513");
            case MYSQL, MARIADB ->
                e.getErrorCode() == MYSQL_CHECK_VIOLATED || e.getErrorCode() == MARIADB_CHECK_VIOLATED;
            case SQLITE -> sqliteCode(e) == SQLITE_CONSTRAINT; // it does not tell them apart
        };
    }

    private static int sqliteCode(SQLException e) {
        return e.getErrorCode() & 0xff; // the upper bits tell the kinds of one code apart
    }

    private static String state(SQLException e) {
        return String.valueOf(e.getSQLState());
    }
}
