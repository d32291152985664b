package dev.boxcar.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * SQLite 3.42 and newer. One transaction writes at a time, so ids come in the order of the commits and there are no gaps to
 * look at again.
 */
final class SqliteDialect extends Dialect {

    private static final String FIND = """
            select id, namespace, case when length(message_key) <= 8192 then message_key end,
                   case when ? >> part & 1 = 1 and (namespace in (select value ->> 0 from json_each(?))) = ?
                           and length(payload) <= ?
                           and coalesce(length(message_key), 0) <= 8192 and coalesce(length(headers), 0) <= 8192
                       then payload end,
                   case when length(headers) <= 8192 then headers end, type, message_id, created_at * 1000, attempts, part,
                   next_attempt_at - cast(unixepoch('subsec') * 1000 as integer),
                   length(payload) + coalesce(length(message_key), 0) + coalesce(length(headers), 0)
            from ${outbox}
            where id > ?
            order by id
            limit ?
            """;

    @Override
    Database database() {
        return Database.SQLITE;
    }

    @Override
    int bind(PreparedStatement statement, int index, Column... rows) throws SQLException {
        return JsonLists.bind(statement, index, rows);
    }

    @Override
    Publishing publishing(TableNames names) {
        return new ValuesPublishing(Database.SQLITE, names, 500, 8 * 1024 * 1024);
    }

    @Override
    Reader reader(TableNames names, LongSupplier nanoTime) {
        String find = names.in(Database.SQLITE, FIND);
        return new GapReader(
                this,
                names,
                (connection, gaps, top, limit, content) -> find(connection, find, top, limit, content),
                "",
                nanoTime);
    }

