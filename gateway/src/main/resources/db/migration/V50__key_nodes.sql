-- Which node seals and opens with which version of a key pair, so that an old version is destroyed by itself once nobody needs it.

create table key_node (
    node    uuid not null,
    pair    text not null check (pair in ('files', 'spool')),
    half    text not null check (half in ('seals', 'opens')),
    version integer not null,                         -- what it seals with; the newest that it opens
    seen_at timestamptz not null,
    primary key (node, pair, half)
);
grant select, insert, update, delete on key_node to ${app};

alter table key_version
    add column fingerprint text,                      -- of its public half; by it a rotation that broke off is known again
    add column idle_since  timestamptz;               -- since when nothing hangs on it and no node seals with it; null while something does
grant update (idle_since) on key_version to ${app};
