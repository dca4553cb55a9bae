-- What was found in files, and copies that wait until theirs have been scanned.

alter table file add column found_type text;                       -- what its octets are; null: nobody looked
alter table file add column protection text check (protection in ('NONE', 'OPAQUE', 'UNKNOWN', 'PASSWORD'));  -- null: nobody looked
alter table file add column scan text not null default 'OFF' check (scan in ('OFF', 'CLEAN', 'INFECTED', 'UNSCANNED'));
alter table file add column find text;                             -- the malware's name
alter table file add column scan_due_at timestamptz;               -- when it is scanned again; null: it isn't
alter table file add column scan_attempts integer not null default 0;
create index file_to_scan on file (scan_due_at) where scan_due_at is not null;

-- A held copy that waits for the scanner has no time to leave at, whatever release_at says. next_release_at counts only those that have one.
alter table recipient add column until_scanned boolean not null default false;
alter table delivery add column waits_for_scan boolean not null default false;
create index delivery_waits_for_scan on delivery (id) where waits_for_scan;

-- What the block with the link says of the files.
alter table recipient add column names text not null default 'LIST' check (names in ('LIST', 'COUNT'));

-- The scanner can shut a file, too.
alter table file drop constraint file_revoked_as_check;
alter table file add constraint file_revoked_as_check check (revoked_as in ('SENDER', 'RESPONDER', 'SCANNER'));

grant update (scan, find, scan_due_at, scan_attempts) on file to ${app};
grant update (until_scanned, release_at) on recipient to ${app};
grant update (waits_for_scan) on delivery to ${app};
