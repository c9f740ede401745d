-- What was done to a tenant's model, to access to it, and who signed in.

create table platform.audit (
    tenant_id uuid not null references platform.tenants on delete cascade,
    id        bigint generated always as identity,
    at        timestamptz not null default now(),
    -- Null for an operator. No foreign key: an entry outlives the person.
    actor     uuid,
    area      text not null,
    action    text not null,
    details   jsonb not null,
    primary key (tenant_id, id)
);

create index on platform.audit (tenant_id, at);

alter table platform.audit enable row level security;
alter table platform.audit force row level security;
create policy of_the_tenant on platform.audit
    using (tenant_id = platform.current_tenant_id());
