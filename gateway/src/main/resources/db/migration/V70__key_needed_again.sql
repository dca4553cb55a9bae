-- Whoever wraps to a version that counts as idle begins its horizon anew, at that moment: a look each hour misses a row that comes and goes
-- between two of them, and a backup of that hour has it. Only the first row after an idle time writes.
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
    update key_version set idle_since = null where pair = tg_argv[0] and version = wrapped_to and idle_since is not null;
    return new;
end $$;
