package dev.boxcar.jdbc;

import java.util.regex.Pattern;

/**
 * The database roles that share the outbox's tables; for {@link JdbcSchema#grants}. In MySQL and MariaDB they may be users, which then
 * stand for all hosts.
 *
 * @param writer the application that writes messages
 * @param relay the processor that publishes them
 * @param admin people and tools that look after dead letters
 */
public record SchemaRoles(String writer, String relay, String admin) {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,31}");

    /** Checks the names: letters, digits, underscores and hyphens of ASCII, at most 32, as MySQL allows. */
    public SchemaRoles {
        check("writer", writer);
        check("relay", relay);
        check("admin", admin);
    }

    private static void check(String what, String name) {
        if (!PLAIN.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of the " + what + "'s role (" + name.length()
                    + " characters) must begin with a letter or underscore and have at most 32 letters, digits, underscores "
                    + "and hyphens, all of ASCII");
        }
    }

    /** A script with the quoted names in the places of its placeholders. */
    String in(Database database, String sql) {
        return sql.replace("${writer}", database.quoted(writer))
                .replace("${relay}", database.quoted(relay))
                .replace("${admin}", database.quoted(admin));
    }
}
