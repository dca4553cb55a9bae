-- Whether a message came with attachments, also where they went on as they came and none is kept as a file: what follows it may tell their
-- password. What was accepted before is judged by its files.
alter table delivery add column attached boolean not null default false;
update delivery d set attached = true where exists (select 1 from file f where f.delivery_id = d.id);
