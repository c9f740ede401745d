//! Records through the engine: written, read, and refused.

mod aggregates;
mod bin;
mod bulk;
mod collisions;
mod cursors;
mod events;
mod family;
mod filters;
mod older_events;
mod orders;
mod pages;
mod plans;
mod upsert;
mod values;
mod versions;
