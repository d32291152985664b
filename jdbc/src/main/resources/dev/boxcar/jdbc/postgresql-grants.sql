-- The least rights for Boxcar's tables in PostgreSQL. To be run by their owner, after the tables were created; may be run
-- again. The roles must be there: create role ${writer}; and so on. Make each login a member of one of them.

-- The application: writes messages and reads nothing. Not id, created_at, attempts or next_attempt_at: whoever sets these can
-- delay messages. No data of other writers.
${schema:grant usage on schema ${schema} to ${writer}, ${relay}, ${admin};}
grant insert (namespace, message_key, payload, headers, type, message_id) on ${outbox} to ${writer};
grant usage on sequence ${sequence} to ${writer};

-- The processor: reads, postpones and deletes entries, sets them aside, and keeps its claims. It writes no messages and
-- sees no dead letters' content.
grant select, delete on ${outbox} to ${relay};
grant update (attempts, next_attempt_at, last_error, xid) on ${outbox} to ${relay};
grant select on sequence ${sequence} to ${relay};
grant select, insert, delete, update (deadline) on ${processor} to ${relay};
grant select, update (owner, epoch) on ${claim} to ${relay};
grant insert, select (id) on ${dead} to ${relay};
grant select on ${version} to ${relay};

-- People and tools: the status, the check of the tables, and dead letters: listing, replaying and purging them. No content of
-- what waits, and no claims. PostgreSQL asks for UPDATE where rows are locked; the reason is what it may change.
grant select (id, created_at) on ${outbox} to ${admin};
grant insert (namespace, message_key, payload, headers, type, message_id) on ${outbox} to ${admin};
grant usage on sequence ${sequence} to ${admin};
grant select, delete, update (reason) on ${dead} to ${admin};
grant select on ${processor}, ${claim}, ${version} to ${admin};
