-- tag::end[]
select pg_current_wal_lsn()
-- end::end[]
;
-- tag::caught-up[]
select slot_name, confirmed_flush_lsn >= '0/1A2B3C4D' as caught_up   -- what the first statement said
from pg_replication_slots
where slot_type = 'logical'
-- end::caught-up[]
