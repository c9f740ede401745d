//! The Postgres that this process uses: the one that `DATABASE_URL` names, or the one of `DATA_DIR`.

use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use std::time::{Duration, Instant};
use tessera_embedded_postgres::{Config, EmbeddedPostgres, SharedPostgres};
use tessera_engine::engine::Engine;
use tessera_engine::migrations;
use tessera_identity::{Identity, SignupPolicy};
use tessera_postgres::database::{self, Unreachable};
use tessera_postgres::lanes::settings::LaneSettings;
use tokio::time::sleep;

use crate::command::Failure;
use crate::jwt_secret;
use crate::settings::Settings;

const DEFAULT_CONNECTIONS: u32 = 8;
/// Between two attempts to reach a server that may be starting.
const PAUSE: Duration = Duration::from_secs(1);

/// An engine on a database.
pub(crate) struct Database {
    pub(crate) engine: Engine,
    embedded: Option<EmbeddedPostgres>,
}

impl Database {
    /// For a server: `DATA_DIR` is its alone, Postgres may still be starting, and the tables are brought up to date.
    pub(crate) async fn to_serve(settings: &Settings) -> Result<Self, Failure> {
        let (server, embedded) = match &settings.database_url {
            Some(url) => (database::connect_options(url)?, None),
            None => {
                let embedded = EmbeddedPostgres::start(config(settings)).await?;
                (embedded.connect_options(), Some(embedded))
            }
        };
        // After the data directory is there, and before anything is written.
        let secret = jwt_secret::of(settings)?;
        let signup = signup(settings)?;
        let pool = connect_patiently(server, connections(settings)).await?;
        migrations::migrate(&pool)
            .await
            .map_err(Failure::migration)?;
        let identity = Identity::new(pool.clone(), &secret, signup);
        Ok(Self::new(settings, pool, identity, embedded))
    }

    /// For a command, which may run beside a server: the tables are brought up to date.
    pub(crate) async fn to_change(settings: &Settings) -> Result<Self, Failure> {
        let (server, embedded) = shared(settings).await?;
        let pool = database::connect(server, connections(settings)).await?;
        migrations::migrate(&pool)
            .await
            .map_err(Failure::migration)?;
        Ok(Self::without_tokens(settings, pool, embedded))
    }

    /// Refuses a data directory without a database, so that a command in the wrong directory does not make one.
    pub(crate) fn must_be_there(settings: &Settings) -> Result<(), Failure> {
        let data_dir = settings.data_dir();
        if settings.is_embedded() && !tessera_embedded_postgres::has_data(&data_dir) {
            return Err(Failure::NoData(data_dir));
        }
        Ok(())
    }

    /// For a look: nothing is written, and what is missing stays missing.
    pub(crate) async fn to_look(settings: &Settings) -> Result<Self, Failure> {
        let (server, embedded) = shared(settings).await?;
        let server = database::read_only(server);
        let pool = database::connect(server, connections(settings)).await?;
        Ok(Self::without_tokens(settings, pool, embedded))
    }

    /// A command gives nobody an access token, so it needs no secret that lasts.
    fn without_tokens(
        settings: &Settings,
        pool: PgPool,
        embedded: Option<EmbeddedPostgres>,
    ) -> Self {
        let identity = Identity::new(pool.clone(), &jwt_secret::random(), SignupPolicy::Closed);
        Self::new(settings, pool, identity, embedded)
    }

    fn new(
        settings: &Settings,
        pool: PgPool,
        identity: Identity,
        embedded: Option<EmbeddedPostgres>,
    ) -> Self {
        let mut lanes = LaneSettings::default();
        lanes.lanes = settings.lanes.unwrap_or(lanes.lanes);
        let engine = Engine::new(pool, identity).with_lanes(lanes);
        Self { engine, embedded }
    }

    /// Lets go of the connections, then ends the Postgres that was started here.
    pub(crate) async fn close(self) {
        self.engine.close().await;
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

fn config(settings: &Settings) -> Config {
    let mut config = Config::new(settings.data_dir());
    config.postgres_bin.clone_from(&settings.postgres_bin);
    config
}

fn connections(settings: &Settings) -> u32 {
    settings.database_connections.unwrap_or(DEFAULT_CONNECTIONS)
}

async fn shared(
    settings: &Settings,
) -> Result<(PgConnectOptions, Option<EmbeddedPostgres>), Failure> {
    if let Some(url) = &settings.database_url {
        return Ok((database::connect_options(url)?, None));
    }
    let postgres = SharedPostgres::open(config(settings)).await?;
    let server = postgres.connect_options();
    Ok(match postgres {
        SharedPostgres::Own(embedded) => (server, Some(embedded)),
        SharedPostgres::Anothers(_) => (server, None),
    })
}

/// Connects, and tries again for a while where Postgres may just be starting; each reason is logged.
async fn connect_patiently(
    server: PgConnectOptions,
    connections: u32,
) -> Result<PgPool, Unreachable> {
    let begun = Instant::now();
    loop {
        let reason = match database::connect(server.clone(), connections).await {
            Ok(pool) => return Ok(pool),
            Err(reason) => reason,
        };
        if begun.elapsed() >= reason.may_mend_within() {
            return Err(reason);
        }
        tracing::warn!(%reason, "the database cannot be reached yet; trying again");
        sleep(PAUSE).await;
    }
}

fn signup(settings: &Settings) -> Result<SignupPolicy, Failure> {
    match settings.signup.as_deref() {
        Some(policy) => policy
            .parse()
            .map_err(|_| Failure::Signup(policy.to_owned())),
        None => Ok(SignupPolicy::Open),
    }
}
