-- Rights that tables and columns can't express. Nobody adds a recipient, a file or a grant to a delivery that is there already: whoever took a process
-- over would name himself, and web would open what he asks for. And a login that may make no ticket, which is that of mail where it has one of its own
-- (./sekisho migrate --mail-role), only shuts.

-- The transaction that inserted the row. Its number alone comes again after a dump was restored elsewhere, its time alone in another session; xmin
-- becomes that of whoever updates the row.
alter table delivery add column made_in xid8, add column made_at timestamptz;

create function say_who_made_it() returns trigger language plpgsql as $$
begin
    new.made_in := pg_current_xact_id();
    new.made_at := transaction_timestamp();
    return new;
end $$;
create trigger made before insert on delivery for each row execute function say_who_made_it();

create function refuse_late_row() returns trigger language plpgsql as $$
begin
    if not exists (select from delivery d where d.id = new.delivery_id and d.made_in = pg_current_xact_id() and d.made_at = transaction_timestamp())
            and not pg_has_role((select relowner from pg_class where oid = tg_relid), 'member') then
        raise insufficient_privilege using message = format('a delivery gets no %s after the transaction that made it', tg_table_name);
    end if;
    return new;
end $$;
create trigger late_recipient before insert on recipient for each row execute function refuse_late_row();
create trigger late_file before insert on file for each row execute function refuse_late_row();
create trigger late_grant before insert on access_grant for each row execute function refuse_late_row();

create function refuse_opening() returns trigger language plpgsql as $$
declare
    opens boolean;
begin
    if has_table_privilege('ticket', 'insert') then
        return new;
    end if;
    if tg_table_name = 'delivery' then
        opens := new.access <> old.access and new.access <> 'SHREDDED'
            or old.expired_at is not null and new.expired_at is distinct from old.expired_at
            or old.shred_at is not null and new.shred_at is distinct from old.shred_at
            or old.shredded_at is not null and new.shredded_at is distinct from old.shredded_at;
    elsif tg_table_name = 'recipient' then   -- released once, for as long as its row says; a day is for clocks that differ
        opens := (new.hold, new.released_at, new.expires_at) is distinct from (old.hold, old.released_at, old.expires_at)
            and not (old.hold = 'HELD' and new.hold = 'RELEASED' and not old.until_scanned and new.released_at <= now() + interval '1 day'
                and coalesce(new.expires_at <= new.released_at + make_interval(secs => new.expires_after), true));
    elsif tg_table_name = 'file' then
        opens := new.access <> old.access and new.access <> 'SHREDDED'
            or new.wrap is not null and new.wrap is distinct from old.wrap
            or new.record_wrap is not null and new.record_wrap is distinct from old.record_wrap
            or old.object_gone_at is not null and new.object_gone_at is distinct from old.object_gone_at;
    else   -- key_version; the key of spools is mail's own
        opens := coalesce(new.wraps < old.wraps, false)   -- null: a version that is new here
            or new.pair <> 'spool' and (new.destroyed_at is distinct from old.destroyed_at
                or new.idle_since is not null and new.idle_since is distinct from old.idle_since);
    end if;
    if opens is distinct from false then
        raise insufficient_privilege using message = format('%s may shut a %s and open none', current_user, tg_table_name);
    end if;
    return new;
end $$;
create trigger shuts_only before update on delivery for each row execute function refuse_opening();
create trigger shuts_only before update on recipient for each row execute function refuse_opening();
create trigger shuts_only before update on file for each row execute function refuse_opening();
create trigger shuts_only before insert or update on key_version for each row execute function refuse_opening();

-- Whoever may make temporary tables must not put one of these names before ours.
do $$
declare
    ours text;
begin
    foreach ours in array array['say_who_made_it()', 'refuse_late_row()', 'refuse_opening()', 'refuse_destroyed_key()'] loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end $$;
