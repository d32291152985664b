package dev.boxcar.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.LongSupplier;

/** PostgreSQL 13 and newer. */
final class PostgresDialect extends Dialect {

    static final String RELOAD = """
            select id, namespace, message_key, payload, headers, type, message_id,
                   round(date_part('epoch', created_at) * 1000000)::bigint, attempts, part,
                   ceil(extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::bigint
            from ${outbox}
            where id = any (?)
            order by id
            """;

    private final IdFloor floor = new IdFloor();

    @Override
    Database database() {
        return Database.POSTGRESQL;
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
        return new PostgresPublishing(names);
    }

    @Override
    Claims claims(Connections connections, TableNames names, Reader reader) {
        return new PostgresClaims(connections, this, names, floor);
    }

    @Override
    Reader reader(TableNames names, LongSupplier nanoTime) {
        return new PostgresReader(names, floor);
    }

    @Override
    String join() {
        return """
                insert into ${processor} (session, processor_id, deadline)
                values (?, ?, clock_timestamp() + ? * interval '1 millisecond')
                on conflict do nothing
                """;
    }

    /** One statement, which also tells how far ids and transaction numbers have come. */
    @Override
    String renew() {
        return """
                with renewed as (
                    update ${processor}
                    set deadline = clock_timestamp() + ? * interval '1 millisecond'
                    where session = ? and deadline > clock_timestamp()
                    returning session),
                others as (
                    select count(*) filter (where deadline > clock_timestamp()) as live,
                           count(*) filter (where deadline <= clock_timestamp()) as expired,
                           min(deadline) filter (where deadline > clock_timestamp()) as first_end
                    from ${processor}
                    where session <> ?)
                select renewed.session is not null as alive, others.live, others.expired,
                       ceil(extract(epoch from others.first_end - clock_timestamp()) * 1000)::bigint as first_end,
                       extract(epoch from pg_postmaster_start_time())::text as server, pg_current_xact_id()::text as xid,
                       (select last_value - 33 from ${sequence}) as reached,
                       c.part, c.epoch, c.owner, case when p.session is null then 0 else 1 end as present
                from ${claim} c
                cross join others
                left join renewed on true
                left join ${processor} p on p.session = c.owner
                order by c.part
                """;
    }

    @Override
    String expire() {
        return """
                delete from ${processor}
                where session in (
                    select session from ${processor} where deadline <= clock_timestamp() for update skip locked)
                """;
    }

    @Override
    String acquire() {
        return """
                update ${claim} c
                set owner = ?, epoch = c.epoch + 1
                where c.part = ? and c.epoch = ?
                  and not exists (select 1 from ${processor} p where p.session = c.owner)
                  and exists (select 1 from ${processor} p where p.session = ? and p.deadline > clock_timestamp())
                """;
    }

    @Override
    String reload() {
        return RELOAD;
    }

    @Override
    Settling settling(Connections connections, TableNames names) {
        return new PostgresSettling(connections, this, names, floor);
    }

    /**
     * Tells how far ids and transaction numbers have come, too. The claims are looked up once, as one bit for each partition: a
     * join would look through all of them for each entry.
     */
    @Override
    String deletePublished() {
        return """
                with gone as (
                    delete from ${outbox}
                    where id = any (?)
                      and (select bit_or(1::bigint << c.part)
                           from unnest(?, ?) as mine(part, epoch)
                           join ${claim} c on c.part = mine.part and c.epoch = mine.epoch
                           where c.owner = ?) >> part & 1 = 1)
                select extract(epoch from pg_postmaster_start_time())::text, pg_current_xact_id()::text,
                       (select last_value - 33 from ${sequence})
                """;
    }

    @Override
    String retry() {
        return """
                update ${outbox} o
                set attempts = failed.attempts,
                    next_attempt_at = clock_timestamp() + failed.delay * interval '1 millisecond',
                    last_error = failed.reason
                from unnest(?, ?, ?, ?, ?, ?) as failed(id, attempts, delay, reason, part, epoch)
                join ${claim} c on c.part = failed.part and c.epoch = failed.epoch
                where o.id = failed.id and o.part = failed.part and c.owner = ?
                """;
    }

