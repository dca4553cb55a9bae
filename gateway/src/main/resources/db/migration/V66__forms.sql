-- What its sender may hand in twice by mistake, such as a form of the upload portal, becomes one delivery however often it is handed in, on
-- whichever node. Mail has a final dot and a reply for that, and leaves this empty.
alter table delivery add column once bytea;   -- SHA-256 of sender and one-time id
create unique index delivery_once on delivery (once) where once is not null;
