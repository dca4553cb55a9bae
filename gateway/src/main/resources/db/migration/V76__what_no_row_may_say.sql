-- Who records an event or accepts a message writes values that a job of every node works with. One that nobody can work with would stop the job, so it is
-- refused here; and jobs pass over what fails all the same. What is there already isn't looked at.
alter table recipient
    add constraint recipient_numbers check (expires_after between 0 and 31622400 and downloads between 0 and 1000000) not valid,   -- 366 days
    add constraint recipient_times check (release_at between '1970-01-01' and '9999-01-01') not valid,
    add constraint recipient_texts check (octet_length(address) <= 4096 and octet_length(address_given) <= 4096 and octet_length(rule) <= 4096
        and octet_length(dsn_notify) <= 4096 and octet_length(dsn_orcpt) <= 4096 and octet_length(link_hash) <= 64 and octet_length(salt) <= 64) not valid;
alter table delivery
    add constraint delivery_numbers check (size_octets >= 0 and spool_plain_octets >= 0 and spool_cipher_octets >= 0) not valid,
    add constraint delivery_times check (accepted_at between '1970-01-01' and '9999-01-01' and next_release_at between '1970-01-01' and '9999-01-01') not valid,
    add constraint delivery_texts check (octet_length(sender) <= 4096 and octet_length(sender_as_given) <= 4096 and octet_length(subject) <= 16384
        and octet_length(message_id) <= 16384 and octet_length(policy_version) <= 4096 and octet_length(dsn_ret) <= 4096 and octet_length(dsn_envid) <= 4096
        and octet_length(salt) <= 64) not valid,
    add constraint delivery_spool check (octet_length(spool_key) <= 200 and spool_key ~ '^[a-z0-9_-]+(/[a-z0-9_-]+)*$'   -- what the store takes
        and octet_length(spool_inline) <= 1048576 and octet_length(spool_header) <= 4096 and octet_length(spool_sha256) <= 64
        and octet_length(spool_wrap_algorithm) <= 4096 and octet_length(spool_wrap) <= 65536) not valid;
alter table file
    add constraint file_object_key check (octet_length(object_key) <= 200 and object_key ~ '^[a-z0-9_-]+(/[a-z0-9_-]+)*$') not valid,
    add constraint file_numbers check (size_octets >= 0 and cipher_octets >= 0) not valid,
    add constraint file_sizes check (octet_length(record) <= 1048576 and octet_length(find) <= 65536 and octet_length(header) <= 4096
        and octet_length(wrap_algorithm) <= 4096 and octet_length(wrap) <= 65536 and octet_length(record_wrap_algorithm) <= 4096
        and octet_length(record_wrap) <= 65536) not valid;
alter table outbox add constraint outbox_texts check (octet_length(destination) <= 4096 and octet_length(last_reply) <= 65536
    and octet_length(detail::text) <= 262144) not valid;
alter table outbox_destination add constraint outbox_destination_texts check (octet_length(name) <= 4096 and octet_length(last_reply) <= 65536) not valid;
alter table node add constraint node_texts check (octet_length(scanner) <= 4096) not valid;
alter table key_version add constraint key_version_numbers check (version > 0 and wraps between 0 and 1152921504606846976   -- nobody counts on from there
    and octet_length(fingerprint) <= 4096) not valid;

-- The sequencer, the verifier and pages read events. The largest is the acceptance of a message for 50,000 recipients: some 300 octets for each.
alter table audit_event add constraint audit_event_size check (octet_length(payload) <= 33554432) not valid;

-- Whom an event is about; null also when it can't be read.
create function recipient_of(payload bytea) returns text language plpgsql immutable as $$
begin
    return convert_from(payload, 'UTF8')::jsonb ->> 'recipient';
exception when others then
    return null;
end $$;
create index audit_event_of_release on audit_event (delivery_id, recipient_of(payload)) where type = 'RECIPIENT_RELEASED';

-- As in V75, but for: the recipient by what the payload says, not by octets that any event may have, and by an index, since one delivery has as many releases
-- as recipients; a size; the operator, who gives spool a new version with the login that its host has.
create or replace function refuse_false_event() returns trigger language plpgsql as $$
declare
    an_id constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
    said jsonb;
    own boolean;
begin
    if has_table_privilege('ticket', 'insert') then
        return new;
    end if;
    if octet_length(new.payload) > 65536 and new.type <> 'DELIVERY_ACCEPTED' then   -- before it is parsed
        raise insufficient_privilege using message = format('%s records no %s like this', current_user, new.type);
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
        if new.type = 'DELIVERY_ACCEPTED' then   -- whose keys name rows: an id each
            own := own and not exists (select from jsonb_object_keys(said -> 'details') k
                where k ~ '^(recipient|file|record|rule|scan):' and substring(k from ':(.*)$') !~ an_id);
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

-- A delivery expires when its links do, whoever changes these: one without a time would keep the keys of its files for ever.
create function keep_expiry() returns trigger language plpgsql as $$
declare
    changed uuid[];
begin
    select array_agg(distinct n.delivery_id) into changed from is_now n join was w using (id)
        where (n.hold, n.expires_at, n.cancelled_at) is distinct from (w.hold, w.expires_at, w.cancelled_at);
    if changed is not null then   -- else it may be an operator, who sees no such time
        update delivery d set expires_at = c.at from (select id, expiry_of(id) as at from unnest(changed) id offset 0) c
            where d.id = c.id and d.expires_at is distinct from c.at;
    end if;
    return null;
end $$;
create trigger keeps_expiry after update on recipient referencing old table as was new table as is_now for each statement execute function keep_expiry();

-- As in V74.
do $$
declare
    ours text;
begin
    foreach ours in array array['recipient_of(bytea)', 'refuse_false_event()', 'keep_expiry()'] loop
        execute format('alter function %s set search_path = %I, pg_temp', ours, current_schema());
    end loop;
end $$;
