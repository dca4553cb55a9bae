-- What V77 left to whoever has taken mail over: a number that jobs can't count on from, versions of keys that nobody has, objects of others, and deliveries of
-- any number of rows. And a hash of what waits to be sent, by which who has a backup confirms a guess of it.

-- What is sealed proves itself when it is opened. This hash had no salt, lay in clear beside the key that dies, and what it is of names files.
drop trigger delivery_spool on delivery;
update delivery set spool_sha256 = null where spool_sha256 is not null;
alter table delivery drop column spool_sha256;
create trigger delivery_spool before insert or update of spool_inline, spool_header, spool_wrap on delivery for each row when ((
    octet_length(new.spool_inline) <= 1048576 and octet_length(new.spool_header) <= 4096 and octet_length(new.spool_wrap) <= 65536) is false)
    execute function refuse_out_of_bounds();

-- Nothing commits to it.
update file set scan_attempts = greatest(0, least(scan_attempts, 1000000)) where scan_attempts not between 0 and 1000000;
alter table file add constraint file_scan_attempts check (scan_attempts between 0 and 1000000);

-- Each has a position of its own, so this is how many files a delivery has.
create trigger file_position before insert or update of position on file for each row when ((new.position between 0 and 99999) is false)
    execute function refuse_out_of_bounds();

-- Who may make no ticket names no object of another, and makes no record that is larger than any of ours. The function is called for such a row alone.
create function refuse_odd_row() returns trigger language plpgsql as $$
begin
    if not has_table_privilege('ticket', 'insert') then
        raise insufficient_privilege using message = format('%s makes no %s like this', current_user, tg_table_name);
    end if;
    return new;
end $$;
create trigger of_its_own before insert on file for each row when (new.object_key <> 'f/' || new.id or new.scan_attempts <> 0 or octet_length(new.record) > 65536)
    execute function refuse_odd_row();
create trigger of_its_own before insert or update of spool_key on delivery for each row when (new.spool_key <> 's/' || new.id) execute function refuse_odd_row();

-- Nor makes it more recipients than anybody honest. To count them after each statement would cost the square of their number, so it is done by chance: for 2,550 at
-- once always, for fewer as much more rarely. By no chance that setseed() foretells.
create function refuse_too_many() returns trigger language plpgsql as $$
begin
    if not has_table_privilege('ticket', 'insert') and exists (select from (select delivery_id, count(*) as more from added group by delivery_id) a
            where case when a.more >= 10 * get_byte(uuid_send(gen_random_uuid()), 0)
                then (select count(*) from (select from recipient r where r.delivery_id = a.delivery_id limit 100001) those) > 100000 end) then
        raise insufficient_privilege using message = format('%s makes no delivery for more than 100,000', current_user);
    end if;
    return null;
end $$;
create trigger not_too_many after insert on recipient referencing new table as added for each statement execute function refuse_too_many();

-- Which versions who may make no ticket may name: those that are known. Spool is mail's own; and of a new database mail may be the first to name one.
create function may_name(pair text, version integer) returns boolean language sql stable as $$
    select exists (select from key_version k where k.pair = $1 and k.version = $2)
        or ($1 = 'spool' or not exists (select from key_version k where k.pair = $1))
            and $2 <= greatest((select max(k.version)::bigint + 1 from key_version k where k.pair = $1), 100000)   -- numbers mustn't run out
$$;

-- As in V70, in one look.
create or replace function refuse_destroyed_key() returns trigger language plpgsql as $$
declare
    wrapped_to integer;
    known key_version;
begin
    if tg_argv[0] = 'files' then
        wrapped_to := new.wrap_version;
    elsif tg_argv[0] = 'records' then
        wrapped_to := new.record_wrap_version;
    else
        wrapped_to := new.spool_wrap_version;
    end if;
    perform pg_advisory_xact_lock_shared(7309457184223751);
    select * into known from key_version where pair = tg_argv[0] and version = wrapped_to;
    if not found then
        if not has_table_privilege('ticket', 'insert') and may_name(tg_argv[0], wrapped_to) is not true then
            raise insufficient_privilege using message = format('%s knows no version %s of the key %s', current_user, wrapped_to, tg_argv[0]);
        end if;
    elsif known.destroyed_at is not null then
        raise exception 'version % of the key % is destroyed; give this node the newest public half', wrapped_to, tg_argv[0];
    elsif known.idle_since is not null then
        update key_version set idle_since = null where pair = tg_argv[0] and version = wrapped_to and idle_since is not null;
    end if;
    return new;
end $$;
drop trigger spool_key on delivery;
create trigger spool_key before insert or update of spool_wrap_version, spool_wrap on delivery for each row when (new.spool_wrap is not null)
    execute function refuse_destroyed_key('spool');

create function refuse_unknown_version() returns trigger language plpgsql as $$
begin
    if not has_table_privilege('ticket', 'insert') and may_name(new.pair, new.version) is not true then
        raise insufficient_privilege using message = format('%s knows no version %s of the key %s', current_user, new.version, new.pair);
    end if;
    return new;
end $$;
create trigger known_version before insert or update of pair, version on key_node for each row execute function refuse_unknown_version();

-- As in V75, but for the numbers of every pair, which mustn't run out either.
create or replace function refuse_opening() returns trigger language plpgsql as $$
declare
    opens boolean;
begin
    if has_table_privilege('ticket', 'insert') then
        return new;
    end if;
    if tg_table_name = 'delivery' then
        opens := new.expires_at is distinct from expiry_of(new.id);
    elsif tg_table_name = 'recipient' then   -- released once, and for just as long as its row says: less would end its files; a day is for clocks that differ
        opens := (new.hold, new.released_at, new.expires_at) is distinct from (old.hold, old.released_at, old.expires_at)
            and not (old.hold = 'HELD' and new.hold = 'RELEASED' and not old.until_scanned
                and new.released_at between now() - interval '1 day' and now() + interval '1 day' and new.expires_at is not distinct from
                    case when new.attachments = 'LINK' then new.released_at + make_interval(secs => new.expires_after) end);
    else   -- key_version; the key of spools is mail's own
        opens := coalesce(new.wraps < old.wraps, false)   -- null: a version that is new here
            or coalesce(new.last_sealed_at > now(), false)
            or tg_op = 'INSERT' and not may_name(new.pair, new.version)   -- mail seals to what it was given
            or new.pair <> 'spool' and (new.destroyed_at is distinct from old.destroyed_at
                or new.idle_since is not null and new.idle_since is distinct from old.idle_since);
    end if;
    if opens is distinct from false then
        raise insufficient_privilege using message = format('%s may shut a %s and open none', current_user, tg_table_name);
    end if;
    return new;
end $$;

-- As in V74.
do $$
declare
    ours text;
begin
    foreach ours in array array['refuse_odd_row()', 'refuse_too_many()', 'may_name(text, integer)', 'refuse_destroyed_key()', 'refuse_unknown_version()', 'refuse_opening()'] loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end $$;
