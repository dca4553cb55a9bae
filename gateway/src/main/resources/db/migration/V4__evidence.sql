-- Evidence that doesn't depend on rows staying as they were.

-- A person is an account together with the address it has proved: when that changes, it is another person, and old events go on naming
-- the one whom they named. ${app} adds persons and never changes them.
alter table person drop constraint person_issuer_subject_key;
alter table person add constraint person_identity unique nulls not distinct (issuer, subject, address);

-- Salts of the commitments that audit events carry: to the sender and the files (delivery), and to an address (recipient, person).
alter table delivery add column salt bytea;
alter table recipient add column salt bytea;

-- Who revoked. What a responder has shut, its sender can't open.
alter table delivery drop column revoked_by;
alter table delivery add column revoked_as text check (revoked_as in ('SENDER', 'RESPONDER'));
alter table recipient add column revoked_as text check (revoked_as in ('SENDER', 'RESPONDER'));
alter table file add column revoked_as text check (revoked_as in ('SENDER', 'RESPONDER'));
alter table access_grant add column revoked_as text check (revoked_as in ('SENDER', 'RESPONDER'));

-- Octets that were served and are not yet in an event: small reads that follow one another share one.
alter table ticket add column unlogged int8multirange not null default '{}';
alter table ticket add column unlogged_reads integer not null default 0;
alter table ticket add column unlogged_by uuid references person;
alter table ticket add column logged_at timestamptz;
create index ticket_unlogged on ticket (logged_at) where unlogged_reads > 0;

-- Refusals that follow one within a minute: they are counted, and share one event.
create table refusal (
    person_id    uuid not null references person,
    recipient_id uuid not null references recipient,
    reason       text not null,
    delivery_id  uuid not null references delivery,
    file_id      uuid references file,
    since        timestamptz not null,
    last_at      timestamptz not null,
    more         integer not null default 0,    -- not yet in an event
    primary key (person_id, recipient_id, reason)
);
create index refusal_since on refusal (since);
grant select, insert, update, delete on refusal to ${app};

-- What was once written of a person, delivery, recipient or file stays; only its state changes.
revoke update on person, delivery, recipient, file, access_grant from ${app};
grant update (last_seen_at) on person to ${app};
grant update (next_release_at, access, revoked_at, revoked_as, expires_at, expired_at, shred_at, shredded_at, spool_kind, spool_key,
    spool_inline, spool_header, spool_sha256, spool_wrap) on delivery to ${app};
grant update (hold, released_at, cancelled_at, expires_at, access, revoked_as, names_seen_at, relay, relayed_at) on recipient to ${app};
grant update (wrap, access, revoked_as, object_gone_at) on file to ${app};
grant update (access, revoked_as, downloads, served, served_octets, first_served_at, last_served_at) on access_grant to ${app};
