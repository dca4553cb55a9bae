-- The versions of the key pairs that files and spools are sealed to: how much was wrapped to each, and which are destroyed.

create table key_version (
    pair           text not null check (pair in ('files', 'spool')),
    version        integer not null,
    wraps          bigint not null default 0,         -- how many keys were wrapped to it, about: nodes add what they counted
    first_seen_at  timestamptz not null default now(),
    last_sealed_at timestamptz,                       -- when a node last said that it seals with it
    destroyed_at   timestamptz,                       -- from then on no row may be wrapped to it
    primary key (pair, version)
);
insert into key_version (pair, version, wraps) select 'files', wrap_version, count(*) from file group by wrap_version;
insert into key_version (pair, version, wraps) select 'spool', spool_wrap_version, count(*) from delivery where spool_wrap_version is not null group by spool_wrap_version;
grant select, insert, update (wraps, last_sealed_at, destroyed_at) on key_version to ${app};

-- What hangs on a version, and the order in which it is wrapped again.
create index file_wrapped on file (wrap_version, id) where wrap is not null;
create index delivery_spool_wrapped on delivery (spool_wrap_version) where spool_wrap is not null;
grant update (wrap_algorithm, wrap_version) on file to ${app};

-- A row that is wrapped to a destroyed version would never open: a node that still seals with it is refused, and answers 451. The lock is
-- shared among those who write and taken alone by who destroys, so that what it counts can't be joined by a transaction that began before.
create function refuse_destroyed_key() returns trigger language plpgsql as $$
declare
    wrapped_to integer;
begin
    if tg_table_name = 'file' then
        wrapped_to := new.wrap_version;
    else
        wrapped_to := new.spool_wrap_version;
    end if;
    perform pg_advisory_xact_lock_shared(7309457184223751);
    if exists (select 1 from key_version where pair = tg_argv[0] and version = wrapped_to and destroyed_at is not null) then
        raise exception 'version % of the key % is destroyed; give this node the newest public half', wrapped_to, tg_argv[0];
    end if;
    return new;
end $$;
create trigger file_key before insert or update of wrap_version on file for each row when (new.wrap is not null)
    execute function refuse_destroyed_key('files');
create trigger spool_key before insert or update of spool_wrap_version on delivery for each row when (new.spool_wrap is not null)
    execute function refuse_destroyed_key('spool');
