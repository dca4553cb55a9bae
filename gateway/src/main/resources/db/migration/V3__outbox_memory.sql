-- What the outbox must remember of a copy beyond a restart.

alter table outbox add column unconfirmed boolean not null default false;  -- sent whole once, and no answer came
alter table outbox add column warned_at   timestamptz;                     -- when the sender was told of the delay

alter table recipient drop constraint recipient_relay_check;
alter table recipient add constraint recipient_relay_check check (relay in ('NONE', 'QUEUED', 'SENT', 'UNCONFIRMED', 'FAILED'));
