-- Boxcar's tables for MySQL 8.0 and newer, version 1. They need InnoDB.
-- The least rights for those who use them: boxcar schema print --database mysql --grants
-- Times are in UTC.

create table if not exists ${outbox} (
    id bigint not null auto_increment,
    part smallint generated always as
        (crc32(concat(namespace, 0x00, coalesce(message_key, payload))) % 64) stored not null,
    namespace varchar(200) not null default '',
    message_key mediumblob,
    payload longblob not null,
    headers mediumtext,
    type varchar(200),
    message_id varchar(200),
    created_at timestamp(6) not null default current_timestamp(6),
    attempts integer not null default 0,
    next_attempt_at datetime(6),
    last_error text,
    constraint `${name}_pkey` primary key (id),
    constraint `${name}_message_id_check` check (octet_length(message_id) > 0),
    constraint `${name}_attempts_check` check (attempts >= 0),
    -- 64 MiB and twice 1 MiB: what a processor can hold in memory.
    constraint `${name}_size_check` check (
        octet_length(payload) <= 67108864
        and octet_length(message_key) <= 1048576 and octet_length(headers) <= 1048576)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

-- One row for each session of a processor. Whoever is past its deadline is dead.
create table if not exists ${processor} (
    session varchar(250) not null,
    processor_id varchar(250) not null,
    deadline datetime(6) not null,
    constraint `${name}_processor_pkey` primary key (session)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

-- One row for each partition. The epoch rises with every change of owner.
create table if not exists ${claim} (
    part smallint not null,
    owner varchar(250),
    epoch bigint not null default 0,
    constraint `${name}_claim_pkey` primary key (part),
    constraint `${name}_claim_part_check` check (part between 0 and 63),
    constraint `${name}_claim_epoch_check` check (epoch >= 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

insert ignore into ${claim} (part)
with recursive parts (part) as (select 0 union all select part + 1 from parts where part < 63)
select part from parts;

create table if not exists ${dead} (
    id bigint not null auto_increment,
    entry_id bigint not null,
    namespace varchar(200) not null,
    message_key mediumblob,
    payload longblob not null,
    headers mediumtext,
    type varchar(200),
    message_id varchar(200) not null,
    created_at timestamp(6) not null default current_timestamp(6),
    attempts integer not null,
    reason text not null,
    died_at timestamp(6) not null default current_timestamp(6),
    constraint `${name}_dead_pkey` primary key (id),
    constraint `${name}_dead_attempts_check` check (attempts >= 0)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists ${version} (
    version integer not null,
    constraint `${name}_schema_pkey` primary key (version)
) engine = InnoDB;

insert ignore into ${version} (version) values (1);
