-- Where a row of the outbox goes, so that what waits for a dead host doesn't stand before what others wait for.

alter table outbox add column destination text collate "C"; -- a route, or route/domain where each domain has hosts of its own; null: no node has looked yet

-- PAUSED: by an operator, until an operator resumes it; nothing to do with the hold of a delivery.
alter table outbox drop constraint outbox_state_check;
alter table outbox add constraint outbox_state_check check (state in ('DUE', 'CLAIMED', 'PAUSED', 'SENT', 'FAILED', 'DROPPED'));

drop index outbox_due;
create index outbox_due on outbox (destination, due_at) where state = 'DUE';
create index outbox_paused on outbox (destination) where state = 'PAUSED';

-- Destinations whose hosts didn't answer the last time; a row goes when one answers.
create table outbox_destination (
    name            text collate "C" primary key,
    failures        integer not null,              -- attempts in a row that reached no host
    pauses          integer not null default 0,    -- suspensions in a row
    suspended_until timestamptz,                   -- until then nobody tries
    last_reply      text not null,
    changed_at      timestamptz not null
);
grant select, insert, update, delete on outbox_destination to ${app};
