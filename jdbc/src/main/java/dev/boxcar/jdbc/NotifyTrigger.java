package dev.boxcar.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows of an outbox's notifications. The channel's name is computed there, by the trigger and here in the same
 * way: a hash of schema and table, because both names together do not fit into the 63 bytes of a channel.
 *
 * @param channel where the outbox's writers notify
 * @param present whether they do: the trigger is there and not disabled
 */
record NotifyTrigger(String channel, boolean present) {

    private static final String FIND = """
            select 'boxcar_' || to_hex(hashtextextended(format('%I.%I', n.nspname, c.relname), 0)),
                   exists (
                       select 1
                       from pg_trigger t
                       where t.tgrelid = c.oid and t.tgname = ? and t.tgenabled in ('O', 'A'))
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.oid = to_regclass(?)
            """;

    /** Null when the outbox's table is not there. */
    static @Nullable NotifyTrigger find(Connection connection, TableNames names) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, names.table() + "_notify");
            statement.setString(2, names.in(Database.POSTGRESQL, "${outbox}"));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new NotifyTrigger(row.getString(1), row.getBoolean(2)) : null;
            }
        }
    }
}
