package dev.boxcar.jdbc;

import dev.boxcar.jdbc.GapPosition.Gap;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** MySQL 8.0 and newer. Lists go as JSON, and each drives its join: straight_join. */
class MySqlDialect extends Dialect {

    // Payloads that are not wanted stay where they are. A name with a comma is not found in the list: such a payload is
    // fetched by its id.
    private static final String FIND = """
            select id, namespace, case when octet_length(message_key) <= 8192 then message_key end,
                   case when ? >> part & 1 = 1 and (find_in_set(namespace, ?) > 0) = ? and octet_length(payload) <= ?
                           and coalesce(octet_length(message_key), 0) <= 8192 and coalesce(octet_length(headers), 0) <= 8192
                       then payload end,
                   case when octet_length(headers) <= 8192 then headers end, type, message_id, cast(unix_timestamp(created_at) * 1000000 as signed), attempts, part,
                   case when next_attempt_at is not null
                       then ceiling(timestampdiff(microsecond, utc_timestamp(6), next_attempt_at) / 1000) end,
                   octet_length(payload) + coalesce(octet_length(message_key), 0) + coalesce(octet_length(headers), 0)
            from ${outbox} force index (primary)
            where id > ?""";

    private static final String CLOCK = """
            select cast(unix_timestamp(now(6)) * 1000000 as signed), @@auto_increment_increment
            """;

    @Override
    Database database() {
        return Database.MYSQL;
    }

    @Override
    int bind(PreparedStatement statement, int index, Column... rows) throws SQLException {
        return JsonLists.bind(statement, index, rows);
    }

    @Override
    Publishing publishing(TableNames names) {
        // 4 MiB, for drivers escape bytes and servers admit 16 MiB to a packet.
        return new ValuesPublishing(database(), names, 500, 4 * 1024 * 1024);
    }

    @Override
    Reader reader(TableNames names, LongSupplier nanoTime) {
        String find = names.in(database(), FIND);
        return new GapReader(
                this,
                names,
                (connection, gaps, top, limit, content) -> find(connection, find, gaps, top, limit, content),
                CLOCK,
                nanoTime);
    }

