//! The Postgres that this process uses: the one it is told of, or its own.

use tessera_engine::database;
use tessera_engine::engine::Engine;
use tessera_engine::identity::{Identity, SignupPolicy};
use tessera_engine::lanes::settings::LaneSettings;

use crate::command::Failure;
use crate::embedded_postgres::{Config, EmbeddedPostgres};
use crate::jwt_secret;
use crate::settings::Settings;

const DEFAULT_CONNECTIONS: u32 = 8;

/// An engine on a database whose platform tables are up to date.
pub(crate) struct Database {
    pub(crate) engine: Engine,
    embedded: Option<EmbeddedPostgres>,
}

impl Database {
    pub(crate) async fn open(settings: &Settings) -> Result<Self, Failure> {
        let (server, embedded) = match &settings.database_url {
            Some(url) => (
                database::connect_options(url).map_err(Failure::database)?,
                None,
            ),
            None => {
                let mut config = Config::new(settings.data_dir());
                config.postgres_bin.clone_from(&settings.postgres_bin);
                let embedded = EmbeddedPostgres::start(config).await?;
                (embedded.connect_options(), Some(embedded))
            }
        };
        // After the data directory is there, and before anything is written.
        let secret = jwt_secret::of(settings)?;
        let connections = settings.database_connections.unwrap_or(DEFAULT_CONNECTIONS);
        let pool = database::connect(server, connections)
            .await
            .map_err(Failure::database)?;
        database::migrate(&pool).await.map_err(Failure::database)?;
        let identity = Identity::new(pool.clone(), &secret, signup(settings)?);
        let mut lanes = LaneSettings::default();
        lanes.lanes = settings.lanes.unwrap_or(lanes.lanes);
        let engine = Engine::new(pool, identity).with_lanes(lanes);
        Ok(Self { engine, embedded })
    }

    /// Lets go of the connections, then ends the embedded Postgres.
    pub(crate) async fn close(self) {
        self.engine.close().await;
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
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
