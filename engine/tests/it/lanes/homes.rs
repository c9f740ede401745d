//! Which tenant goes where.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tessera_postgres::lanes::settings::LaneSettings;
use tessera_schema::ident::TenantId;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{echo, lanes, lanes_with_homes, process, processes, tenant};
use crate::support::TestDatabase;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_with_few_requests_stay_at_home() {
    let database = TestDatabase::empty().await;
    // However busy the machine is.
    let settings = LaneSettings {
        homes: NonZeroU16::new(4).unwrap(),
        spill_after: Duration::from_millis(500),
        ..LaneSettings::default()
    };
    let lanes = lanes_with_homes(&database, 8, settings);
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let lanes = lanes.clone();
        tasks.spawn(async move {
            let tenants: Vec<TenantId> = std::iter::repeat_with(tenant).take(50).collect();
            let mut touched: BTreeMap<TenantId, BTreeSet<i32>> = BTreeMap::new();
            for _ in 0..20 {
                for tenant in &tenants {
                    let process = process(&lanes, *tenant).await.unwrap();
                    touched.entry(*tenant).or_default().insert(process);
                }
            }
            touched.values().map(BTreeSet::len).sum::<usize>()
        });
    }
    let touched: usize = tasks.join_all().await.into_iter().sum();
    let all = processes(&mut database.superuser().await).await.len();
    assert_eq!(all, 4, "tenants spread over all homes");
    assert!(touched <= 200 * 5 / 2, "{touched} lanes of 200 tenants");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_with_many_requests_spreads() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 8, LaneSettings::default());
    let tenant = tenant();
    let used = Arc::new(Mutex::new(BTreeSet::new()));
    let mut tasks = JoinSet::new();
    for number in 0..40 {
        let (lanes, used) = (lanes.clone(), Arc::clone(&used));
        tasks.spawn(async move {
            while used.lock().unwrap().len() < 5 {
                echo(&lanes, tenant, number, 0.01).await.unwrap();
                let process = process(&lanes, tenant).await.unwrap();
                used.lock().unwrap().insert(process);
                assert!(lanes.load().busy <= 6);
            }
        });
    }
    timeout(Duration::from_secs(20), tasks.join_all())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_home_that_is_taken_for_long_is_not_waited_for() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 8, LaneSettings::default());
    let (one, other) = (tenant(), tenant());
    // Its two homes; then a third request, alone in the queue.
    let mut held = JoinSet::new();
    for number in 0..2 {
        let lanes = lanes.clone();
        held.spawn(async move { echo(&lanes, one, number, 25.0).await.unwrap() });
    }
    while lanes.load().busy < 2 {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(echo(&lanes, one, 3, 0.0).await.unwrap(), 3);
    assert_eq!(echo(&lanes, other, 4, 0.0).await.unwrap(), 4);
    assert!(held.try_join_next().is_none());
}
