-- Events get their place in the tree in the order in which they were queued, whichever node's clock their ids come from: what caused
-- an event was committed before that event could be queued.

alter table audit_pending add column arrived bigint generated always as identity;
