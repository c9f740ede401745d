-- The roles of members. A person may have several, which add up.

create table platform.membership_roles (
    -- By itself too: the check that no role in use is deleted comes before the memberships have taken their rows with them.
    tenant_id uuid not null references platform.tenants on delete cascade,
    user_id   uuid not null,
    role_id   uuid not null,
    primary key (tenant_id, user_id, role_id),
    foreign key (tenant_id, user_id) references platform.memberships (tenant_id, user_id) on delete cascade,
    foreign key (tenant_id, role_id) references platform.roles (tenant_id, id)
);

create index on platform.membership_roles (tenant_id, role_id);

do $$
declare
    tenant uuid;
begin
    for tenant in select id from platform.tenants loop
        perform set_config('tessera.tenant_id', tenant::text, true);
        insert into platform.membership_roles
            select tenant_id, user_id, role_id from platform.memberships where tenant_id = tenant;
    end loop;
    perform set_config('tessera.tenant_id', '', true);
end $$;

alter table platform.membership_roles enable row level security;
alter table platform.membership_roles force row level security;
create policy of_the_tenant on platform.membership_roles
    using (tenant_id = platform.current_tenant_id());

-- Servers of the version before know `memberships.role_id` alone: new members have that role, and it is always one of theirs.
create function platform.first_role_of_member() returns trigger
    language plpgsql as $$
begin
    insert into platform.membership_roles (tenant_id, user_id, role_id)
        values (new.tenant_id, new.user_id, new.role_id);
    return null;
end $$;

create trigger first_role after insert on platform.memberships
    for each row execute function platform.first_role_of_member();
