-- Sessions that ended because somebody signed out.

create table sign_out (
    session   bytea primary key,              -- SHA-256 of issuer and the issuer's name for the session
    ended_at  timestamptz not null            -- tokens issued until then are worth nothing
);
create index sign_out_old on sign_out (ended_at);

grant select, insert, update, delete on sign_out to ${app};
