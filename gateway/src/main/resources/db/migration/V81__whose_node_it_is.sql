-- What V78 left to whoever has taken mail over: to say that nodes of web are gone, which open what would be sealed to a version that they don't have, and seal to
-- one that would be destroyed.

alter table key_node add column said_by name;   -- which role said it last; null: one from before, which is whose says it next

-- Who may make no ticket opens spools alone, and leaves alone what another role has said, for as long as it counts (a minute) and one more. What KeyNodes deletes is
-- a day old, or of the future.
create function refuse_anothers_node() returns trigger language plpgsql as $$
declare
    own boolean;
begin
    if has_table_privilege('ticket', 'insert') then
        own := true;
    elsif tg_op = 'DELETE' then
        own := old.seen_at < now() - interval '24 hours' or old.seen_at > now() + interval '1 minute';
    else
        own := new.half <> 'opens' or new.pair = 'spool';
        if tg_op = 'UPDATE' then
            own := own and (old.half <> 'opens' or old.pair = 'spool')
                and (old.said_by is null or old.said_by = current_user or old.seen_at < now() - interval '2 minutes');
        end if;
    end if;
    if own is distinct from true then
        raise insufficient_privilege using message = format('%s speaks for its own nodes', current_user);
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    new.said_by := current_user;
    return new;
end $$;
create trigger its_own_node before insert or update or delete on key_node for each row execute function refuse_anothers_node();

-- As in V74.
do $$
begin
    execute format('alter function refuse_anothers_node() set search_path = %I, pg_temp', current_schema());
end $$;
