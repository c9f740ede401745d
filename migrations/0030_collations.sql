-- Texts are sorted by collations of ICU. `natural` compares numbers inside a text by their value.
create collation platform."natural" (provider = icu, locale = 'und-u-kn-true');

-- Whether the indexes on the tenant's texts are sorted by these: false for tenants that were there before. They are then made
-- again in the background.
alter table platform.tenants add column indexes_collated boolean not null default false;