    private static PreparedStatement find(
            Connection connection, String find, long top, int limit, GapReader.Content content) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(find);
        int i = 1;
        statement.setLong(i++, content.partitions());
        i = JsonLists.bind(
                statement, i, Column.texts(List.copyOf(content.namespaces().names()), name -> name));
        statement.setBoolean(i++, content.namespaces().include());
        statement.setLong(i++, content.largest());
        statement.setLong(i++, top);
        statement.setInt(i, limit);
        return statement;
    }

    @Override
    String join() {
        return """
                insert or ignore into ${processor} (session, processor_id, deadline)
                values (?, ?, cast(unixepoch('subsec') * 1000 as integer) + ?)
                """;
    }

    @Override
    String renew() {
        return """
                update ${processor}
                set deadline = cast(unixepoch('subsec') * 1000 as integer) + ?
                where session = ? and deadline > cast(unixepoch('subsec') * 1000 as integer)
                """;
    }

    @Override
    String view() {
        return """
                select (select count(*) from ${processor} where deadline > cast(unixepoch('subsec') * 1000 as integer)),
                       (select count(*) from ${processor} where deadline <= cast(unixepoch('subsec') * 1000 as integer)),
                       (select min(deadline) - cast(unixepoch('subsec') * 1000 as integer)
                        from ${processor} where deadline > cast(unixepoch('subsec') * 1000 as integer)),
                       c.part, c.epoch, c.owner, case when p.session is null then 0 else 1 end
                from ${claim} c
                left join ${processor} p on p.session = c.owner
                order by c.part
                """;
    }

    @Override
    String expire() {
        return """
                delete from ${processor} where deadline <= cast(unixepoch('subsec') * 1000 as integer)
                """;
    }

    @Override
    String acquire() {
        return """
                update ${claim} as c
                set owner = ?, epoch = c.epoch + 1
                where c.part = ? and c.epoch = ?
                  and not exists (select 1 from ${processor} p where p.session = c.owner)
                  and exists (
                    select 1 from ${processor} p
                    where p.session = ? and p.deadline > cast(unixepoch('subsec') * 1000 as integer))
                """;
    }

    @Override
    String reload() {
        return """
                select id, namespace, message_key, payload, headers, type, message_id, created_at * 1000, attempts, part,
                       next_attempt_at - cast(unixepoch('subsec') * 1000 as integer)
                from ${outbox}
                where id in (select value ->> 0 from json_each(?))
                order by id
                """;
    }

    @Override
    String deletePublished() {
        return """
                delete from ${outbox}
                where id in (select value ->> 0 from json_each(?))
                  and part in (
                    select c.part
                    from json_each(?) mine
                    join ${claim} c on c.part = mine.value ->> 0 and c.epoch = mine.value ->> 1
                    where c.owner = ?)
                """;
    }

    @Override
    String retry() {
        return """
                update ${outbox} as o
                set attempts = failed.value ->> 1,
                    next_attempt_at = cast(unixepoch('subsec') * 1000 as integer) + (failed.value ->> 2),
                    last_error = failed.value ->> 3
                from json_each(?) failed
                join ${claim} c on c.part = failed.value ->> 4 and c.epoch = failed.value ->> 5
                where o.id = failed.value ->> 0 and o.part = c.part and c.owner = ?
                """;
    }

    /** Nothing to lock: the transaction that writes is alone. */
    @Override
    String lockClaims() {
        return """
                select c.part
                from json_each(?) mine
                join ${claim} c on c.part = mine.value ->> 0 and c.epoch = mine.value ->> 1
                where c.owner = ?
                """;
    }

    @Override
    String lockEntries() {
        return """
                select id, part from ${outbox} where id in (select value ->> 0 from json_each(?)) order by id
                """;
    }

    @Override
    String bury() {
        return """
                insert into ${dead} (entry_id, namespace, message_key, payload, headers, type, message_id, created_at,
                    attempts, reason)
                select o.id, o.namespace, o.message_key, o.payload, o.headers, o.type,
                       coalesce(o.message_id,
                           printf('%08x-%04x-8%03x-%04x-%012x', (o.created_at * 1000) >> 28, ((o.created_at * 1000) >> 12) & 65535,
                               (o.created_at * 1000) & 4095, ((o.id >> 48) & 16383) | 32768, o.id & 281474976710655)),
                       o.created_at,
                       case when lost.value ->> 1 < 0 then o.attempts else lost.value ->> 1 end, lost.value ->> 2
                from json_each(?) lost
                join ${outbox} o on o.id = lost.value ->> 0
                order by o.id
                """;
    }

    @Override
    String deleteEntries() {
        return """
                delete from ${outbox} where id in (select value ->> 0 from json_each(?))
                """;
    }

    @Override
    String findDead() {
        return """
                select id from ${dead}
                where (? is null or namespace = ?) and id > ?
                order by id
                limit ?
                """;
    }

    @Override
    String findDeadOfIds() {
        return """
                select id from ${dead}
                where id in (select value ->> 0 from json_each(?)) and (? is null or namespace = ?) and id > ?
                order by id
                limit ?
                """;
    }

    @Override
    String lockDead() {
        return """
                select id from ${dead} where id in (select value ->> 0 from json_each(?)) order by id
                """;
    }

    @Override
    String listDead() {
        return """
                select id, reason, died_at * 1000,
                       entry_id, namespace, message_key, payload, headers, type, message_id, created_at * 1000, attempts
                from ${dead}
                where id in (select value ->> 0 from json_each(?))
                order by id
                """;
    }

    @Override
    String replay() {
        return """
                insert into ${outbox} (namespace, message_key, payload, headers, type, message_id)
                select namespace, message_key, payload, headers, type, message_id
                from ${dead}
                where id in (select value ->> 0 from json_each(?))
                order by id
                """;
    }

    @Override
    String deleteDead() {
        return """
                delete from ${dead} where id in (select value ->> 0 from json_each(?))
                """;
    }

    @Override
    String oldestPending() {
        return """
                select max(0, cast(unixepoch('subsec') * 1000 as integer) - created_at)
                from ${outbox}
                order by id
                limit 1
                """;
    }

    @Override
    String findSchema() {
        return """
                select 1 from pragma_database_list where name = ?
                """;
    }

    @Override
    String processors() {
        return """
                select p.processor_id, count(c.part), p.deadline - cast(unixepoch('subsec') * 1000 as integer)
                from ${processor} p
                left join ${claim} c on c.owner = p.session
                where p.deadline > cast(unixepoch('subsec') * 1000 as integer)
                group by p.session, p.processor_id, p.deadline
                order by p.processor_id, p.session
                """;
    }
}
