//! A connection whose Postgres process keeps too much memory.

use sqlx::AssertSqlSafe;
use tessera_postgres::lanes::settings::LaneSettings;
use tessera_postgres::lanes::{LaneError, Lanes};
use tessera_schema::ident::TenantId;
use tokio::task::JoinSet;

use super::{echo, fetch, lanes, process, tenant, until_quiet};
use crate::support::TestDatabase;

/// A statement that takes longer is heavy.
const HEAVY_SECONDS: f64 = 0.3;

/// Allows the role to know what its sessions take.
async fn let_count(database: &TestDatabase) {
    let role: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    let grant = AssertSqlSafe(format!("grant pg_read_all_stats to {role}"));
    sqlx::raw_sql(grant)
        .execute(&mut database.superuser().await)
        .await
        .unwrap();
}

/// Has a session keep so many MB until it ends.
async fn keep(lanes: &Lanes, tenant: TenantId, megabytes: u32) {
    let sort = "set work_mem = '1GB'";
    fetch(lanes, tenant, sort, Vec::new()).await.unwrap();
    let cursor = format!(
        "declare kept cursor with hold for select repeat('x', 1000) from generate_series(1, {megabytes} * 1000)"
    );
    fetch(lanes, tenant, cursor, Vec::new()).await.unwrap();
}

async fn heavy(lanes: &Lanes, tenant: TenantId) -> Result<i64, LaneError> {
    echo(lanes, tenant, 1, HEAVY_SECONDS).await
}

#[tokio::test]
async fn a_process_that_keeps_much_after_a_heavy_statement_is_replaced() {
    let database = TestDatabase::empty().await;
    let_count(&database).await;
    let lanes = lanes(&database, 1, LaneSettings::default());
    let tenant = tenant();
    let first = process(&lanes, tenant).await.unwrap();
    keep(&lanes, tenant, 50).await;
    heavy(&lanes, tenant).await.unwrap();
    assert_eq!(process(&lanes, tenant).await.unwrap(), first, "50 MB");
    fetch(&lanes, tenant, "close kept", Vec::new())
        .await
        .unwrap();

    keep(&lanes, tenant, 200).await;
    let mut requests = JoinSet::new();
    for _ in 0..5 {
        let lanes = lanes.clone();
        requests.spawn(async move { heavy(&lanes, tenant).await });
    }
    for answer in requests.join_all().await {
        assert_eq!(answer.unwrap(), 1, "no request notices");
    }
    until_quiet(&lanes).await;
    assert_ne!(process(&lanes, tenant).await.unwrap(), first, "200 MB");
}

#[tokio::test]
async fn a_role_that_may_not_know_the_memory_keeps_its_process() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 1, LaneSettings::default());
    let tenant = tenant();
    let first = process(&lanes, tenant).await.unwrap();
    keep(&lanes, tenant, 200).await;
    heavy(&lanes, tenant).await.unwrap();
    assert_eq!(process(&lanes, tenant).await.unwrap(), first);
}
