-- tag::namespaces[]
select namespace, count(*) as waiting, max(attempts) as attempts, min(created_at) as oldest
from (select namespace, attempts, created_at from boxcar_outbox order by id limit 100000) first_ones
group by namespace
order by waiting desc
-- end::namespaces[]
;
-- tag::failing[]
select id, namespace, type, message_id, attempts, next_attempt_at, last_error
from boxcar_outbox
where attempts > 0
order by id
limit 20
-- end::failing[]
;
-- tag::holders[]
select 'session' as kind, pid::text as who, age(backend_xmin) as transactions, now() - xact_start as since, state
from pg_stat_activity
where backend_xmin is not null and pid <> pg_backend_pid()
union all
select 'replication slot', slot_name, age(coalesce(xmin, catalog_xmin)), null, null
from pg_replication_slots
where coalesce(xmin, catalog_xmin) is not null
order by transactions desc
limit 5
-- end::holders[]
;
-- tag::vacuum[]
alter table boxcar_outbox set (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000)
-- end::vacuum[]
;
-- tag::bloat[]
select pg_size_pretty(pg_relation_size('boxcar_outbox')) as table_size,
       pg_size_pretty(pg_indexes_size('boxcar_outbox')) as index_size,
       n_dead_tup, last_autovacuum
from pg_stat_user_tables
where relname = 'boxcar_outbox'
-- end::bloat[]
;
-- tag::reindex[]
reindex table concurrently boxcar_outbox
-- end::reindex[]
