-- Where another host opens for a pair nobody rotates by himself, also while that host is off for some days: it would come back without the new version. So who
-- opens is remembered for 30 days and has a name, by which an operator says that it is gone for good (./sekisho keys forget).

alter table key_node add column host text;   -- null: said by a node of before, which draws another id at each start
alter table key_node add constraint key_node_host check (host collate "C" ~ '^[!-~]{1,255}$');

-- As in V81, but that who opens is forgotten later, and who opens spools, mail's own pair, when mail says so.
create or replace function refuse_anothers_node() returns trigger language plpgsql as $$
declare
    own boolean;
begin
    if has_table_privilege('ticket', 'insert') then
        own := true;
    elsif tg_op = 'DELETE' then
        own := old.seen_at > now() + interval '1 minute'
            or old.seen_at < now() - case when old.half = 'opens' and old.host is not null then interval '30 days' else interval '24 hours' end
            or old.half = 'opens' and old.pair = 'spool' and (old.said_by is null or old.said_by = current_user);
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

-- As in V74.
do $$
begin
    execute format('alter function refuse_anothers_node() set search_path = %I, pg_temp', current_schema());
end $$;
