-- Deliveries, their recipients, files, grants and the outbox. Runtime connects as ${app}, which may not change the schema
-- and may not change what the audit log (V2) has recorded. All times are UTC; all sizes are octets.

create table person (
    id            uuid primary key,
    issuer        text not null,
    subject       text not null,
    address       text,                       -- lower case; only when the issuer has verified it
    salt          bytea not null,             -- of the address commitment that audit events carry
    first_seen_at timestamptz not null,
    last_seen_at  timestamptz not null,
    unique (issuer, subject)
);

create table delivery (
    id                    uuid primary key,   -- UUIDv7: ordered by time
    source                text not null check (source in ('MAIL', 'PORTAL')),
    sender                text not null,      -- reverse-path in lower case, '' is the null reverse-path
    sender_as_given       text not null,
    subject               text not null,
    message_id            text not null,
    size_octets           bigint not null,
    accepted_at           timestamptz not null,
    policy_version        text not null,
    notice                boolean not null,
    dsn_ret               text,
    dsn_envid             text,
    smtp_utf8             boolean not null default false,
    next_release_at       timestamptz,        -- earliest release among held recipients, null when none is held
    access                text not null default 'OPEN' check (access in ('OPEN', 'REVOKED', 'SHREDDED')),
    revoked_at            timestamptz,
    revoked_by            uuid references person,
    expires_at            timestamptz,        -- latest expiry among recipients; null until one is released
    expired_at            timestamptz,        -- when expiry was recorded
    shred_at              timestamptz,        -- when keys and objects are destroyed
    shredded_at           timestamptz,
    spool_kind            text not null check (spool_kind in ('MESSAGE', 'COMPOSED', 'GONE')),
    spool_key             text,               -- object key, null when inline
    spool_inline          bytea,
    spool_header          bytea,
    spool_plain_octets    bigint,
    spool_cipher_octets   bigint,
    spool_message_octets  bigint,             -- the rest of the plaintext is the layout
    spool_sha256          bytea,
    spool_wrap_algorithm  text,
    spool_wrap_version    integer,
    spool_wrap            bytea
);
create index delivery_due on delivery (next_release_at) where next_release_at is not null;
create index delivery_by_sender on delivery (sender, id desc);
create index delivery_to_expire on delivery (expires_at) where expired_at is null and expires_at is not null;
create index delivery_to_shred on delivery (shred_at) where shredded_at is null and shred_at is not null;
create index delivery_by_message_id on delivery (message_id);
create index delivery_spool_left on delivery (id) where spool_kind = 'GONE' and spool_key is not null;
create index delivery_spool_key on delivery (spool_key) where spool_key is not null;

create table recipient (
    id             uuid primary key,
    delivery_id    uuid not null references delivery,
    address        text not null,             -- lower case, what a verified address must equal
    address_given  text not null,             -- as in RCPT TO
    outside        boolean not null,
    attachments    text not null check (attachments in ('LINK', 'PASS')),
    rule           text not null,
    expires_after  bigint not null,           -- seconds from release
    downloads      integer not null,          -- limit per file
    hold           text not null check (hold in ('HELD', 'RELEASED', 'CANCELLED')),
    release_at     timestamptz not null,
    released_at    timestamptz,
    cancelled_at   timestamptz,
    expires_at     timestamptz,
    access         text not null default 'OPEN' check (access in ('OPEN', 'REVOKED')),
    link_hash      bytea unique,              -- SHA-256 of the link's token
    names_seen_at  timestamptz,
    dsn_notify     text,
    dsn_orcpt      text,
    relay          text not null default 'NONE' check (relay in ('NONE', 'QUEUED', 'SENT', 'FAILED')),
    relayed_at     timestamptz
);
create index recipient_of_delivery on recipient (delivery_id);
create index recipient_by_address on recipient (address, delivery_id desc);

create table file (
    id             uuid primary key,
    delivery_id    uuid not null references delivery,
    position       integer not null,
    name           text not null,
    media_type     text not null,
    size_octets    bigint not null,
    sha256         bytea not null,
    object_key     text not null,
    header         bytea not null,
    cipher_octets  bigint not null,
    wrap_algorithm text not null,
    wrap_version   integer not null,
    wrap           bytea,                     -- null: shredded
    access         text not null default 'OPEN' check (access in ('OPEN', 'REVOKED', 'SHREDDED')),
    object_gone_at timestamptz,
    unique (delivery_id, position)
);
create index file_object on file (object_key);
create index file_leftover on file (delivery_id) where wrap is null and object_gone_at is null;

create table access_grant (
    id             uuid primary key,
    delivery_id    uuid not null references delivery,
    file_id        uuid not null references file,
    recipient_id   uuid not null references recipient,
    access         text not null default 'OPEN' check (access in ('OPEN', 'REVOKED')),
    downloads      integer not null default 0,
    served         int8multirange not null default '{}',
    served_octets  bigint not null default 0,
    first_served_at timestamptz,
    last_served_at timestamptz,
    unique (file_id, recipient_id)
);
create index grant_of_delivery on access_grant (delivery_id);
create index grant_of_recipient on access_grant (recipient_id);

create table ticket (
    id             uuid primary key,          -- random; opens nothing without the person's session
    grant_id       uuid not null references access_grant,
    delivery_id    uuid not null references delivery,
    person_id      uuid not null references person,
    opened_at      timestamptz not null,
    expires_at     timestamptz not null,
    served         int8multirange not null default '{}',
    served_octets  bigint not null default 0,
    closed_at      timestamptz                -- complete, spent or replaced
);
create unique index ticket_open on ticket (grant_id) where closed_at is null;
create index ticket_of_delivery on ticket (delivery_id) where closed_at is null;

create table node (
    id       uuid primary key,
    seen_at  timestamptz not null
);

create table outbox (
    id           uuid primary key,
    delivery_id  uuid not null references delivery,
    recipient_id uuid references recipient,   -- null: to the sender
    kind         text not null check (kind in ('LINKED', 'ORIGINAL', 'NOTICE', 'DSN')),
    state        text not null default 'DUE' check (state in ('DUE', 'CLAIMED', 'SENT', 'FAILED', 'DROPPED')),
    attempts     integer not null default 0,
    created_at   timestamptz not null,
    due_at       timestamptz not null,
    claimed_by   uuid,
    detail       jsonb,                       -- of a DSN: whom it is about and the reply
    last_reply   text,
    settled_at   timestamptz
);
create index outbox_due on outbox (due_at) where state = 'DUE';
create index outbox_claimed on outbox (claimed_by) where state = 'CLAIMED';
create index outbox_of_delivery on outbox (delivery_id);

grant select, insert, update on person, delivery, recipient, file, access_grant, ticket, outbox to ${app};
grant select, insert, update, delete on node to ${app};
grant delete on ticket, outbox to ${app};
grant select on ${flyway:table} to ${app};
