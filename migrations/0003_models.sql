-- What tenants' models are made of: the modules they enabled, their objects and the fields of these.

create table platform.modules (
    tenant_id    uuid not null references platform.tenants on delete cascade,
    name         text not null,
    -- The module's definitions as they were last applied: what an upgrade compares with, to tell the tenant's changes from ours.
    applied      jsonb not null,
    applied_hash text not null,
    -- What the last upgrade could not apply.
    report       jsonb not null default '[]',
    enabled_at   timestamptz not null default now(),
    enabled_by   uuid references platform.users on delete set null,
    primary key (tenant_id, name)
);

create index on platform.modules (enabled_by);

create table platform.custom_objects (
    id              uuid primary key,
    tenant_id       uuid not null references platform.tenants on delete cascade,
    api_name        text not null,
    plural_api_name text not null,
    name            text not null,
    plural_name     text not null,
    description     text,
    icon            text,
    label_field     text,
    -- Names and description by language.
    translations    jsonb not null default '{}',
    -- The module that brought the object; null for what an admin drew.
    module          text,
    position        int not null default 0,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    unique (tenant_id, api_name),
    unique (tenant_id, plural_api_name),
    unique (tenant_id, id)
);

create table platform.custom_fields (
    id            uuid primary key,
    tenant_id     uuid not null,
    object_id     uuid not null,
    api_name      text not null,
    name          text not null,
    description   text,
    type          text not null,
    required      boolean not null default false,
    is_unique     boolean not null default false,
    indexed       boolean not null default false,
    default_value jsonb,
    settings      jsonb not null default '{}',
    translations  jsonb not null default '{}',
    -- The module that brought the field; null for what an admin drew.
    module        text,
    position      int not null default 0,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    unique (object_id, api_name),
    foreign key (tenant_id, object_id) references platform.custom_objects (tenant_id, id) on delete cascade
);

-- A tenant's whole model is read at once; this also serves the foreign key.
create index on platform.custom_fields (tenant_id, object_id);

alter table platform.modules enable row level security;
alter table platform.modules force row level security;
create policy of_the_tenant on platform.modules
    using (tenant_id = platform.current_tenant_id());

alter table platform.custom_objects enable row level security;
alter table platform.custom_objects force row level security;
create policy of_the_tenant on platform.custom_objects
    using (tenant_id = platform.current_tenant_id());

alter table platform.custom_fields enable row level security;
alter table platform.custom_fields force row level security;
create policy of_the_tenant on platform.custom_fields
    using (tenant_id = platform.current_tenant_id());
