-- One row for each signed-in client: the family of refresh tokens that began with one login.

create table platform.sessions (
    id          uuid primary key,
    tenant_id   uuid not null,
    user_id     uuid not null,
    -- SHA-256 of the secret in the newest refresh token; the older ones are known by not matching it.
    secret_hash bytea not null check (length(secret_hash) = 32),
    created_at  timestamptz not null default now(),
    rotated_at  timestamptz not null default now(),
    -- Of the newest refresh token.
    expires_at  timestamptz not null,
    -- Signed out, or ended because an older refresh token came back.
    ended_at    timestamptz,
    user_agent  text,
    -- Who leaves a tenant leaves no session behind in it.
    foreign key (tenant_id, user_id) references platform.memberships (tenant_id, user_id) on delete cascade
);

create index on platform.sessions (tenant_id, user_id);
create index on platform.sessions (expires_at);

alter table platform.sessions enable row level security;
alter table platform.sessions force row level security;
create policy of_the_tenant on platform.sessions
    using (tenant_id = platform.current_tenant_id());
