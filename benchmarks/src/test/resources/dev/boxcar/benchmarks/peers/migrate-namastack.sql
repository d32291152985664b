-- tag::move[]
with moved as (
    delete from outbox_record
    where status in ('NEW', 'FAILED')
      and record_type like '%OrderPlaced'
    returning id, record_key, payload, context, created_at
)
insert into boxcar_outbox (namespace, message_key, payload, headers, type, message_id, created_at)
select 'orders',                                    -- the topic that your handler sent to
       convert_to(record_key, 'UTF8'),
       convert_to(payload, 'UTF8'),
       context,                                     -- a flat JSON object, as Boxcar's headers are
       'order.placed.v1',
       id,
       created_at
from moved
order by created_at, id
-- end::move[]
