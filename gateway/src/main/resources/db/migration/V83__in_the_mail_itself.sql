-- How many attachments of a message leave in the mail itself, and of how many octets together: no file is kept of these, and whoever looked at the delivery was told that there
-- were none. Null: accepted before they were counted; then delivery.attached alone says whether there are any.
alter table delivery add column in_mail integer, add column in_mail_octets bigint;
alter table delivery add constraint delivery_in_mail check (num_nulls(in_mail, in_mail_octets) <> 1 and in_mail >= 0 and in_mail_octets >= 0);

-- As in V77, but for an acceptance that says so, too.
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
                and not exists (select k from jsonb_object_keys(said -> 'details') k where k not in ('attachments', 'files', 'head', 'inMail', 'inMailOctets', 'policy', 'source')
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

-- As in V74.
do $$
begin
    execute format('alter function refuse_false_event() set search_path = %I, pg_temp', current_schema());
end $$;
