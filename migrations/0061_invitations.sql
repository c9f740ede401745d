-- Invitations that have not been accepted.

create table platform.invitations (
    id         uuid primary key,
    tenant_id  uuid not null references platform.tenants on delete cascade,
    email      text not null check (email = lower(email)),
    role_ids   uuid[] not null,
    -- SHA-256 of the secret in the link.
    token_hash bytea not null check (length(token_hash) = 32),
    created_by uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    unique (tenant_id, email)
);

create index on platform.invitations (expires_at);

alter table platform.invitations enable row level security;
alter table platform.invitations force row level security;
create policy of_the_tenant on platform.invitations
    using (tenant_id = platform.current_tenant_id());
