-- API keys. Each signs in as a service account of its own: a member who is no person.

alter table platform.users
    add column kind text not null default 'person' check (kind in ('person', 'service'));

create table platform.api_keys (
    id           uuid primary key,
    tenant_id    uuid not null,
    -- The service account.
    user_id      uuid not null,
    name         text not null,
    -- SHA-256 of the secret in the key.
    secret_hash  bytea not null check (length(secret_hash) = 32),
    created_by   uuid not null,
    created_at   timestamptz not null default now(),
    expires_at   timestamptz,
    -- To the minute.
    last_used_at timestamptz,
    foreign key (tenant_id, user_id) references platform.memberships (tenant_id, user_id) on delete cascade
);

create index on platform.api_keys (tenant_id, user_id);

alter table platform.api_keys enable row level security;
alter table platform.api_keys force row level security;
create policy of_the_tenant on platform.api_keys
    using (tenant_id = platform.current_tenant_id());
