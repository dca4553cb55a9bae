-- Null: no rule says what the link block tells of the files, so its own setting counts.
alter table recipient alter column names drop not null;
alter table recipient alter column names drop default;
