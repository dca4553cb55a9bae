-- What belongs to one delivery points at nothing of another, whoever writes the row.
alter table file add constraint file_in_delivery unique (id, delivery_id);
alter table recipient add constraint recipient_in_delivery unique (id, delivery_id);
alter table access_grant add constraint grant_in_delivery unique (id, delivery_id);
alter table access_grant add constraint grant_of_its_file foreign key (file_id, delivery_id) references file (id, delivery_id);
alter table access_grant add constraint grant_of_its_recipient foreign key (recipient_id, delivery_id) references recipient (id, delivery_id);
alter table ticket add constraint ticket_of_its_grant foreign key (grant_id, delivery_id) references access_grant (id, delivery_id);
alter table outbox add constraint copy_of_its_recipient foreign key (recipient_id, delivery_id) references recipient (id, delivery_id);

-- Reads under a ticket that have reserved and not settled. While one runs, no octets are taken back from what was served.
alter table ticket add column running integer not null default 0;
create index ticket_of_grant on ticket (grant_id);

-- Nobody knows any more who shut what was shut before: in doubt it stays shut.
update delivery set revoked_as = 'RESPONDER' where access = 'REVOKED' and revoked_as is null;
update recipient set revoked_as = 'RESPONDER' where access = 'REVOKED' and revoked_as is null;
update file set revoked_as = 'RESPONDER' where access = 'REVOKED' and revoked_as is null;
update access_grant set revoked_as = 'RESPONDER' where access = 'REVOKED' and revoked_as is null;

revoke delete on ticket, outbox from ${app};
