package dev.boxcar.jdbc;

import dev.boxcar.jdbc.GapPosition.Gap;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongSupplier;

/** H2 2.x. */
final class H2Dialect extends Dialect {

    private static final String FIND = """
            (select o.id, o.namespace, case when octet_length(o.message_key) <= 8192 then o.message_key end,
                    case when bitget(cast(? as bigint), o.part) and (array_contains(cast(? as varchar array), o.namespace)) = ?
                            and octet_length(o.payload) <= ?
                            and coalesce(octet_length(o.message_key), 0) <= 8192
                            and coalesce(octet_length(o.headers), 0) <= 8192
                        then o.payload end,
                    case when octet_length(o.headers) <= 8192 then o.headers end, o.type, o.message_id,
                    cast(extract(epoch from o.created_at) * 1000000 as bigint), o.attempts,
                    o.part,
                    case when o.next_attempt_at is not null
                        then cast(ceil(extract(epoch from o.next_attempt_at - current_timestamp(6)) * 1000) as bigint) end,
                    octet_length(o.payload) + coalesce(octet_length(o.message_key), 0)
                        + coalesce(octet_length(o.headers), 0)
             from unnest(cast(? as bigint array), cast(? as bigint array)) as gap(low, high)
             join ${outbox} o on o.id >= gap.low and o.id <= gap.high
             order by o.id
             limit ?)
            union all
            (select id, namespace, case when octet_length(message_key) <= 8192 then message_key end,
                    case when bitget(cast(? as bigint), part) and (array_contains(cast(? as varchar array), namespace)) = ?
                            and octet_length(payload) <= ?
                            and coalesce(octet_length(message_key), 0) <= 8192
                            and coalesce(octet_length(headers), 0) <= 8192
                        then payload end,
                    case when octet_length(headers) <= 8192 then headers end, type, message_id,
                    cast(extract(epoch from created_at) * 1000000 as bigint), attempts,
                    part,
                    case when next_attempt_at is not null
                        then cast(ceil(extract(epoch from next_attempt_at - current_timestamp(6)) * 1000) as bigint) end,
                    octet_length(payload) + coalesce(octet_length(message_key), 0)
                        + coalesce(octet_length(headers), 0)
             from ${outbox}
             where id > ?
             order by id
             limit ?)
            order by 1
            limit ?
            """;

    private static final String CLOCK = """
            select cast(extract(epoch from current_timestamp(6)) * 1000000 as bigint), 1
            """;

    @Override
    Database database() {
        return Database.H2;
    }

    @Override
    int bind(PreparedStatement statement, int index, Column... rows) throws SQLException {
        int i = index;
        for (Column column : rows) {
            statement.setArray(i++, statement.getConnection().createArrayOf(column.type(), column.values()));
        }
        return i;
    }

    @Override
    Publishing publishing(TableNames names) {
        return new ValuesPublishing(Database.H2, names, 500, 8 * 1024 * 1024);
    }

    @Override
    Reader reader(TableNames names, LongSupplier nanoTime) {
        String find = names.in(Database.H2, FIND);
        return new GapReader(
                this,
                names,
                (connection, gaps, top, limit, content) -> find(connection, find, gaps, top, limit, content),
                CLOCK,
                nanoTime);
    }

