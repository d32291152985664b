-- Boxcar's notifications for PostgreSQL, an option: whoever commits entries, in whatever language, wakes the processors that
-- listen. A transaction that notifies takes a lock at its commit that the whole server has once, so commits of writers wait
-- for each other. Creating the trigger waits until transactions that are writing to the outbox have ended.

create or replace function ${notify}() returns trigger language plpgsql as
$$ begin perform pg_catalog.pg_notify('boxcar_' || pg_catalog.to_hex(pg_catalog.hashtextextended(pg_catalog.format('%I.%I', tg_table_schema, tg_table_name), 0)), ''); return null; end $$;

drop trigger if exists "${name}_notify" on ${outbox};

create trigger "${name}_notify" after insert on ${outbox} for each statement execute function ${notify}();
