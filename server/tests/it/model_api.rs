//! A tenant's model over HTTP: defined, changed and served at once, and refused with the place of what is wrong.

mod definitions;
mod everything_wrong;
mod field_types;
mod forms;
mod life;
mod modules;
mod reading;
mod trials;
