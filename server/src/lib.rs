//! The process: settings, commands, the HTTP surface. Composition only; what Tessera does stands in
//! the crates below.

pub mod command;
pub mod settings;

mod client_address;
mod database;
mod health;
mod http;
mod jwt_secret;
mod log_writer;
mod logging;
mod patience;
mod serve;
mod telemetry;
mod web;
