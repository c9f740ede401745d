//! A data directory that may be in use: a command runs beside a server, on the server's Postgres.

use std::{path::Path, time::Duration};

use sqlx::postgres::PgConnectOptions;
use tokio::time::{Instant, sleep};

use crate::{
    Config, EmbeddedPostgres, Error,
    cluster::Cluster,
    open_data_dir,
    passwords::{self, Passwords},
    pid_file::PidFile,
    sign_in,
};

/// How long a server that has just been started, or is about to end, gets to bring its Postgres up or to let go.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often that is looked at.
const POLL: Duration = Duration::from_millis(100);

/// The Postgres of a data directory.
#[derive(Debug)]
pub enum SharedPostgres {
    /// Started here.
    Own(EmbeddedPostgres),
    /// Another process runs it. With the way to connect as an ordinary role.
    Anothers(PgConnectOptions),
}

impl SharedPostgres {
    /// Starts the Postgres of a data directory, or finds the one that another process runs on it.
    ///
    /// # Errors
    /// When it cannot be started, or the process that holds the directory has no Postgres that takes connections.
    pub async fn open(config: Config) -> Result<SharedPostgres, Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let in_use = match EmbeddedPostgres::start(config.clone()).await {
                Ok(own) => return Ok(SharedPostgres::Own(own)),
                Err(in_use @ Error::InUse { .. }) => in_use,
                Err(other) => return Err(other),
            };
            if let Some(options) = running(&config.data_dir).await? {
                return Ok(SharedPostgres::Anothers(options));
            }
            if Instant::now() >= deadline {
                return Err(in_use);
            }
            sleep(POLL).await;
        }
    }

    /// How to connect: as an ordinary role, `tessera`, that owns the database `tessera`.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        match self {
            Self::Own(postgres) => postgres.connect_options(),
            Self::Anothers(options) => options.clone(),
        }
    }
}

async fn running(data_dir: &Path) -> Result<Option<PgConnectOptions>, Error> {
    let data_dir =
        open_data_dir(data_dir).map_err(Error::io("open the data directory", data_dir))?;
    let cluster = Cluster::locate(&data_dir).await?.directory;
    let Some((directory, port)) = PidFile::serving(&cluster).await else {
        return Ok(None);
    };
    let password = Passwords::load(&cluster)?.server;
    let options = sign_in(&directory, port, passwords::SERVER, &password);
    Ok(Some(options))
}
