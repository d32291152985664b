-- tag::move[]
with moved as (
    delete from txno_outbox
    where not processed
      and invocation::jsonb ->> 'c' like '%OrderEvents'
      and invocation::jsonb ->> 'm' = 'placed'
    returning id, invocation::jsonb as call, nextattempttime
)
insert into boxcar_outbox (namespace, message_key, payload, type, message_id)
select 'orders',                                    -- the topic that your method sent to
       convert_to(call #>> '{a,0,v}', 'UTF8'),      -- its first argument is the key
       convert_to(call #>> '{a,1,v}', 'UTF8'),      -- its second one the payload
       'order.placed.v1',
       id
from moved
order by nextattempttime, id
-- end::move[]
