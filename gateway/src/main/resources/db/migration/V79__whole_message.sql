-- Whether a file is the message itself, which some recipients get in place of a copy (signed: link-whole). Who gets another copy of it has no grant for this
-- file, and doesn't wait until it is scanned.
alter table file add column whole boolean not null default false;