    /** Ranges of the primary key, one after the other: the optimizer turns the conditions into one scan of it. */
    private static PreparedStatement find(
            Connection connection, String find, List<Gap> gaps, long top, int limit, GapReader.Content content)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(
                find + " or id between ? and ?".repeat(gaps.size()) + " order by id limit ?");
        int i = 1;
        statement.setLong(i++, content.partitions());
        statement.setString(i++, list(content.namespaces().names()));
        statement.setBoolean(i++, content.namespaces().include());
        statement.setLong(i++, content.largest());
        statement.setLong(i++, top);
        for (Gap gap : gaps) {
            statement.setLong(i++, gap.low());
            statement.setLong(i++, gap.high());
        }
        statement.setInt(i, limit);
        return statement;
    }

    /** As find_in_set takes it, to which an empty text is no name at all. */
    private static String list(Set<String> names) {
        return names.equals(Set.of("")) ? "," : String.join(",", names);
    }

    @Override
    Settling settling(Connections connections, TableNames names) {
        return new MySqlSettling(connections, this, names);
    }

    @Override
    Claims claims(Connections connections, TableNames names, Reader reader) {
        return new MySqlClaims(connections, this, names, reader);
    }

    @Override
    String join() {
        return """
                insert into ${processor} (session, processor_id, deadline)
                values (?, ?, utc_timestamp(6) + interval ? * 1000 microsecond)
                on duplicate key update session = values(session)
                """;
    }

    @Override
    String renew() {
        return """
                update ${processor}
                set deadline = utc_timestamp(6) + interval ? * 1000 microsecond
                where session = ? and deadline > utc_timestamp(6)
                """;
    }

    @Override
    String view() {
        return """
                select (select count(*) from ${processor} where deadline > utc_timestamp(6)),
                       (select count(*) from ${processor} where deadline <= utc_timestamp(6)),
                       (select ceiling(timestampdiff(microsecond, utc_timestamp(6), min(deadline)) / 1000)
                        from ${processor} where deadline > utc_timestamp(6)),
                       c.part, c.epoch, c.owner, case when p.session is null then 0 else 1 end
                from ${claim} c
                left join ${processor} p on p.session = c.owner
                order by c.part
                """;
    }

    @Override
    String expire() {
        return """
                delete p
                from ${processor} p
                join (
                    select session from ${processor} where deadline <= utc_timestamp(6) for update skip locked) ended
                  on ended.session = p.session
                """;
    }

    @Override
    String acquire() {
        return """
                update ${claim} c
                set c.owner = ?, c.epoch = c.epoch + 1
                where c.part = ? and c.epoch = ?
                  and not exists (select 1 from ${processor} p where p.session = c.owner)
                  and exists (select 1 from ${processor} p where p.session = ? and p.deadline > utc_timestamp(6))
                """;
    }

    @Override
    String reload() {
        return """
                select o.id, o.namespace, o.message_key, o.payload, o.headers, o.type, o.message_id,
                       cast(unix_timestamp(o.created_at) * 1000000 as signed), o.attempts, o.part,
                       ceiling(timestampdiff(microsecond, utc_timestamp(6), o.next_attempt_at) / 1000)
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as wanted
                straight_join ${outbox} o on o.id = wanted.id
                order by o.id
                """;
    }

    /** List of claims (partition, epoch), session; {@link MySqlSettling} adds the ids. The claims are looked up once, as bits. */
    @Override
    String deletePublished() {
        return """
                delete o
                from ${outbox} o force index (primary)
                where (
                    select bit_or(1 << c.part)
                    from json_table(?, '$[*]' columns (part int path '$[0]', epoch bigint path '$[1]')) as mine
                    straight_join ${claim} c on c.part = mine.part and c.epoch = mine.epoch
                    where c.owner = ?) >> o.part & 1 = 1""";
    }

    @Override
    String retry() {
        return """
                update json_table(?, '$[*]' columns (
                        id bigint path '$[0]', attempts int path '$[1]', delay bigint path '$[2]',
                        reason text path '$[3]', part int path '$[4]', epoch bigint path '$[5]')) as failed
                straight_join ${outbox} o on o.id = failed.id and o.part = failed.part
                straight_join ${claim} c on c.part = failed.part and c.epoch = failed.epoch
                set o.attempts = failed.attempts,
                    o.next_attempt_at = utc_timestamp(6) + interval failed.delay * 1000 microsecond,
                    o.last_error = failed.reason
                where c.owner = ?
                """;
    }

    @Override
    String lockClaims() {
        return """
                select c.part
                from json_table(?, '$[*]' columns (part int path '$[0]', epoch bigint path '$[1]')) as mine
                straight_join ${claim} c on c.part = mine.part and c.epoch = mine.epoch
                where c.owner = ?
                for share of c
                """;
    }

    @Override
    String lockEntries() {
        return """
                select o.id, o.part
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as wanted
                straight_join ${outbox} o on o.id = wanted.id
                for update of o
                """;
    }

    @Override
    String bury() {
        return """
                insert into ${dead} (entry_id, namespace, message_key, payload, headers, type, message_id, created_at,
                    attempts, reason)
                select o.id, o.namespace, o.message_key, o.payload, o.headers, o.type,
                       coalesce(o.message_id, concat_ws('-',
                           substr(lpad(lower(hex(cast(unix_timestamp(o.created_at) * 1000000 as signed))), 15, '0'), 1, 8),
                           substr(lpad(lower(hex(cast(unix_timestamp(o.created_at) * 1000000 as signed))), 15, '0'), 9, 4),
                           concat('8',
                               substr(lpad(lower(hex(cast(unix_timestamp(o.created_at) * 1000000 as signed))), 15, '0'), 13)),
                           substr(lower(hex((o.id & 4611686018427387903) | 9223372036854775808)), 1, 4),
                           substr(lower(hex((o.id & 4611686018427387903) | 9223372036854775808)), 5))),
                       o.created_at,
                       case when lost.attempts < 0 then o.attempts else lost.attempts end, lost.reason
                from json_table(?, '$[*]' columns (
                    id bigint path '$[0]', attempts int path '$[1]', reason text path '$[2]')) as lost
                straight_join ${outbox} o on o.id = lost.id
                order by o.id
                """;
    }

    @Override
    String deleteEntries() {
        return """
                delete o
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as gone
                straight_join ${outbox} o on o.id = gone.id
                """;
    }

    @Override
    String findDead() {
        return """
                select id from ${dead}
                where (? is null or cast(namespace as binary) = cast(? as binary)) and id > ?
                order by id
                limit ?
                """;
    }

    @Override
    String findDeadOfIds() {
        return """
                select d.id
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as wanted
                straight_join ${dead} d on d.id = wanted.id
                where (? is null or cast(d.namespace as binary) = cast(? as binary)) and d.id > ?
                order by d.id
                limit ?
                """;
    }

    @Override
    String lockDead() {
        return """
                select d.id
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as wanted
                straight_join ${dead} d on d.id = wanted.id
                for update of d
                """;
    }

    @Override
    String listDead() {
        return """
                select d.id, d.reason, cast(unix_timestamp(d.died_at) * 1000000 as signed),
                       d.entry_id, d.namespace, d.message_key, d.payload, d.headers, d.type, d.message_id,
                       cast(unix_timestamp(d.created_at) * 1000000 as signed), d.attempts
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as wanted
                straight_join ${dead} d on d.id = wanted.id
                order by d.id
                """;
    }

    @Override
    String replay() {
        return """
                insert into ${outbox} (namespace, message_key, payload, headers, type, message_id)
                select d.namespace, d.message_key, d.payload, d.headers, d.type, d.message_id
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as wanted
                straight_join ${dead} d on d.id = wanted.id
                order by d.id
                """;
    }

    @Override
    String deleteDead() {
        return """
                delete d
                from json_table(?, '$[*]' columns (id bigint path '$[0]')) as gone
                straight_join ${dead} d on d.id = gone.id
                """;
    }

    @Override
    String oldestPending() {
        return """
                select cast(greatest(0, (unix_timestamp(now(6)) - unix_timestamp(created_at)) * 1000) as signed)
                from ${outbox}
                order by id
                limit 1
                """;
    }

    @Override
    String processors() {
        return """
                select p.processor_id, count(c.part),
                       ceiling(timestampdiff(microsecond, utc_timestamp(6), p.deadline) / 1000)
                from ${processor} p
                left join ${claim} c on c.owner = p.session
                where p.deadline > utc_timestamp(6)
                group by p.session, p.processor_id, p.deadline
                order by p.processor_id, p.session
                """;
    }

    @Override
    String lockSchema() {
        return """
                select get_lock('boxcar schema', 60)
                """;
    }

    @Override
    String unlockSchema() {
        return """
                select release_lock('boxcar schema')
                """;
    }
}
