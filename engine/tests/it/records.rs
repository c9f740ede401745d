//! Records through the engine: written, read, and refused.

mod bin;
mod bulk;
mod events;
mod pages;
mod values;
mod versions;
