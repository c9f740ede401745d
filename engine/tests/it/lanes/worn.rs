//! What a connection gathers, and its end.

use std::collections::BTreeSet;
use std::time::Duration;
use tessera_postgres::lanes::LaneError;
use tessera_postgres::lanes::settings::LaneSettings;
use tokio::time::sleep;

use super::{echo, fetch, lanes, process, processes, tenant, until_quiet};
use crate::support::TestDatabase;
use crate::support::soon;

#[tokio::test]
async fn an_old_connection_is_replaced_between_two_requests() {
    let database = TestDatabase::empty().await;
    let settings = LaneSettings {
        max_age: Duration::from_millis(200),
        ..LaneSettings::default()
    };
    let lanes = lanes(&database, 1, settings);
    let tenant = tenant();
    let first = process(&lanes, tenant).await.unwrap();
    assert_eq!(process(&lanes, tenant).await.unwrap(), first);
    sleep(Duration::from_millis(300)).await;
    // Whoever comes first after its time still has it.
    assert_eq!(process(&lanes, tenant).await.unwrap(), first);
    assert_ne!(process(&lanes, tenant).await.unwrap(), first);
    let left = processes(&mut database.superuser().await).await;
    assert!(!left.contains(&first), "{left:?}");
}

#[tokio::test]
async fn a_connection_serves_so_many_tenants_and_no_more() {
    let database = TestDatabase::empty().await;
    let settings = LaneSettings {
        max_tenants: 10,
        ..LaneSettings::default()
    };
    let lanes = lanes(&database, 1, settings);
    let mut used = BTreeSet::new();
    for _ in 0..5 {
        let tenants: Vec<_> = std::iter::repeat_with(tenant).take(10).collect();
        let mut these = BTreeSet::new();
        // The same ones again are no more.
        for tenant in tenants[..9].iter().chain(&tenants) {
            these.insert(process(&lanes, *tenant).await.unwrap());
        }
        assert_eq!(these.len(), 1, "{these:?}");
        used.extend(these);
    }
    assert_eq!(used.len(), 5);
}

#[tokio::test]
async fn statements_are_prepared_once_and_so_many_at_most() {
    let database = TestDatabase::empty().await;
    let settings = LaneSettings {
        // Room for 40 of 12 bytes.
        max_statement_bytes: 40 * (4_096 + 128 * 12),
        ..LaneSettings::default()
    };
    let lanes = lanes(&database, 1, settings);
    let tenant = tenant();
    let count = "select count(*) from pg_prepared_statements";
    let prepared = async || -> i64 {
        let rows = fetch(&lanes, tenant, count, Vec::new()).await;
        rows.unwrap()[0].get(0).unwrap()
    };
    for _ in 0..50 {
        echo(&lanes, tenant, 1, 0.0).await.unwrap();
    }
    assert_eq!(prepared().await, 2);
    for number in 0..60 {
        let text = format!("select {number}");
        fetch(&lanes, tenant, text, Vec::new()).await.unwrap();
    }
    let kept = prepared().await;
    assert!((30..=42).contains(&kept), "{kept}");
}

#[tokio::test]
async fn a_connection_whose_prepared_statements_no_longer_fit_is_replaced() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 1, LaneSettings::default());
    let mut superuser = database.superuser().await;
    let change = async |superuser: &mut _, statement| {
        sqlx::raw_sql(statement).execute(superuser).await.unwrap();
    };
    change(&mut superuser, "create table public.shape (a int4); grant usage on schema public to public; grant select on public.shape to public").await;
    let tenant = tenant();
    let read = || fetch(&lanes, tenant, "select * from public.shape", Vec::new());
    read().await.unwrap();
    change(&mut superuser, "alter table public.shape add b int4").await;
    let refused = read().await.unwrap_err();
    let LaneError::Statement(error) = refused else {
        panic!("{refused}");
    };
    assert_eq!(error.state(), Some("0A000"));
    read().await.unwrap();
}

#[tokio::test]
async fn closed_lanes_serve_nobody_and_leave_nothing_behind() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 4, LaneSettings::default());
    for _ in 0..20 {
        process(&lanes, tenant()).await.unwrap();
    }
    let running = tokio::spawn({
        let lanes = lanes.clone();
        async move { echo(&lanes, tenant(), 1, 0.2).await }
    });
    soon::so("a lane is busy", async || lanes.load().busy > 0).await;
    lanes.close().await;
    assert!(matches!(
        process(&lanes, tenant()).await,
        Err(LaneError::Away)
    ));
    assert_eq!(running.await.unwrap().unwrap(), 1, "what had begun ends");
    until_quiet(&lanes).await;
    let mut superuser = database.superuser().await;
    soon::so("their processes are gone", async || {
        processes(&mut superuser).await.is_empty()
    })
    .await;
}
