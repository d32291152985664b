package dev.boxcar.jdbc;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of the outbox's tables. All derive from one table name; what is not a plain identifier is refused, what is
 * accepted is quoted, so that no name can become SQL.
 *
 * @param schema the schema (in MySQL and MariaDB: the database), or null for the connection's own
 * @param table the name of the main table
 */
record TableNames(@Nullable String schema, String table) {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,40}");

    TableNames {
        if (schema != null) {
            check("schema", schema);
        }
        check("table", table);
    }

    private static void check(String what, String name) {
        if (!PLAIN.matcher(name).matches()) {
            // Not the name itself: it may be anything, and would stand in logs.
            throw new IllegalArgumentException(
                    "the " + what + " name (" + name.length() + " characters) must begin with a "
                            + "letter or underscore and have at most 41 letters, digits and underscores, all of ASCII");
        }
    }

    /** A statement with the quoted names in the places of its placeholders. */
    String in(Database database, String sql) {
        return sql.replace("${outbox}", quoted(database, ""))
                .replace("${claim}", quoted(database, "_claim"))
                .replace("${processor}", quoted(database, "_processor"))
                .replace("${dead}", quoted(database, "_dead"))
                .replace("${version}", quoted(database, "_schema"))
                .replace("${sequence}", quoted(database, "_id_seq"))
                .replace("${notify}", quoted(database, "_notify"))
                .replace("${schema.}", schema == null ? "" : database.quoted(schema) + ".")
                .replace("${name}", table);
    }

    private String quoted(Database database, String suffix) {
        String name = database.quoted(table + suffix);
        return schema == null ? name : database.quoted(schema) + "." + name;
    }

    @Override
    public String toString() {
        return schema == null ? table : schema + "." + table;
    }
}
