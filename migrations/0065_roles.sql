-- Roles that a tenant defines. The built-in ones have no definition: the server knows them.

alter table platform.roles add column definition jsonb;
