//! One tenant's tables are locked, so that everything it asks for waits. It is told so, and the others notice nothing.

use reqwest::Method;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, query_scalar};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

use crate::engine_support::TestDatabase;
use crate::engine_support::soon;
use crate::support::Answer;
use crate::support::process::{Process, tessera};
use crate::support::shared::settings;
use crate::support::tenant::sign_up;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_that_is_held_up_is_told_later_and_holds_up_nobody_else() {
    let database = TestDatabase::empty().await;
    let directory = tempfile::tempdir().unwrap();
    let mut settings = settings(&database.url).to_vec();
    settings.push(("LANES", "4"));
    let server = Process::serve(directory.path(), &settings);
    let one = sign_up(&server.guest(), "one").await;
    for _ in 0..8 {
        one.get("/api/v1/contacts").await.ok();
    }
    let mut superuser = database.superuser().await;
    let table: String = query_scalar(
        "select format('%I.contact', nspname) from pg_namespace where nspname like 'tenant\\_%'",
    )
    .fetch_one(&mut superuser)
    .await
    .unwrap();
    let other = sign_up(&server.guest(), "other").await;

    let mut lock = superuser.begin().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!(
        "lock table {table} in access exclusive mode"
    )))
    .execute(&mut *lock)
    .await
    .unwrap();
    let mut held_up = JoinSet::new();
    for _ in 0..30 {
        let request = one.request(Method::GET, "/api/v1/contacts");
        held_up.spawn(async move { Answer::to_any(request).await.unwrap() });
    }
    let told = async |what: &str| {
        let metrics = server.guest().get("/metrics").await.text;
        metrics.lines().any(|line| line == what)
    };
    // Three of four lanes; the other 27 wait.
    soon::so("three lanes are busy", async || {
        told("tessera_lanes_busy 3").await && told("tessera_lane_queue 27").await
    })
    .await;

    let begun = Instant::now();
    for _ in 0..50 {
        other
            .post("/api/v1/contacts", json!({"last_name": "Free"}))
            .await
            .created();
        other.get("/api/v1/contacts?limit=1").await.ok();
    }
    assert!(begun.elapsed() < Duration::from_secs(20));
    for _ in 0..27 {
        let refused = held_up.join_next().await.unwrap().unwrap();
        assert_eq!(refused.status, 503, "{}", refused.text);
        assert_eq!(refused.body["type"], "/problems/unavailable");
        assert_eq!(refused.header("retry-after"), "2");
    }
    lock.rollback().await.unwrap();
    for answer in held_up.join_all().await {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    // A read that was held up may be tried for its plan, beside everything else.
    soon::so("no lane is busy", async || {
        told("tessera_lanes_busy 0").await
    })
    .await;
    assert!(told("tessera_lane_refusals_total{reason=\"waited_too_long\"} 27").await);
}

#[test]
fn there_is_at_least_one_lane() {
    let directory = tempfile::tempdir().unwrap();
    let ended = tessera(directory.path())
        .args(["serve", "--lanes", "0"])
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(2));
}
