//! Seeding against a real Postgres.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod demo;
mod rows;
mod scale;
#[allow(dead_code, reason = "the engine's tests use more of it")]
#[path = "../../../engine/tests/it/support.rs"]
mod support;
mod team;

use tessera_engine::engine::Engine;
use tessera_seed::{Options, Report};

pub(crate) const CRM: [&str; 6] = [
    "company",
    "contact",
    "opportunity",
    "task",
    "note",
    "activity",
];

pub(crate) async fn seed_demo(engine: &Engine) -> Report {
    tessera_seed::run(engine, &options("demo")).await.unwrap()
}

pub(crate) fn options(tenant: &str) -> Options {
    Options {
        tenant: tenant.to_owned(),
        ..Options::default()
    }
}
