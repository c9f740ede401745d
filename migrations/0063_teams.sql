-- Teams of members.

create table platform.teams (
    id         uuid primary key,
    tenant_id  uuid not null references platform.tenants on delete cascade,
    api_name   text not null,
    name       text not null,
    created_at timestamptz not null default now(),
    unique (tenant_id, api_name),
    unique (tenant_id, id)
);

create table platform.team_members (
    tenant_id  uuid not null,
    team_id    uuid not null,
    user_id    uuid not null,
    is_manager boolean not null,
    primary key (tenant_id, user_id, team_id),
    foreign key (tenant_id, team_id) references platform.teams (tenant_id, id) on delete cascade,
    foreign key (tenant_id, user_id) references platform.memberships (tenant_id, user_id) on delete cascade
);

create index on platform.team_members (tenant_id, team_id);

alter table platform.teams enable row level security;
alter table platform.teams force row level security;
create policy of_the_tenant on platform.teams
    using (tenant_id = platform.current_tenant_id());

alter table platform.team_members enable row level security;
alter table platform.team_members force row level security;
create policy of_the_tenant on platform.team_members
    using (tenant_id = platform.current_tenant_id());
