-- What V76 left to whoever has taken mail over: acceptances of any number and size, which web, admin and the sequencer read; deliveries that are made with
-- their end, or without one; ids in the queue of events that are none. And what V76 refused in rows from before it, too, which could neither be shut nor end.

-- What a row says once and for all is looked at when it is written, and no more when something else of it changes.
alter table recipient drop constraint recipient_numbers, drop constraint recipient_times, drop constraint recipient_texts;
alter table delivery drop constraint delivery_numbers, drop constraint delivery_times, drop constraint delivery_texts, drop constraint delivery_spool;
alter table file drop constraint file_object_key, drop constraint file_numbers, drop constraint file_sizes;

create function refuse_out_of_bounds() returns trigger language plpgsql as $$
begin
    raise check_violation using message = format('a %s is out of bounds: %s', tg_table_name, tg_name), constraint = tg_name, table = tg_table_name;
end $$;
create trigger recipient_texts before insert or update of address, address_given, rule, dsn_notify, dsn_orcpt, link_hash, salt on recipient for each row when ((
    octet_length(new.address) <= 4096 and octet_length(new.address_given) <= 4096 and octet_length(new.rule) <= 4096 and octet_length(new.dsn_notify) <= 4096
    and octet_length(new.dsn_orcpt) <= 4096 and octet_length(new.link_hash) <= 64 and octet_length(new.salt) <= 64) is false) execute function refuse_out_of_bounds();
create trigger delivery_texts before insert or update of sender, sender_as_given, subject, message_id, policy_version, dsn_ret, dsn_envid, salt, spool_wrap_algorithm
    on delivery for each row when ((octet_length(new.sender) <= 4096 and octet_length(new.sender_as_given) <= 4096 and octet_length(new.subject) <= 16384
    and octet_length(new.message_id) <= 16384 and octet_length(new.policy_version) <= 4096 and octet_length(new.dsn_ret) <= 4096
    and octet_length(new.dsn_envid) <= 4096 and octet_length(new.salt) <= 64 and octet_length(new.spool_wrap_algorithm) <= 4096) is false)
    execute function refuse_out_of_bounds();
create trigger delivery_sizes before insert or update of size_octets, spool_plain_octets, spool_cipher_octets on delivery for each row when ((
    new.size_octets >= 0 and new.spool_plain_octets >= 0 and new.spool_cipher_octets >= 0) is false) execute function refuse_out_of_bounds();
create trigger delivery_spool_key before insert or update of spool_key on delivery for each row when ((   -- what the store takes
    octet_length(new.spool_key) <= 200 and new.spool_key ~ '^[a-z0-9_-]+(/[a-z0-9_-]+)*$') is false) execute function refuse_out_of_bounds();
create trigger delivery_spool before insert or update of spool_inline, spool_header, spool_sha256, spool_wrap on delivery for each row when ((
    octet_length(new.spool_inline) <= 1048576 and octet_length(new.spool_header) <= 4096 and octet_length(new.spool_sha256) <= 64
    and octet_length(new.spool_wrap) <= 65536) is false) execute function refuse_out_of_bounds();
create trigger file_object before insert or update of object_key, size_octets, cipher_octets, header, record on file for each row when ((
    octet_length(new.object_key) <= 200 and new.object_key ~ '^[a-z0-9_-]+(/[a-z0-9_-]+)*$' and new.size_octets >= 0 and new.cipher_octets >= 0
    and octet_length(new.header) <= 4096 and octet_length(new.record) <= 1048576) is false) execute function refuse_out_of_bounds();
create trigger file_find before insert or update of find on file for each row when ((octet_length(new.find) <= 65536) is false) execute function refuse_out_of_bounds();
create trigger file_wraps before insert or update of wrap, record_wrap, wrap_algorithm, record_wrap_algorithm on file for each row when ((
    octet_length(new.wrap) <= 65536 and octet_length(new.record_wrap) <= 65536 and (new.wrap is null or octet_length(new.wrap_algorithm) <= 4096)
    and (new.record_wrap is null or octet_length(new.record_wrap_algorithm) <= 4096)) is false) execute function refuse_out_of_bounds();

-- Numbers, times and what is only remembered: old rows come into bounds, since nothing commits to these and jobs reckon with them.
alter table outbox drop constraint outbox_texts;
alter table outbox_destination drop constraint outbox_destination_texts;
alter table node drop constraint node_texts;
alter table key_version drop constraint key_version_numbers;

update recipient set expires_after = greatest(0, least(expires_after, 31622400)), downloads = greatest(0, least(downloads, 1000000))
    where not (expires_after between 0 and 31622400 and downloads between 0 and 1000000);
update outbox set destination = case when octet_length(destination) <= 4096 then destination end,   -- null: no node has looked yet
        last_reply = left(last_reply, 16384), detail = case when octet_length(detail::text) <= 262144 then detail end
    where (octet_length(destination) <= 4096 and octet_length(last_reply) <= 65536 and octet_length(detail::text) <= 262144) is false;
