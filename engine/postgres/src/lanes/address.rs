//! Where lanes connect to, and how: the same server, role and session as the pool's connections.

use percent_encoding::percent_decode_str;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::{ChannelBinding, SslMode};
use tokio_postgres::{CancelToken, Client, Config};

use crate::failure::Failure;

use super::tls::{Pem, Tls, Trust};

#[cfg(test)]
mod tests;

/// What sqlx asks of every session beside the options, which it goes before. The last is the pool's own choice, which its
/// options do not tell.
const SESSION: &str = "-c DateStyle=ISO,MDY -c TimeZone=UTC -c extra_float_digits=1";

/// The plan for all values from the first run on: left to itself, Postgres plans a statement anew five times on each connection,
/// and every time where its guess for usual values is the worse, which says little of how long either takes. What the one plan
/// does not suit is found out ([`Pace`](super::pace::Pace)).
const PLANNING: &str = "-c plan_cache_mode=force_generic_plan";

/// Pages are in memory or on a solid-state disk. With the default of 4, small tables are read whole instead of by index, at
/// twice the CPU for a read by id of an analysed table of 200 rows.
const PAGE_COST: &str = "-c random_page_cost=1.1";

/// A lane is one process, so that what a tenant takes is counted in lanes. With workers beside it one tenant's reports would
/// take more than that, and on busy processors they cost more than they save: sums over 150,000 rows by 16 clients take half
/// as long again. Whoever has processors to spare may say otherwise in the address.
const PARALLEL: &str = "-c max_parallel_workers_per_gather=0";

/// A way to Postgres on which nothing was heard for so long is tried out.
const KEEPALIVE_AFTER: Duration = Duration::from_mins(1);
const KEEPALIVE_EVERY: Duration = Duration::from_secs(10);
/// What was sent and is not confirmed for so long will not be: the way is gone.
const UNCONFIRMED: Duration = Duration::from_mins(1);
/// The same for the connection that flushes commits.
const FLUSH_UNCONFIRMED: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub(super) struct Address {
    /// Does not show the password.
    config: Config,
    tls: Tls,
}

impl Address {
    /// The address that a pool with these options connects to.
    pub(super) fn new(options: &PgConnectOptions) -> Self {
        // The only way that the password and the certificates can be read. What may not fit into an address is left out.
        let secrets = options
            .clone()
            .username("somebody")
            .socket("/")
            .to_url_lossy();
        let pem = |name: &str| {
            let (_, told) = secrets.query_pairs().find(|(key, _)| key == name)?;
            Some(Pem::told(&told))
        };
        let (ssl_mode, trust) = match options.get_ssl_mode() {
            // Of the pool's driver too: it never tries again with TLS.
            PgSslMode::Disable | PgSslMode::Allow => (SslMode::Disable, Trust::Anybody),
            PgSslMode::Prefer => (SslMode::Prefer, Trust::Anybody),
            PgSslMode::Require => (SslMode::Require, Trust::Anybody),
            PgSslMode::VerifyCa => (SslMode::Require, Trust::Authority),
            PgSslMode::VerifyFull => (SslMode::Require, Trust::Name),
        };
        let tls = Tls::new(trust, pem("sslrootcert"), pem("sslcert"), pem("sslkey"));

        let mut config = Config::new();
        match options.get_socket() {
            Some(directory) => config.host_path(directory),
            None => config.host(options.get_host()),
        };
        // Without a password an empty one is sent, and Postgres says what is wrong.
        let password: Vec<u8> =
            percent_decode_str(secrets.password().unwrap_or_default()).collect();
        config
            .port(options.get_port())
            .user(options.get_username())
            .password(password)
            .ssl_mode(ssl_mode)
            // Whatever stands between the pool and Postgres may stand here too.
            .channel_binding(ChannelBinding::Disable)
            .keepalives_idle(KEEPALIVE_AFTER)
            .keepalives_interval(KEEPALIVE_EVERY)
            .tcp_user_timeout(UNCONFIRMED);
        if let Some(database) = options.get_database() {
            config.dbname(database);
        }
        if let Some(name) = options.get_application_name() {
            config.application_name(name);
        }
        config.options(match options.get_options() {
            Some(options) => format!("{PARALLEL} {PAGE_COST} {options} {SESSION} {PLANNING}"),
            None => format!("{PARALLEL} {PAGE_COST} {SESSION} {PLANNING}"),
        });
        Self { config, tls }
    }

    /// The same server, for the connection that flushes commits. All writes wait for it, so a dead network must show soon;
    /// a server or a standby that takes long is waited for.
    pub(super) fn for_flushing(&self, name: &str) -> Self {
        let Self { mut config, tls } = self.clone();
        let application = config.get_application_name().unwrap_or("tessera");
        let name = format!("{application}: {name}");
        config
            .application_name(name)
            .keepalives_idle(FLUSH_UNCONFIRMED)
            .keepalives_interval(Duration::from_secs(1))
            .tcp_user_timeout(FLUSH_UNCONFIRMED);
        Self { config, tls }
    }

    /// Opens a connection. What drives it is on its way already, and ends when the client is dropped or the connection is
    /// lost.
    ///
    /// # Errors
    /// That there is no server, that it is not to be trusted, or what it says.
    pub(super) async fn connect(&self) -> Result<(Client, JoinHandle<()>), Failure> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        let driver = tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Whoever has the client finds out too, but is not told why.
                tracing::debug!(%error, "a connection for requests was lost");
            }
        });
        Ok((client, driver))
    }

    /// Ends what runs on a connection.
    ///
    /// # Errors
    /// That Postgres could not be told.
    pub(super) async fn cancel(&self, running: CancelToken) -> Result<(), Failure> {
        Ok(running.cancel_query(self.tls.clone()).await?)
    }
}
