-- Refusals that a foreign key cannot express: it knows nothing of the bin. A write's statement calls these where it would
-- break such a rule. They end it as the foreign key of that name would.

-- A link that leads to no record outside the bin. Gives null for a link to nothing.
create function platform.no_such_record(foreign_key text, id uuid) returns uuid
    language plpgsql strict as $$
begin
    raise exception using
        errcode = 'foreign_key_violation', message = 'there is no such record',
        constraint = foreign_key, detail = format('Key (id)=(%s)', id);
end $$;

-- A record that goes to the bin while others refer to it.
create function platform.still_referenced(foreign_key text) returns timestamptz
    language plpgsql as $$
begin
    raise exception using
        errcode = 'restrict_violation', message = 'other records refer to it', constraint = foreign_key;
end $$;
