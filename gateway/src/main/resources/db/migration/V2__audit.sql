-- The audit log. Events are inserted without a lock in the transaction of the change they describe; one sequencer gives them
-- their place in an RFC 6962 tree. ${app} can add events and leaves but never change or remove them.

create table audit_event (
    id          uuid primary key,
    occurred_at timestamptz not null,
    type        text not null,
    delivery_id uuid,
    payload     bytea not null,               -- canonical JSON: the leaf's octets
    leaf_hash   bytea not null                -- SHA-256(00 || payload)
);
create index audit_event_of_delivery on audit_event (delivery_id, id) where delivery_id is not null;
create index audit_event_by_time on audit_event (occurred_at, id);

create table audit_pending (
    event_id    uuid primary key
);

create table audit_leaf (
    leaf_index  bigint primary key,
    event_id    uuid not null unique references audit_event
);

create table audit_checkpoint (
    size        bigint primary key,
    root        bytea not null,
    note        text not null,                -- signed note
    made_at     timestamptz not null
);

-- the right edge of the tree, so that a sequencer can go on without reading all leaves
create table audit_edge (
    one         boolean primary key default true check (one),
    size        bigint not null,
    hashes      bytea not null                -- roots of the complete subtrees, largest first, 32 octets each
);
insert into audit_edge values (true, 0, '');

grant select, insert on audit_event, audit_leaf, audit_checkpoint to ${app};
grant select, insert, delete on audit_pending to ${app};
grant select, update on audit_edge to ${app};
