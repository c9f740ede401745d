//! Runs a command with a throw-away Postgres, whose superuser's address it finds in `TEST_DATABASE_URL`.
//!
//! `cargo run --package tessera-embedded-postgres --example with_postgres -- cargo test --workspace`
//!
//! `POSTGRES_BIN` names the directory of another Postgres than npm's.

use sqlx::ConnectOptions;
use std::process::ExitCode;
use tessera_embedded_postgres::{Config, EmbeddedPostgres};
use tokio::process::Command;

/// Nothing here has to survive a power cut; many tests connect at once and make many tables.
const SETTINGS: [(&str, &str); 7] = [
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
    ("max_connections", "400"),
    ("max_locks_per_transaction", "1024"),
    ("shared_buffers", "256MB"),
    // A test may end while a connection is being opened: its database cannot be dropped before that is given up.
    ("authentication_timeout", "5s"),
];

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else {
        eprintln!("usage: with_postgres COMMAND [ARGUMENT…]");
        return ExitCode::FAILURE;
    };
    let directory = tempfile::Builder::new()
        .prefix("tessera-test-")
        .tempdir()
        .expect("a temporary directory can be made");
    let mut config = Config::new(directory.path());
    config.postgres_bin = std::env::var_os("POSTGRES_BIN").map(Into::into);
    config.extra_settings = SETTINGS
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let postgres = match EmbeddedPostgres::start(config).await {
        Ok(postgres) => postgres,
        Err(error) => {
            eprintln!("with_postgres: {error}");
            return ExitCode::FAILURE;
        }
    };
    let url = postgres.superuser_options().to_url_lossy();
    let ended = Command::new(program)
        .args(words)
        .env("TEST_DATABASE_URL", url.as_str())
        .status()
        .await;
    postgres.stop().await;
    match ended {
        Ok(status) => ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)),
        Err(error) => {
            eprintln!("with_postgres: the command cannot be run: {error}");
            ExitCode::FAILURE
        }
    }
}
