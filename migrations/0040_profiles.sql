-- What people set about themselves, and their sessions in all of their tenants.

alter table platform.users
    -- A BCP 47 tag, such as `en` or `pt-BR`.
    add column language  text,
    -- As the IANA names it.
    add column time_zone text;

-- What the page remembers for a member.
alter table platform.memberships add column preferences jsonb not null default '{}';

-- People see and end their own sessions, also those in other tenants.
create policy of_the_user on platform.sessions
    using (user_id = platform.current_user_id());

create index on platform.sessions (user_id) where ended_at is null;