delete from outbox_destination where octet_length(name) > 4096;
update outbox_destination set last_reply = left(last_reply, 16384) where octet_length(last_reply) > 65536;
update node set scanner = null where octet_length(scanner) > 4096;
delete from key_version where version <= 0;
update key_version set wraps = greatest(0, least(wraps, 1152921504606846976)), fingerprint = case when octet_length(fingerprint) <= 4096 then fingerprint end
    where (wraps between 0 and 1152921504606846976 and octet_length(fingerprint) <= 4096) is false;

create function bounded(at timestamptz) returns timestamptz language sql immutable as $$
    select case when at is not null then greatest('1970-01-01', least(at, '9999-01-01')) end
$$;
do $$
declare
    one record;
begin
    for one in select of, string_agg(format('%1$I = bounded(%1$I)', at), ', ') as bounded,
                format('least(%1$s) >= %2$L and greatest(%1$s) <= %3$L', string_agg(quote_ident(at), ', '),   -- which pass over null
                    timestamptz '1970-01-01', timestamptz '9999-01-01') as bounds
            from (values ('delivery', array['accepted_at', 'next_release_at', 'revoked_at', 'expires_at', 'expired_at', 'shred_at', 'shredded_at']),
                ('recipient', array['release_at', 'released_at', 'cancelled_at', 'expires_at', 'names_seen_at', 'relayed_at']),
                ('file', array['scan_due_at', 'object_gone_at']), ('access_grant', array['first_served_at', 'last_served_at']),
                ('outbox', array['created_at', 'due_at', 'settled_at', 'warned_at']), ('outbox_destination', array['suspended_until', 'changed_at']),
                ('node', array['seen_at']), ('key_node', array['seen_at']),
                ('key_version', array['first_seen_at', 'last_sealed_at', 'destroyed_at', 'idle_since'])) as every (of, times) cross join unnest(times) as at
            group by of loop
        execute format('update %I set %s where (%s) is false', one.of, one.bounded, one.bounds);
        execute format('alter table %I add constraint %I check (%s)', one.of, one.of || '_times', one.bounds);
    end loop;
end $$;
drop function bounded(timestamptz);

alter table recipient add constraint recipient_numbers check (expires_after between 0 and 31622400 and downloads between 0 and 1000000);   -- 366 days
alter table outbox add constraint outbox_texts check (octet_length(destination) <= 4096 and octet_length(last_reply) <= 65536
    and octet_length(detail::text) <= 262144);
alter table outbox_destination add constraint outbox_destination_texts check (octet_length(name) <= 4096 and octet_length(last_reply) <= 65536);
alter table node add constraint node_texts check (octet_length(scanner) <= 4096);
alter table key_version add constraint key_version_numbers check (version > 0 and wraps between 0 and 1152921504606846976   -- nobody counts on from there
    and octet_length(fingerprint) <= 4096);

-- As in V76, but for an id alone: a longer text has no place in an index.
drop index audit_event_of_release;
create or replace function recipient_of(payload bytea) returns text language plpgsql immutable as $$
declare
    recipient text := convert_from(payload, 'UTF8')::jsonb ->> 'recipient';
begin
    return case when recipient ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then recipient end;
exception when others then
    return null;
end $$;
create index audit_event_of_release on audit_event (delivery_id, recipient_of(payload)) where type = 'RECIPIENT_RELEASED';

-- As in V76, but for an acceptance: one for each delivery, of the rows that it has, and as large as these make it. A recipient has a rule's name of 64 letters.
create or replace function refuse_false_event() returns trigger language plpgsql as $$
declare
    an_id constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
    most bigint := 65536;
    said jsonb;
    own boolean;
begin
    if has_table_privilege('ticket', 'insert') then
        return new;
    end if;
    if octet_length(new.payload) > most then   -- before it is parsed
        if new.type = 'DELIVERY_ACCEPTED' then
            most := most + 1024 * ((select count(*) from recipient r where r.delivery_id = new.delivery_id) + (select count(*) from file f where f.delivery_id = new.delivery_id));
        end if;
        if octet_length(new.payload) > most then
            raise insufficient_privilege using message = format('%s records no %s like this', current_user, new.type);
        end if;
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
    elsif coalesce(said ->> 'actor', '') not in ('intake', 'hold', 'relay', 'keys')
            and not (said ->> 'actor' = 'operator' and new.type in ('KEY_ROTATED', 'KEY_DESTROYED')) then
        own := false;
    elsif new.type in ('DELIVERY_ACCEPTED', 'PASSWORD_MAIL_SEEN') then
        own := own and exists (select from delivery d where d.id = new.delivery_id and d.made_in = pg_current_xact_id() and d.made_at = transaction_timestamp());
        if own and new.type = 'DELIVERY_ACCEPTED' then
            own := not exists (select from audit_event e where e.delivery_id = new.delivery_id and e.type = 'DELIVERY_ACCEPTED')
                and not exists (select k from jsonb_object_keys(said -> 'details') k where k not in ('attachments', 'files', 'head', 'policy', 'source')
                    except all (select of || r.id from recipient r cross join unnest(array['recipient:', 'rule:']) of where r.delivery_id = new.delivery_id
                        union all select of || f.id from file f cross join unnest(array['file:', 'record:', 'scan:']) of where f.delivery_id = new.delivery_id));
        end if;
    elsif new.type = 'RECIPIENT_RELEASED' then   -- once; the lock has another one that is recorded at the same time be seen
        perform from recipient r where r.id = (said ->> 'recipient')::uuid and r.delivery_id = new.delivery_id and r.hold = 'RELEASED' for no key update;
        own := own and found and current_setting('transaction_isolation') = 'read committed'
            and not exists (select from audit_event e where e.delivery_id = new.delivery_id and e.type = 'RECIPIENT_RELEASED'
                and recipient_of(e.payload) = said ->> 'recipient');
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

