//! Connections for requests: whose turn it is, and what is left when something goes wrong.

mod crowds;
mod gone;
mod homes;
mod worn;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, PgConnection, Row, query_scalar};
use std::num::NonZeroU16;
use std::time::Duration;
use tessera_engine::lanes::settings::LaneSettings;
use tessera_engine::lanes::{LaneError, Lanes};
use tessera_schema::ident::TenantId;
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::TestDatabase;

/// Gives back its first parameter, after as many seconds as its second.
const ECHO: &str = "select $1::int8, pg_sleep($2::float8)";

fn lanes(database: &TestDatabase, count: u16, mut settings: LaneSettings) -> Lanes {
    // Told apart from the connections of the test itself.
    let options = (*database.pool.connect_options())
        .clone()
        .application_name("lane");
    settings.lanes = NonZeroU16::new(count).unwrap();
    Lanes::new(options, settings)
}

fn tenant() -> TenantId {
    TenantId(Uuid::now_v7())
}

fn with(number: i64, seconds: f64) -> PgArguments {
    let mut arguments = PgArguments::default();
    arguments.add(number).unwrap();
    arguments.add(seconds).unwrap();
    arguments
}

/// What `ECHO` answers.
async fn echo(
    lanes: &Lanes,
    tenant: TenantId,
    number: i64,
    seconds: f64,
) -> Result<i64, LaneError> {
    let rows = lanes.fetch(tenant, ECHO, with(number, seconds)).await?;
    Ok(rows[0].get(0))
}

/// The Postgres process that answers.
async fn process(lanes: &Lanes, tenant: TenantId) -> Result<i32, LaneError> {
    let rows = lanes
        .fetch(tenant, "select pg_backend_pid()", PgArguments::default())
        .await?;
    Ok(rows[0].get(0))
}

/// The processes of all lanes.
async fn processes(superuser: &mut PgConnection) -> Vec<i32> {
    query_scalar("select pid from pg_stat_activity where application_name = 'lane' and datname = current_database()")
        .fetch_all(superuser)
        .await
        .unwrap()
}

/// Until nobody holds a lane or waits for one.
async fn until_quiet(lanes: &Lanes) {
    while lanes.load().busy + lanes.load().waiting > 0 {
        sleep(Duration::from_millis(2)).await;
    }
}
