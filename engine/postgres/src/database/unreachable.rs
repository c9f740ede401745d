//! Why no connection to a database can be made.

use sqlx::postgres::{PgConnectOptions, PgDatabaseError};
use sqlx::{ConnectOptions, Connection};
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::lookup_host;
use tokio::time::timeout;

/// A server that takes longer to admit a client does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What keeps the first connection from being made. No variant holds a password.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    #[error(
        "this is not the URL of a Postgres database: {0}. One looks like postgres://user:password@host:5432/database; special characters in the password are percent-encoded"
    )]
    Url(String),
    #[error("the host `{host}` was not found: {source}")]
    Host { host: String, source: io::Error },
    #[error("nothing listens at {at}: connection refused. Check that Postgres runs there")]
    Refused { at: Place },
    #[error("there is no socket at {at}. Check that Postgres runs there")]
    NoSocket { at: Place },
    #[error("{at} does not answer within {} s. Check the address, and that a firewall lets it through", PATIENCE.as_secs())]
    Silent { at: Place },
    #[error("the connection to {at} broke: {source}")]
    Broken { at: Place, source: io::Error },
    #[error("{at} does not speak as Postgres does: {reason}")]
    NotPostgres { at: Place, reason: String },
    #[error("there is no TLS connection to {at} as `sslmode` asks for it: {reason}")]
    Tls { at: Place, reason: String },
    #[error("Postgres refuses the password of the role `{role}`")]
    Password { role: String },
    #[error("Postgres does not admit the role `{role}`: {message}")]
    NotAdmitted { role: String, message: String },
    #[error("there is no database `{database}` at {at}: create it, with the role as its owner")]
    NoDatabase { database: String, at: Place },
    #[error("Postgres is not ready yet: {message}")]
    NotReady { message: String },
    #[error("Postgres takes no more connections: {message}")]
    Full { message: String },
    #[error("Postgres says: {message}")]
    Refusal { message: String },
    #[error("{0}")]
    Other(String),
}

/// Where a server was looked for.
#[derive(Debug, Clone)]
pub enum Place {
    Network { host: String, port: u16 },
    Socket(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network { host, port } => write!(f, "{host}:{port}"),
            Self::Socket(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Unreachable {
    /// For how long it makes sense to try again: a server that is being started is there soon.
    #[must_use]
    pub const fn may_mend_within(&self) -> Duration {
        match self {
            Self::Refused { .. } | Self::NoSocket { .. } => Duration::from_secs(10),
            Self::NotReady { .. } | Self::Full { .. } => Duration::from_mins(1),
            _ => Duration::ZERO,
        }
    }
}

/// Makes a connection and lets it go.
///
/// A pool would try again for long whatever the reason is, and then say that it was too late.
pub(super) async fn probe(server: &PgConnectOptions) -> Result<(), Unreachable> {
    let at = place(server);
    let outcome = timeout(PATIENCE, async {
        if let Place::Network { host, port } = &at {
            let found = lookup_host((host.as_str(), *port)).await;
            if let Err(source) = found.map(drop) {
                let host = host.clone();
                return Err(Unreachable::Host { host, source });
            }
        }
        let connection = server.connect().await;
        let connection = connection.map_err(|error| reason(error, server))?;
        // It was made: how it ends makes no difference.
        let _ended = connection.close().await;
        Ok(())
    });
    outcome.await.unwrap_or(Err(Unreachable::Silent { at }))
}

fn place(server: &PgConnectOptions) -> Place {
    let port = server.get_port();
    let socket = |directory: PathBuf| Place::Socket(directory.join(format!(".s.PGSQL.{port}")));
    match (server.get_socket(), server.get_host()) {
        (Some(directory), _) => socket(directory.clone()),
        (None, host) if host.starts_with('/') => socket(host.into()),
        // The brackets of an IPv6 address belong to the URL.
        (None, host) => Place::Network {
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
        },
    }
}

/// What an error in connecting means.
pub(super) fn reason(error: sqlx::Error, server: &PgConnectOptions) -> Unreachable {
    let (at, role) = (place(server), server.get_username().to_owned());
    match error {
        sqlx::Error::Io(source) => match source.kind() {
            ErrorKind::ConnectionRefused => Unreachable::Refused { at },
            ErrorKind::NotFound if matches!(at, Place::Socket(_)) => Unreachable::NoSocket { at },
            ErrorKind::UnexpectedEof | ErrorKind::InvalidData => Unreachable::NotPostgres {
                at,
                reason: source.to_string(),
            },
            _ => Unreachable::Broken { at, source },
        },
        // The latter is of the certificates' files.
        sqlx::Error::Tls(reason) | sqlx::Error::Configuration(reason) => Unreachable::Tls {
            at,
            reason: reason.to_string(),
        },
        sqlx::Error::Protocol(reason) => Unreachable::NotPostgres { at, reason },
        sqlx::Error::Database(told) => {
            let code = told
                .try_downcast_ref::<PgDatabaseError>()
                .map_or("", PgDatabaseError::code);
            let message = told.message().to_owned();
            match code {
                "28P01" => Unreachable::Password { role },
                "28000" | "42501" => Unreachable::NotAdmitted { role, message },
                "3D000" => Unreachable::NoDatabase {
                    database: server.get_database().unwrap_or(&role).to_owned(),
                    at,
                },
                "57P01" | "57P02" | "57P03" => Unreachable::NotReady { message },
                "53300" => Unreachable::Full { message },
                _ => Unreachable::Refusal { message },
            }
        }
        other => Unreachable::Other(other.to_string()),
    }
}
