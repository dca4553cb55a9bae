-- What V74 left to whoever has taken mail over: to destroy keys or call destroyed what isn't, to put the end of a file off for ever, and to record events of
-- what mail never does, which others believe. Files end where they are served now, so mail needs no right to it; what no grant can say is in triggers.

-- Whoever may make no ticket, also where ./sekisho migrate isn't told of that role. And nobody chooses a place in the queue of events.
do $$
declare
    one record;
begin
    for one in select distinct a.grantee::regrole as role from pg_attribute t cross join aclexplode(t.attacl) a
            where t.attrelid in ('delivery'::regclass, 'file'::regclass) and a.privilege_type = 'UPDATE' and a.grantee <> 0
            and not has_table_privilege(a.grantee, 'ticket', 'insert') loop
        execute format('revoke update (access, expired_at, shred_at, shredded_at) on delivery from %1$s; revoke update on file from %1$s', one.role);
    end loop;
    for one in select a.grantee::regrole as role from pg_class t cross join aclexplode(t.relacl) a
            where t.oid = 'audit_pending'::regclass and a.privilege_type = 'INSERT' and a.grantee not in (0, t.relowner) loop
        execute format('revoke insert on audit_pending from %1$s; grant insert (event_id) on audit_pending to %1$s', one.role);
    end loop;
end $$;

-- When a delivery expires: when its last link does. One whose links were all cancelled has expired at once, one that is held in part has no time yet.
create function expiry_of(delivery uuid) returns timestamptz language sql stable as $$
    select case
        when bool_or(r.hold = 'HELD') then null
        when count(r.expires_at) > 0 then max(r.expires_at)
        when exists (select from file f where f.delivery_id = $1) then max(r.cancelled_at) end
    from recipient r where r.delivery_id = $1
$$;

drop trigger shuts_only on delivery;
drop trigger shuts_only on file;
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
            or tg_op = 'INSERT' and new.pair <> 'spool'   -- mail seals to what it was given, and only the first one of a new database comes from nobody else
                and (select not bool_or(k.version = new.version) from key_version k where k.pair = new.pair) is true
            or tg_op = 'INSERT' and new.pair = 'spool'    -- numbers mustn't run out
                and new.version > greatest((select max(k.version) + 1 from key_version k where k.pair = new.pair), 100000)
            or new.pair <> 'spool' and (new.destroyed_at is distinct from old.destroyed_at
                or new.idle_since is not null and new.idle_since is distinct from old.idle_since);
    end if;
    if opens is distinct from false then
        raise insufficient_privilege using message = format('%s may shut a %s and open none', current_user, tg_table_name);
    end if;
    return new;
end $$;
create trigger shuts_only before update on delivery for each row when (new.expires_at is distinct from old.expires_at) execute function refuse_opening();

-- An event says what its columns say, as AuditLog writes it, and what its recorder does. Web and admin go by events, and one false one would stand in the log
-- for good.
create function refuse_false_event() returns trigger language plpgsql as $$
declare
    an_id constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
    said jsonb;
    own boolean;
begin
    if has_table_privilege('ticket', 'insert') then
        return new;
    end if;
    said := convert_from(new.payload, 'UTF8')::jsonb;
    own := said ->> 'id' = new.id::text and said ->> 'type' = new.type
        and said ->> 'at' = to_char(new.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
            || regexp_replace(to_char(new.occurred_at at time zone 'UTC', '.US'), '^[.]000000$|000$', '') || 'Z'
        and said ->> 'delivery' is not distinct from new.delivery_id::text and (said ? 'delivery') = (new.delivery_id is not null)
        and coalesce(said ->> 'recipient', new.id::text) ~ an_id and coalesce(said ->> 'file', new.id::text) ~ an_id
        and new.leaf_hash = sha256('\x00'::bytea || new.payload)
        -- an id of days ago may be that of an event that a restored database has lost, and is about to have again
        and uuid_extract_timestamp(new.id) between now() - interval '1 day' and now() + interval '1 day'
        and new.occurred_at between now() - interval '1 day' and now() + interval '1 day';
    if not has_table_privilege('delivery', 'insert') then   -- an operator's
        own := own and said ->> 'actor' = 'operator' and new.type in ('QUEUE_FLUSHED', 'QUEUE_HELD', 'QUEUE_RESUMED', 'QUEUE_DELETED');
    elsif coalesce(said ->> 'actor', '') not in ('intake', 'hold', 'relay', 'keys') then
        own := false;
    elsif new.type in ('DELIVERY_ACCEPTED', 'PASSWORD_MAIL_SEEN') then
        own := own and exists (select from delivery d where d.id = new.delivery_id and d.made_in = pg_current_xact_id() and d.made_at = transaction_timestamp());
    elsif new.type = 'RECIPIENT_RELEASED' then   -- once; the lock has another one that is recorded at the same time be seen
        perform from recipient r where r.id = (said ->> 'recipient')::uuid and r.delivery_id = new.delivery_id and r.hold = 'RELEASED' for no key update;
        own := own and found and current_setting('transaction_isolation') = 'read committed'
            and not exists (select from audit_event e where e.delivery_id = new.delivery_id and e.type = new.type
                and position(convert_to(said ->> 'recipient', 'UTF8') in e.payload) > 0);
    elsif new.type in ('KEY_ROTATED', 'KEY_DESTROYED') then
        own := own and said -> 'details' ->> 'pair' = 'spool';
    else
        own := own and new.type in ('DELIVERY_REFUSED', 'MESSAGES_REFUSED', 'COPY_RELAYED', 'COPY_UNCONFIRMED', 'COPY_DEFERRED', 'COPY_FAILED', 'NOTICE_RELAYED');
    end if;
    if own is distinct from true then
        raise insufficient_privilege using message = format('%s records no %s like this', current_user, new.type);
    end if;
    return new;
end $$;
create trigger only_its_own before insert on audit_event for each row execute function refuse_false_event();

-- As in V74.
do $$
declare
    ours text;
begin
    foreach ours in array array['expiry_of(uuid)', 'refuse_opening()', 'refuse_false_event()'] loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end $$;
