-- Which objects menus do not offer, and the sections of their forms.

alter table platform.custom_objects
    add column hidden boolean not null default false,
    -- A list of sections: title, names of fields, and the title in other languages.
    add column form   jsonb not null default '[]';
