-- tag::move[]
with moved as (
    delete from event_publication
    where completion_date is null
      and listener_id like '%EventExternalizer.%'   -- what was for the broker; other listeners keep theirs
      and event_type like '%OrderPlaced'
    returning id, serialized_event, publication_date
)
insert into boxcar_outbox (namespace, message_key, payload, type, message_id, created_at)
select 'orders',                                    -- the target of @Externalized
       convert_to(serialized_event::jsonb ->> 'customer', 'UTF8'),   -- and its key
       convert_to(serialized_event, 'UTF8'),
       'order.placed.v1',
       id::text,
       publication_date
from moved
order by publication_date, id
-- end::move[]
