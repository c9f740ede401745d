//! Connections for requests: whose turn it is, and what is left when something goes wrong.

mod commits;
mod company;
mod crowds;
mod gone;
mod grown;
mod homes;
mod planning;
mod worn;

use sqlx::{PgConnection, query_scalar};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use tessera_postgres::lanes::pace::Pace;
use tessera_postgres::lanes::settings::LaneSettings;
use tessera_postgres::lanes::{LaneError, Lanes};
use tessera_postgres::param::Param;
use tessera_postgres::row::Row;
use tessera_schema::ident::TenantId;
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::TestDatabase;

/// Gives back its first parameter, after as many seconds as its second.
const ECHO: &str = "select $1::int8, pg_sleep(($2::text)::float8)";

/// So many lanes, each of them a home.
fn lanes(database: &TestDatabase, count: u16, mut settings: LaneSettings) -> Lanes {
    settings.homes = NonZeroU16::new(count).unwrap();
    lanes_with_homes(database, count, settings)
}

fn lanes_with_homes(database: &TestDatabase, count: u16, mut settings: LaneSettings) -> Lanes {
    // Told apart from the connections of the test itself.
    let options = (*database.pool.connect_options())
        .clone()
        .application_name("lane");
    settings.lanes = NonZeroU16::new(count).unwrap();
    Lanes::new(&options, settings)
}

fn tenant() -> TenantId {
    TenantId(Uuid::now_v7())
}

fn with(number: i64, seconds: f64) -> Vec<Param> {
    vec![
        Param::Number(number),
        Param::Text(Some(seconds.to_string())),
    ]
}

/// Runs a statement of which nothing is known, so that it has a lane for itself.
async fn fetch(
    lanes: &Lanes,
    tenant: TenantId,
    text: impl Into<Arc<str>>,
    params: Vec<Param>,
) -> Result<Vec<Row>, LaneError> {
    lanes
        .fetch(tenant, &text.into(), &Arc::new(Pace::of_a_write()), params)
        .await
}

/// What `ECHO` answers.
async fn echo(
    lanes: &Lanes,
    tenant: TenantId,
    number: i64,
    seconds: f64,
) -> Result<i64, LaneError> {
    let rows = fetch(lanes, tenant, ECHO, with(number, seconds)).await?;
    Ok(rows[0].get(0).unwrap())
}

/// The Postgres process that answers.
async fn process(lanes: &Lanes, tenant: TenantId) -> Result<i32, LaneError> {
    let rows = fetch(lanes, tenant, "select pg_backend_pid()", Vec::new()).await?;
    Ok(rows[0].get(0).unwrap())
}

/// The processes of all lanes, and of what waits for them.
async fn processes(superuser: &mut PgConnection) -> Vec<i32> {
    query_scalar("select pid from pg_stat_activity where application_name like 'lane%' and datname = current_database()")
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