    private PreparedStatement find(
            Connection connection, String find, List<Gap> gaps, long top, int limit, GapReader.Content content)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(find);
        int i = content(statement, 1, content);
        i = bind(statement, i, Column.longs(gaps, Gap::low), Column.longs(gaps, Gap::high));
        statement.setInt(i++, limit);
        i = content(statement, i, content);
        statement.setLong(i++, top);
        statement.setInt(i++, limit);
        statement.setInt(i, limit);
        return statement;
    }

    private int content(PreparedStatement statement, int first, GapReader.Content content) throws SQLException {
        int i = first;
        statement.setLong(i++, content.partitions());
        i = bind(statement, i, Column.texts(List.copyOf(content.namespaces().names()), name -> name));
        statement.setBoolean(i++, content.namespaces().include());
        statement.setLong(i++, content.largest());
        return i;
    }

    @Override
    String join() {
        return """
                merge into ${processor} p
                using (values (cast(? as varchar), cast(? as varchar), cast(? as bigint))) as n(session, processor_id, millis)
                on p.session = n.session
                when not matched then insert (session, processor_id, deadline)
                values (n.session, n.processor_id, dateadd(millisecond, n.millis, current_timestamp(6)))
                """;
    }

    @Override
    String renew() {
        return """
                update ${processor}
                set deadline = dateadd(millisecond, ?, current_timestamp(6))
                where session = ? and deadline > current_timestamp(6)
                """;
    }

    @Override
    String view() {
        return """
                select (select count(*) from ${processor} where deadline > current_timestamp(6)),
                       (select count(*) from ${processor} where deadline <= current_timestamp(6)),
                       (select cast(ceil(extract(epoch from min(deadline) - current_timestamp(6)) * 1000) as bigint)
                        from ${processor} where deadline > current_timestamp(6)),
                       c.part, c.epoch, c.owner, case when p.session is null then 0 else 1 end
                from ${claim} c
                left join ${processor} p on p.session = c.owner
                order by c.part
                """;
    }

    @Override
    String expire() {
        return """
                delete from ${processor} where deadline <= current_timestamp(6)
                """;
    }

    @Override
    String acquire() {
        return """
                update ${claim} c
                set owner = ?, epoch = c.epoch + 1
                where c.part = ? and c.epoch = ?
                  and not exists (select 1 from ${processor} p where p.session = c.owner)
                  and exists (select 1 from ${processor} p where p.session = ? and p.deadline > current_timestamp(6))
                """;
    }

    @Override
    String reload() {
        return """
                select id, namespace, message_key, payload, headers, type, message_id,
                       cast(extract(epoch from created_at) * 1000000 as bigint), attempts, part,
                       cast(ceil(extract(epoch from next_attempt_at - current_timestamp(6)) * 1000) as bigint)
                from ${outbox}
                where id = any (?)
                order by id
                """;
    }

    @Override
    Settling settling(Connections connections, TableNames names) {
        return new H2Settling(connections, this, names);
    }

    /**
     * List of ids, claims as {@link H2Settling} writes them, session. {@code id = any} would compare each entry with all of the
     * list; a merge goes through the list once.
     */
    @Override
    String deletePublished() {
        return """
                merge into ${outbox} o
                using (select id from unnest(cast(? as bigint array)) as listed(id)) published
                on o.id = published.id
                  and o.part in (
                    select c.part
                    from ${claim} c
                    where array_contains(cast(? as varchar array), c.part || ' ' || c.epoch) and c.owner = ?)
                when matched then delete
                """;
    }

    @Override
    String retry() {
        return """
                merge into ${outbox} o
                using (
                    select f.id, f.attempts, f.delay, f.reason, f.part
                    from unnest(cast(? as bigint array), cast(? as integer array), cast(? as bigint array),
                        cast(? as varchar array), cast(? as integer array), cast(? as bigint array))
                        as f(id, attempts, delay, reason, part, epoch)
                    join ${claim} c on c.part = f.part and c.epoch = f.epoch
                    where c.owner = ?) failed
                on o.id = failed.id and o.part = failed.part
                when matched then update set
                    attempts = failed.attempts,
                    next_attempt_at = dateadd(millisecond, failed.delay, current_timestamp(6)),
                    last_error = failed.reason
                """;
    }

    @Override
    String lockClaims() {
        return """
                select part from ${claim}
                where array_contains(cast(? as varchar array), part || ' ' || epoch) and owner = ?
                for update
                """;
    }

    @Override
    String lockEntries() {
        return """
                select id, part from ${outbox} where id = any (?) order by id for update
                """;
    }

    @Override
    String bury() {
        return """
                insert into ${dead} (entry_id, namespace, message_key, payload, headers, type, message_id, created_at,
                    attempts, reason)
                select o.id, o.namespace, o.message_key, o.payload, o.headers, o.type,
                       coalesce(o.message_id, lower(
                           substring(rawtohex(cast(cast(extract(epoch from o.created_at) * 1000000 as bigint) as varbinary)) from 2 for 8)
                           || '-' || substring(rawtohex(cast(cast(extract(epoch from o.created_at) * 1000000 as bigint) as varbinary)) from 10 for 4)
                           || '-8' || substring(rawtohex(cast(cast(extract(epoch from o.created_at) * 1000000 as bigint) as varbinary)) from 14)
                           || '-' || substring(rawtohex(cast(bitor(bitand(o.id, 4611686018427387903), -9223372036854775808) as varbinary)) from 1 for 4)
                           || '-' || substring(rawtohex(cast(bitor(bitand(o.id, 4611686018427387903), -9223372036854775808) as varbinary)) from 5))),
                       o.created_at,
                       case when lost.attempts < 0 then o.attempts else lost.attempts end, lost.reason
                from unnest(cast(? as bigint array), cast(? as integer array), cast(? as varchar array))
                    as lost(id, attempts, reason)
                join ${outbox} o on o.id = lost.id
                order by o.id
                """;
    }

    @Override
    String deleteEntries() {
        return """
                delete from ${outbox} where id = any (?)
                """;
    }

    @Override
    String findDead() {
        return """
                select id from ${dead}
                where (cast(? as varchar) is null or namespace = ?) and id > ?
                order by id
                limit ?
                """;
    }

    @Override
    String findDeadOfIds() {
        return """
                select id from ${dead}
                where id = any (?) and (cast(? as varchar) is null or namespace = ?) and id > ?
                order by id
                limit ?
                """;
    }

    @Override
    String lockDead() {
        return """
                select id from ${dead} where id = any (?) order by id for update
                """;
    }

    @Override
    String listDead() {
        return """
                select id, reason, cast(extract(epoch from died_at) * 1000000 as bigint),
                       entry_id, namespace, message_key, payload, headers, type, message_id,
                       cast(extract(epoch from created_at) * 1000000 as bigint), attempts
                from ${dead}
                where id = any (?)
                order by id
                """;
    }

    @Override
    String replay() {
        return """
                insert into ${outbox} (namespace, message_key, payload, headers, type, message_id)
                select namespace, message_key, payload, headers, type, message_id
                from ${dead}
                where id = any (?)
                order by id
                """;
    }

    @Override
    String deleteDead() {
        return """
                delete from ${dead} where id = any (?)
                """;
    }

    @Override
    String oldestPending() {
        return """
                select cast(greatest(0, extract(epoch from current_timestamp(6) - created_at) * 1000) as bigint)
                from ${outbox}
                order by id
                limit 1
                """;
    }

    @Override
    String processors() {
        return """
                select p.processor_id, count(c.part),
                       cast(ceil(extract(epoch from p.deadline - current_timestamp(6)) * 1000) as bigint)
                from ${processor} p
                left join ${claim} c on c.owner = p.session
                where p.deadline > current_timestamp(6)
                group by p.session, p.processor_id, p.deadline
                order by p.processor_id, p.session
                """;
    }
}