    @Override
    String lockClaims() {
        return """
                select c.part
                from unnest(?, ?) as mine(part, epoch)
                join ${claim} c on c.part = mine.part and c.epoch = mine.epoch
                where c.owner = ?
                for share of c
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
                       coalesce(o.message_id, (substr(t.hex, 1, 12) || '8' || substr(t.hex, 13)
                           || to_hex((o.id & x'3fffffffffffffff'::bigint) | x'8000000000000000'::bigint))::uuid::text),
                       o.created_at,
                       case when lost.attempts < 0 then o.attempts else lost.attempts end, lost.reason
                from unnest(?, ?, ?) as lost(id, attempts, reason)
                join ${outbox} o on o.id = lost.id
                cross join lateral (
                    select lpad(to_hex(round(date_part('epoch', o.created_at) * 1000000)::bigint
                        & x'0fffffffffffffff'::bigint), 15, '0') as hex) t
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
                where (?::varchar is null or namespace = ?) and id > ?
                order by id
                limit ?
                """;
    }

    @Override
    String findDeadOfIds() {
        return """
                select id from ${dead}
                where id = any (?) and (?::varchar is null or namespace = ?) and id > ?
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
                select id, reason, round(date_part('epoch', died_at) * 1000000)::bigint,
                       entry_id, namespace, message_key, payload, headers, type, message_id,
                       round(date_part('epoch', created_at) * 1000000)::bigint, attempts
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

    /** What the server's statistics say; they follow within seconds. */
    @Override
    String estimatePending() {
        return """
                select coalesce(pg_stat_get_live_tuples(to_regclass('${outbox}')), 0)
                """;
    }

    // Locks no table: to_regclass does not, and pg_locks and pg_stat_activity are no tables. Whoever waits himself is
    // not told, only
    // the one at the end of the chain. PostgreSQL 13 has no waitstart; there, the time of the statement must do.
    @Override
    String blockingSessions() {
        return """
                with locks as materialized (
                    select l.pid, l.granted,
                           l.database = (select oid from pg_database where datname = current_database())
                               and l.relation in (to_regclass('${outbox}'), to_regclass('${claim}'),
                                   to_regclass('${processor}'), to_regclass('${dead}')) as ours,
                           case when not l.granted then (to_jsonb(l) ->> 'waitstart')::timestamptz end as since
                    from pg_locks l
                ), waiting as materialized (
                    select pid, min(since) as since
                    from locks
                    group by pid
                    having bool_or(not granted) and bool_or(ours)
                )
                select b.pid, coalesce(holder.usename::text, ''), coalesce(holder.application_name, ''), count(*),
                       coalesce(max(greatest(0, extract(epoch from
                           clock_timestamp() - coalesce(w.since, waiter.query_start)) * 1000)), 0)::bigint as wait
                from waiting w
                cross join lateral unnest(pg_blocking_pids(w.pid)) as b(pid)
                left join pg_stat_activity holder on holder.pid = b.pid
                left join pg_stat_activity waiter on waiter.pid = w.pid
                where b.pid not in (select pid from waiting)
                group by b.pid, holder.usename, holder.application_name
                order by wait desc, b.pid
                limit 20
                """;
    }

    @Override
    String oldestPending() {
        return """
                select greatest(0, extract(epoch from clock_timestamp() - created_at) * 1000)::bigint
                from ${outbox}
                order by id
                limit 1
                """;
    }

    @Override
    String processors() {
        return """
                select p.processor_id, count(c.part),
                       ceil(extract(epoch from p.deadline - clock_timestamp()) * 1000)::bigint
                from ${processor} p
                left join ${claim} c on c.owner = p.session
                where p.deadline > clock_timestamp()
                group by p.session, p.processor_id, p.deadline
                order by p.processor_id, p.session
                """;
    }

    @Override
    String lockSchema() {
        return """
                select pg_advisory_xact_lock(hashtext('boxcar schema'))
                """;
    }

    @Override
    String findSchema() {
        return """
                select 1 from pg_namespace where nspname = ?
                """;
    }
}
