-- What ./sekisho queue does, and nothing else.
grant select, update (state, due_at, last_reply, claimed_by, settled_at), insert on outbox to ${operator};
grant select, delete on outbox_destination to ${operator};
grant select (id, sender, sender_as_given, accepted_at, size_octets, spool_kind, next_release_at, waits_for_scan),
    update (spool_kind, spool_inline, spool_wrap, spool_header) on delivery to ${operator};
grant select (id, delivery_id, address, address_given, dsn_notify), update (relay, relayed_at) on recipient to ${operator};
grant select (id), insert on audit_event to ${operator};
grant insert (event_id) on audit_pending to ${operator};
do $$ begin execute format('grant connect on database %I to ${operator}', current_database()); end $$;
