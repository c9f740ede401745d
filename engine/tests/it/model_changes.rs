//! Changing a model under records that are there, and under traffic.

mod fields;
mod numbers;
mod objects;
mod relations;
mod together;
mod traffic;
