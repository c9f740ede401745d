-- Whether the tenant's searchable fields have their trigram indexes: false for tenants that were there before these indexes
-- were made, and where the extension they need was missing. They are then made in the background.
alter table platform.tenants add column search_indexed boolean not null default false;
