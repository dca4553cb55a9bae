-- What the mail runnable does, and nothing else: take in, hold, release, relay. No person, ticket or sign-out, no key of a file, no audit event changed or of
-- what others do, no row added to a delivery that is there, nothing opened that is shut (migrations V74 to V81). What the role had before is taken away first.
do $$ begin
    if exists (select from pg_auth_members where member = '${mail}'::regrole)
            or (select rolsuper or rolreplication or rolcreaterole or rolbypassrls from pg_roles where rolname = '${mail}') then
        raise exception '${mail} has the rights of another role, too, or may replicate, make roles or bypass row security; make one that has none';
    end if;
    execute format('revoke all on all tables in schema %I from ${mail}', current_schema());
    execute format('grant connect on database %I to ${mail}', current_database());
end $$;
grant select, insert on delivery, recipient, file, access_grant to ${mail};
grant update (next_release_at, waits_for_scan, expires_at, spool_kind, spool_key, spool_inline, spool_header, spool_wrap) on delivery to ${mail};
grant update (hold, released_at, expires_at, relay, relayed_at) on recipient to ${mail};
grant select, insert, update on outbox to ${mail};
grant select, insert, update, delete on outbox_destination, node to ${mail};
grant select, insert, update (version, seen_at), delete on key_node to ${mail};
grant select, insert, update (wraps, last_sealed_at, idle_since, destroyed_at) on key_version to ${mail};
grant select, insert on audit_event to ${mail};
grant select, insert (event_id) on audit_pending to ${mail};
grant select on flyway_schema_history to ${mail};
