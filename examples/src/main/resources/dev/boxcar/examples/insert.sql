-- tag::insert[]
insert into boxcar_outbox (namespace, message_key, payload, headers, type)
values ('orders', 'customer-7', '{"item": "tea"}', '{"source": "shop"}', 'order.placed.v1')
-- end::insert[]
