-- Boxcar's tables for PostgreSQL 13 and newer, version 1.
-- The least rights for those who use them: boxcar schema print --database postgresql --grants

-- cache 1: ids must rise in the order in which they are handed out.
create sequence if not exists ${sequence} as bigint cache 1;

-- The id's default gives the transaction its number (xid) before it takes an id. So all transactions numbered later than a
-- known one have larger ids than were handed out before it: readers find what is new without visiting what is old.
create table if not exists ${outbox} (
    id bigint not null
        default case when pg_current_xact_id() is not null then nextval('${sequence}') end,
    xid xid8 not null default pg_current_xact_id(),
    part smallint not null generated always as (
        case
            when message_key is null then id & 63
            else hashtextextended(encode(message_key, 'hex'), hashtextextended(namespace, 0)) & 63
        end) stored,
    namespace varchar(200) collate "C" not null default '',
    message_key bytea,
    payload bytea not null,
    headers text,
    type varchar(200),
    message_id varchar(200),
    created_at timestamptz not null default clock_timestamp(),
    attempts integer not null default 0,
    next_attempt_at timestamptz,
    last_error text,
    constraint "${name}_pkey" primary key (id),
    constraint "${name}_id_check" check (id > 0),
    constraint "${name}_message_id_check" check (message_id <> ''),
    constraint "${name}_attempts_check" check (attempts >= 0),
    constraint "${name}_created_at_check" check (
        created_at >= '1970-01-01 00:00:00+00' and created_at < '10000-01-01 00:00:00+00'),
    constraint "${name}_next_attempt_at_check" check (
        next_attempt_at >= '1970-01-01 00:00:00+00' and next_attempt_at < '10000-01-01 00:00:00+00'),
    -- 64 MiB and twice 1 MiB: what a processor can hold in memory.
    constraint "${name}_size_check" check (
        octet_length(payload) <= 67108864
        and octet_length(message_key) <= 1048576 and octet_length(headers) <= 1048576)
);

alter sequence ${sequence} owned by ${outbox}.id;

-- Finds the entries of transactions that were open when the reader last looked.
create index if not exists "${name}_xid_idx" on ${outbox} (xid, id);

-- One row for each session of a processor. Whoever is past its deadline is dead.
create table if not exists ${processor} (
    session varchar(250) collate "C" not null,
    processor_id varchar(250) not null,
    deadline timestamptz not null,
    constraint "${name}_processor_pkey" primary key (session)
) with (fillfactor = 50);

-- One row for each partition. The epoch rises with every change of owner.
create table if not exists ${claim} (
    part smallint not null,
    owner varchar(250) collate "C",
    epoch bigint not null default 0,
    constraint "${name}_claim_pkey" primary key (part),
    constraint "${name}_claim_part_check" check (part between 0 and 63),
    constraint "${name}_claim_epoch_check" check (epoch >= 0)
) with (fillfactor = 50);

insert into ${claim} (part) select p from generate_series(0, 63) as p on conflict do nothing;

create table if not exists ${dead} (
    id bigint not null generated always as identity,
    entry_id bigint not null,
    namespace varchar(200) collate "C" not null,
    message_key bytea,
    payload bytea not null,
    headers text,
    type varchar(200),
    message_id varchar(200) not null,
    created_at timestamptz not null,
    attempts integer not null,
    reason text not null,
    died_at timestamptz not null default clock_timestamp(),
    constraint "${name}_dead_pkey" primary key (id),
    constraint "${name}_dead_attempts_check" check (attempts >= 0)
);

create table if not exists ${version} (
    version integer not null,
    constraint "${name}_schema_pkey" primary key (version)
);

insert into ${version} (version) values (1) on conflict do nothing;
