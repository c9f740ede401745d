-- Requests that carry an `Idempotency-Key`: which are under way, and what was answered.

create table platform.idempotency_keys (
    tenant_id    uuid not null references platform.tenants on delete cascade,
    user_id      uuid not null,
    key          text not null check (length(key) between 1 and 255),
    -- SHA-256 of what was asked: method, path, query and body.
    fingerprint  bytea not null check (length(fingerprint) = 32),
    -- The run of the request that holds the key. One that was overtaken may commit nothing more.
    run          uuid not null,
    -- So long nobody takes the key over from a run that has neither answered nor committed anything.
    leased_until timestamptz not null,
    -- Set by each transaction of the run, so that it is true where any of its work is there to stay.
    committed    boolean not null default false,
    -- The answer; null while there is none.
    status       smallint,
    headers      jsonb,
    body         bytea,
    expires_at   timestamptz not null,
    primary key (tenant_id, user_id, key)
);

create index on platform.idempotency_keys (expires_at);

alter table platform.idempotency_keys enable row level security;
alter table platform.idempotency_keys force row level security;
create policy of_the_user on platform.idempotency_keys
    using (tenant_id = platform.current_tenant_id() and user_id = platform.current_user_id());
-- What is out of date goes, whoever's it was.
create policy of_the_sweeper on platform.idempotency_keys
    using (expires_at < now() and current_setting('tessera.sweeping', true) = 'on');
