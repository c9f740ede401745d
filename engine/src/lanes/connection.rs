//! A connection to Postgres, and how long it is good for.

use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgSeverity};
use sqlx::{Connection as _, PgConnection};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tessera_schema::ident::TenantId;
use tokio::time::timeout;

use super::LaneId;
use super::settings::LaneSettings;

/// Connecting and asking whether somebody is there take no longer.
const ANSWER: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) postgres: PgConnection,
    /// Whose tables its Postgres process has in memory.
    tenants: HashSet<TenantId>,
    /// When it is to be replaced.
    until: Instant,
    /// When it last answered.
    used: Instant,
    /// How many others had been found broken by then.
    losses: u64,
}

impl Connection {
    pub(super) async fn open(
        options: &PgConnectOptions,
        settings: &LaneSettings,
        LaneId(lane): LaneId,
        losses: u64,
    ) -> Result<Self, sqlx::Error> {
        let postgres = timeout(ANSWER, PgConnection::connect_with(options))
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)??;
        let now = Instant::now();
        // From three to five quarters of the age.
        let quarters = 3.0 + 2.0 * f64::from(lane) / f64::from(settings.lanes.get());
        Ok(Self {
            postgres,
            tenants: HashSet::new(),
            until: now + settings.max_age.mul_f64(quarters / 4.0),
            used: now,
            losses,
        })
    }

    /// Whether it is to be replaced after this tenant.
    pub(super) fn is_spent_by(&mut self, tenant: TenantId, settings: &LaneSettings) -> bool {
        self.tenants.insert(tenant);
        self.tenants.len() >= settings.max_tenants || self.used >= self.until
    }

    pub(super) fn has_answered(&mut self, losses: u64) {
        self.used = Instant::now();
        self.losses = losses;
    }

    /// Whether it may be gone: another was found broken since it answered, or that is long ago.
    pub(super) fn is_in_doubt(&self, losses: u64, settings: &LaneSettings) -> bool {
        self.losses != losses || self.used.elapsed() >= settings.trusted_for
    }

    pub(super) async fn answers(&mut self) -> bool {
        matches!(timeout(ANSWER, self.postgres.ping()).await, Ok(Ok(())))
    }

    /// Says goodbye, so that Postgres does not have to find out.
    pub(super) async fn close(self) {
        let _gone_already = timeout(ANSWER, self.postgres.close()).await;
    }
}

/// Whether a connection that gave this is as good as before: only where Postgres refused a statement and nothing else happened.
pub(super) fn survives(error: &sqlx::Error) -> bool {
    let Some(refused) = error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
    else {
        return false;
    };
    // Fatal errors end the session. The two codes say that what is prepared here is not what it was.
    !matches!(refused.severity(), PgSeverity::Fatal | PgSeverity::Panic)
        && !matches!(refused.code(), "0A000" | "26000")
}
