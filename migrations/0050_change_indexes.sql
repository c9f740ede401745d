-- Whether the tenant's events have the index by which those of a change are found: false for tenants that were there before
-- events had a change id. It is then made in the background.
alter table platform.tenants add column changes_indexed boolean not null default false;
