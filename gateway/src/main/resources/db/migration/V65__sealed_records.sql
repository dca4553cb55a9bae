-- Name, media type, hash and findings of a file are sealed under a key derived from the file's, and die with it (docs/decisions/0019). What an
-- older database has in clear can't be sealed here, and what was committed to in its log can't be committed to again: such a database is
-- refused, and nothing of it is changed.
do $$ begin
    if exists (select from file) then
        raise exception 'this database has files whose names and hashes lie in clear, from before Sekisho sealed them; it can''t be upgraded. Let it run out with the version that made it, and begin with an empty database (docs/decisions/0019)';
    end if;
end $$;

alter table file drop column name, drop column media_type, drop column sha256, drop column found_type, drop column protection, drop column find;
alter table file add column record bytea not null;                 -- sealed: name, media type, SHA-256, salt, what was found
alter table file add column record_wrap_algorithm text not null;
alter table file add column record_wrap_version integer not null;
alter table file add column record_wrap bytea;                     -- its key, wrapped to the pair records; null: shredded
alter table file add column find bytea;                            -- sealed likewise: the malware's name, when a later scan found it
alter table file add constraint record_dies_with_its_file check (wrap is not null or record_wrap is null);
create index file_record_wrapped on file (record_wrap_version, id) where record_wrap is not null;
grant update (record_wrap, record_wrap_algorithm, record_wrap_version, find) on file to ${app};

alter table key_version drop constraint key_version_pair_check;
alter table key_version add constraint key_version_pair_check check (pair in ('files', 'spool', 'records'));
alter table key_node drop constraint key_node_pair_check;
alter table key_node add constraint key_node_pair_check check (pair in ('files', 'spool', 'records'));

create or replace function refuse_destroyed_key() returns trigger language plpgsql as $$
declare
    wrapped_to integer;
begin
    if tg_argv[0] = 'files' then
        wrapped_to := new.wrap_version;
    elsif tg_argv[0] = 'records' then
        wrapped_to := new.record_wrap_version;
    else
        wrapped_to := new.spool_wrap_version;
    end if;
    perform pg_advisory_xact_lock_shared(7309457184223751);
    if exists (select 1 from key_version where pair = tg_argv[0] and version = wrapped_to and destroyed_at is not null) then
        raise exception 'version % of the key % is destroyed; give this node the newest public half', wrapped_to, tg_argv[0];
    end if;
    return new;
end $$;
create trigger record_key before insert or update of record_wrap_version on file for each row when (new.record_wrap is not null)
    execute function refuse_destroyed_key('records');
