-- Failed attempts to sign in, by account, by address, and by both together; and where an account has signed in before.

create table platform.sign_in_attempts (
    -- SHA-256 of what is counted.
    key         bytea primary key check (length(key) = 32),
    failures    integer not null default 0,
    failed_at   timestamptz,
    -- Of an account and an address: until when the address counts as one that the account signs in from.
    known_until timestamptz
);