-- A place in the queue is for an event. A foreign key would look for each by itself, and lock it.
create function refuse_no_event() returns trigger language plpgsql as $$
begin
    if not has_table_privilege('ticket', 'insert') and exists (select from added where not exists (select from audit_event e where e.id = added.event_id)) then
        raise insufficient_privilege using message = format('%s queues events alone', current_user);
    end if;
    return null;
end $$;
create trigger events_alone after insert on audit_pending referencing new table as added for each statement execute function refuse_no_event();

-- Who may make no ticket makes nothing that is shut already, was served, or ends at another time than its row says. The function is called for such a row alone.
create function refuse_end() returns trigger language plpgsql as $$
begin
    if not has_table_privilege('ticket', 'insert') then
        raise insufficient_privilege using message = format('%s makes no %s with its end', current_user, tg_table_name);
    end if;
    return new;
end $$;
create trigger without_end before insert on delivery for each row when (new.access <> 'OPEN'
    or num_nonnulls(new.revoked_at, new.revoked_as, new.expired_at, new.shred_at, new.shredded_at) > 0) execute function refuse_end();
create trigger without_end before insert on recipient for each row when (new.access <> 'OPEN' or num_nonnulls(new.revoked_as, new.cancelled_at, new.names_seen_at) > 0
    or case new.hold
        when 'HELD' then num_nonnulls(new.released_at, new.expires_at) > 0
        when 'RELEASED' then (not new.until_scanned and new.released_at between now() - interval '1 day' and now() + interval '1 day' and new.expires_at is not distinct from
            case when new.attachments = 'LINK' then new.released_at + make_interval(secs => new.expires_after) end) is not true
        else true end) execute function refuse_end();
create trigger without_end before insert on file for each row when (new.access <> 'OPEN' or num_nonnulls(new.revoked_as, new.object_gone_at) > 0
    or num_nulls(new.wrap, new.record_wrap) > 0) execute function refuse_end();
create trigger without_end before insert on access_grant for each row when (new.access <> 'OPEN' or num_nonnulls(new.revoked_as, new.first_served_at, new.last_served_at) > 0
    or new.downloads <> 0 or new.served_octets <> 0 or not isempty(new.served)) execute function refuse_end();

-- As in V76, and when its recipients are made. Web, and all, say it right, and a wrong one would be theirs alone.
create or replace function keep_expiry() returns trigger language plpgsql as $$
declare
    changed uuid[];
begin
    if tg_op = 'UPDATE' then
        select array_agg(distinct n.delivery_id) into changed from is_now n join was w using (id)
            where (n.hold, n.expires_at, n.cancelled_at) is distinct from (w.hold, w.expires_at, w.cancelled_at);
    elsif not has_table_privilege('ticket', 'insert') then
        select array_agg(c.id) into changed from (select delivery_id as id, case when not bool_or(hold = 'HELD') then max(expires_at) end as at from is_now group by delivery_id) c
            join delivery d using (id) where d.expires_at is distinct from c.at;
    end if;
    if changed is not null then   -- else it may be an operator, who sees no such time
        update delivery d set expires_at = c.at from (select id, expiry_of(id) as at from unnest(changed) id offset 0) c
            where d.id = c.id and d.expires_at is distinct from c.at;
    end if;
    return null;
end $$;
create trigger begins_expiry after insert on recipient referencing new table as is_now for each statement execute function keep_expiry();

-- Links and deliveries that were made without their end have it now.
update recipient set expires_at = coalesce(released_at, release_at) + make_interval(secs => expires_after)
    where hold = 'RELEASED' and attachments = 'LINK' and expires_at is null;
update delivery d set expires_at = expiry_of(d.id) where d.expires_at is null and expiry_of(d.id) is not null
    and exists (select from recipient r where r.delivery_id = d.id and r.expires_at is not null);

-- As in V74.
do $$
declare
    ours text;
begin
    foreach ours in array array['refuse_out_of_bounds()', 'recipient_of(bytea)', 'refuse_false_event()', 'refuse_no_event()', 'refuse_end()', 'keep_expiry()'] loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end $$;
