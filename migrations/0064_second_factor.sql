-- A second factor for people, resets of their passwords, and accounts and tenants that are not let in.

create table platform.totp (
    user_id          uuid primary key references platform.users on delete cascade,
    -- AES-256-GCM under a key of the server: nonce, text, tag.
    secret_encrypted bytea not null,
    -- Null until a code has shown that the person's device has the secret.
    confirmed_at     timestamptz,
    -- The step of the last code that was taken: each is good once.
    last_step        bigint not null default 0
);

-- SHA-256 of each code that has not been used.
create table platform.recovery_codes (
    user_id   uuid not null references platform.totp on delete cascade,
    code_hash bytea not null check (length(code_hash) = 32),
    primary key (user_id, code_hash)
);

create table platform.password_resets (
    id         uuid primary key,
    user_id    uuid not null references platform.users on delete cascade,
    -- SHA-256 of the secret in the link.
    token_hash bytea not null check (length(token_hash) = 32),
    expires_at timestamptz not null
);

create index on platform.password_resets (user_id);

alter table platform.users add column disabled_at timestamptz;
alter table platform.tenants add column suspended_at timestamptz;
