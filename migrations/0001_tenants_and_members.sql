-- Tenants, the people in them, and what they may do.

-- The tenant and the user that the current transaction acts for; null when it has not said. `current_setting` gives
-- an empty text, not null, on a connection where an earlier transaction had set it.
create function platform.current_tenant_id() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('tessera.tenant_id', true), '')::uuid;

create function platform.current_user_id() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('tessera.user_id', true), '')::uuid;

create table platform.tenants (
    id          uuid primary key,
    slug        text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 2 and 50),
    name        text not null check (name <> ''),
    -- The Postgres schema that holds everything of the tenant.
    schema_name text not null unique,
    -- The Postgres cluster that holds that schema.
    cluster     text not null default 'default',
    created_at  timestamptz not null default now()
);

-- A person, who may belong to several tenants.
create table platform.users (
    id            uuid primary key,
    email         text not null unique check (email = lower(email)),
    name          text not null,
    -- PHC string: algorithm, parameters, salt and hash.
    password_hash text not null,
    created_at    timestamptz not null default now()
);

create table platform.roles (
    id          uuid primary key,
    tenant_id   uuid not null references platform.tenants on delete cascade,
    api_name    text not null,
    name        text not null,
    permissions jsonb not null,
    unique (tenant_id, api_name),
    -- What the composite keys of other tables refer to, so that no row can point into another tenant.
    unique (tenant_id, id)
);

create table platform.memberships (
    tenant_id  uuid not null references platform.tenants on delete cascade,
    user_id    uuid not null references platform.users on delete cascade,
    role_id    uuid not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, user_id),
    foreign key (tenant_id, role_id) references platform.roles (tenant_id, id)
);

create index on platform.memberships (user_id);
create index on platform.memberships (tenant_id, role_id);

alter table platform.roles enable row level security;
alter table platform.roles force row level security;
create policy of_the_tenant on platform.roles
    using (tenant_id = platform.current_tenant_id());

alter table platform.memberships enable row level security;
alter table platform.memberships force row level security;
create policy of_the_tenant on platform.memberships
    using (tenant_id = platform.current_tenant_id());
-- Signing in finds a person's tenants before one is chosen.
create policy of_the_user on platform.memberships for select
    using (user_id = platform.current_user_id());
