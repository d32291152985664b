-- Boxcar's tables for SQLite 3.42 and newer, version 1. Times are milliseconds since 1970.

-- autoincrement: an id is never used again.
create table if not exists ${outbox} (
    id integer constraint "${name}_pkey" primary key autoincrement,
    part integer not null generated always as (
        case
            when message_key is null then id & 63
            -- The last three bytes as if they were decimal digits, which they often are.
            else (instr('0123456789ABCDEF', substr(hex(message_key), -1, 1)) - 1
                + 16 * (instr('0123456789ABCDEF', substr(hex(message_key), -2, 1)) - 1)
                + 10 * (instr('0123456789ABCDEF', substr(hex(message_key), -3, 1)) - 1)
                + 160 * (instr('0123456789ABCDEF', substr(hex(message_key), -4, 1)) - 1)
                + 100 * (instr('0123456789ABCDEF', substr(hex(message_key), -5, 1)) - 1)) & 63
        end) stored,
    namespace text not null default '',
    message_key blob,
    payload blob not null,
    headers text,
    type text,
    message_id text,
    created_at integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
    attempts integer not null default 0,
    next_attempt_at integer,
    last_error text,
    -- SQLite takes any value in any column, unless it is told.
    constraint "${name}_types_check" check (
        typeof(namespace) = 'text' and typeof(headers) in ('text', 'null') and typeof(type) in ('text', 'null')
        and typeof(message_id) in ('text', 'null') and typeof(created_at) = 'integer' and typeof(attempts) = 'integer'
        and typeof(next_attempt_at) in ('integer', 'null')),
    constraint "${name}_attempts_check" check (attempts between 0 and 2147483647),
    constraint "${name}_namespace_check" check (length(namespace) <= 200),
    constraint "${name}_type_check" check (length(type) <= 200),
    constraint "${name}_message_id_check" check (length(message_id) between 1 and 200),
    constraint "${name}_created_at_check" check (created_at between 0 and 253402300799999),
    constraint "${name}_next_attempt_at_check" check (next_attempt_at between 0 and 253402300799999),
    -- 64 MiB and twice 1 MiB: what a processor can hold in memory.
    constraint "${name}_size_check" check (
        length(cast(payload as blob)) <= 67108864 and length(cast(message_key as blob)) <= 1048576
        and length(cast(headers as blob)) <= 1048576)
);

-- One row for each session of a processor. Whoever is past its deadline is dead.
create table if not exists ${processor} (
    session text not null constraint "${name}_processor_pkey" primary key,
    processor_id text not null,
    deadline integer not null
);

-- One row for each partition. The epoch rises with every change of owner.
create table if not exists ${claim} (
    part integer not null constraint "${name}_claim_pkey" primary key,
    owner text,
    epoch integer not null default 0,
    constraint "${name}_claim_part_check" check (part between 0 and 63),
    constraint "${name}_claim_epoch_check" check (epoch >= 0)
);

insert or ignore into ${claim} (part)
with recursive parts (part) as (select 0 union all select part + 1 from parts where part < 63)
select part from parts;

create table if not exists ${dead} (
    id integer constraint "${name}_dead_pkey" primary key autoincrement,
    entry_id integer not null,
    namespace text not null,
    message_key blob,
    payload blob not null,
    headers text,
    type text,
    message_id text not null,
    created_at integer not null,
    attempts integer not null,
    reason text not null,
    died_at integer not null default (cast(unixepoch('subsec') * 1000 as integer)),
    constraint "${name}_dead_attempts_check" check (attempts >= 0)
);

create table if not exists ${version} (
    version integer not null constraint "${name}_schema_pkey" primary key
);

insert or ignore into ${version} (version) values (1);
