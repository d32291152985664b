-- tag::move[]
with moved as (
    delete from outbox
    returning id, aggregatetype, aggregateid, type, payload
)
insert into boxcar_outbox (namespace, message_key, payload, headers, type, message_id)
select 'outbox.event.' || aggregatetype,            -- the event router's default topic
       convert_to(aggregateid, 'UTF8'),
       convert_to(payload::text, 'UTF8'),
       json_build_object('id', id)::text,           -- the header by which consumers drop the router's duplicates
       type,
       id::text
from moved
-- end::move[]
