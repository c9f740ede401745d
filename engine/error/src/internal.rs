//! Errors that are ours: logged and never shown.

use std::sync::Arc;
use tessera_postgres::failure::Failure;
use tessera_postgres::json::Malformed;

use crate::{Error, UserError};

/// A fault of ours or of what we stand on. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    #[error("database: {0}")]
    Database(#[from] Failure),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("a column's value: {0}")]
    Value(#[from] Malformed),
    #[error("stored metadata cannot be read: {0}")]
    Metadata(String),
    #[error("password hashing failed: {0}")]
    Password(String),
    #[error("token signing failed: {0}")]
    Token(String),
    #[error("a request panicked: {0}")]
    Panic(String),
    /// The model a request was worked out from is no longer the tenant's; the request runs again on the new one.
    #[error("the model has changed")]
    ModelChanged,
    /// A value that was checked does not fit the parameter it is for.
    #[error("a statement's parameter has no value")]
    Unbound,
    /// Two writes stood in each other's way, and the same write again may well succeed. With what to tell where it does not.
    #[error("another write came in between")]
    Collision(UserError),
    /// Work on all tenants failed for these.
    #[error("not done for the tenants {0}; the log says why")]
    Unfinished(String),
    #[error("a background task ended: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// One failed read that several requests had been waiting for.
    #[error(transparent)]
    Shared(Arc<Error>),
}
