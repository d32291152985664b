-- The least rights for Boxcar's tables in MySQL and MariaDB. To be run by somebody who may grant them, after the tables were
-- created; may be run again. The roles (or users) must be there: create role ${writer}; and so on.
-- They are not enough on MySQL 8.0.12, which takes the function JSON_TABLE for a table that nobody may read.

-- The application: writes messages and reads nothing. Not id, created_at, attempts or next_attempt_at: whoever sets these can
-- delay messages, and a huge id stops all writers.
grant insert (namespace, message_key, payload, headers, type, message_id) on ${outbox} to ${writer};

-- The processor: reads, postpones and deletes entries, sets them aside, and keeps its claims. It writes no messages and
-- sees no dead letters' content.
grant select, delete, update (attempts, next_attempt_at, last_error) on ${outbox} to ${relay};
grant select, insert, delete, update on ${processor} to ${relay};
grant select, update (owner, epoch) on ${claim} to ${relay};
grant insert, select (id) on ${dead} to ${relay};
grant select on ${version} to ${relay};

-- People and tools: the status, the check of the tables, and dead letters: listing, replaying and purging them. No content of
-- what waits, and no claims.
grant select (id, created_at) on ${outbox} to ${admin};
grant insert (namespace, message_key, payload, headers, type, message_id) on ${outbox} to ${admin};
grant select, delete on ${dead} to ${admin};
grant select on ${processor} to ${admin};
grant select on ${claim} to ${admin};
grant select on ${version} to ${admin};
