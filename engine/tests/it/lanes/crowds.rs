//! More requests than lanes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tessera_postgres::lanes::settings::LaneSettings;
use tessera_postgres::lanes::{LaneError, Lanes};
use tessera_schema::ident::TenantId;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{echo, lanes, tenant, until_quiet};
use crate::support::TestDatabase;

#[tokio::test]
async fn a_full_queue_says_so_at_once_and_does_not_grow() {
    let database = TestDatabase::empty().await;
    let settings = LaneSettings {
        queue: 20,
        ..LaneSettings::default()
    };
    let lanes = lanes(&database, 2, settings);
    let (greedy, other) = (tenant(), tenant());
    echo(&lanes, greedy, 0, 0.0).await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let lanes = lanes.clone();
        tasks.spawn(async move { echo(&lanes, greedy, number, 0.2).await });
    }
    // Before the first of them is answered.
    for _ in 0..89 {
        let refused = tasks.join_next().await.unwrap().unwrap();
        assert!(matches!(refused, Err(LaneError::Busy)), "{refused:?}");
    }
    // One tenant leaves as many places to others as it takes.
    assert_eq!(lanes.load().waiting, 10);
    let mut others = JoinSet::new();
    for number in 0..3 {
        let lanes = lanes.clone();
        others.spawn(async move { echo(&lanes, other, number, 0.0).await.unwrap() });
    }
    while let Some(served) = tasks.join_next().await {
        served.unwrap().unwrap();
        assert!(lanes.load().waiting <= 13);
    }
    assert_eq!(others.join_all().await.len(), 3);
    assert_eq!(lanes.load().waiting, 0);
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let database = TestDatabase::empty().await;
    let settings = LaneSettings {
        patience: Duration::from_millis(50),
        ..LaneSettings::default()
    };
    let lanes = lanes(&database, 1, settings);
    let tenant = tenant();
    // Until the lane is open, which takes as long as it takes.
    while echo(&lanes, tenant, 0, 0.0).await.is_err() {}
    let (long, short) = tokio::join!(
        echo(&lanes, tenant, 1, 1.5),
        timeout(Duration::from_secs(1), echo(&lanes, tenant, 2, 0.0)),
    );
    assert_eq!(long.unwrap(), 1);
    assert!(matches!(short, Ok(Err(LaneError::Busy))), "{short:?}");
    assert_eq!(echo(&lanes, tenant, 3, 0.0).await.unwrap(), 3);
}

/// Keeps so many requests of a tenant on their way, until it is told to stop.
fn keep_busy(lanes: &Lanes, tenant: TenantId, count: i64, seconds: f64) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (lanes, stop) = (lanes.clone(), Arc::clone(&stop));
        tasks.spawn(async move {
            let mut answered = 0;
            while !stop.load(Ordering::Relaxed) {
                assert_eq!(echo(&lanes, tenant, number, seconds).await.unwrap(), number);
                answered += 1;
            }
            answered
        });
    }
    Load { stop, tasks }
}

struct Load {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<u32>,
}

impl Load {
    async fn answered(self) -> u32 {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await.into_iter().sum()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tenants_heavy_queries_do_not_starve_the_others() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 8, LaneSettings::default());
    let (greedy, ended) = (tenant(), Arc::new(AtomicBool::new(false)));
    let mut heavy = JoinSet::new();
    for number in 0..100 {
        let (lanes, ended) = (lanes.clone(), Arc::clone(&ended));
        heavy.spawn(async move {
            if echo(&lanes, greedy, number, 25.0).await.is_ok() {
                ended.store(true, Ordering::Relaxed);
            }
        });
    }
    while lanes.load().busy < 6 {
        sleep(Duration::from_millis(1)).await;
    }
    // Every lane is home to some of them.
    for number in 0..300 {
        assert_eq!(echo(&lanes, tenant(), number, 0.0).await.unwrap(), number);
        assert!(lanes.load().busy <= 6);
    }
    assert_eq!(lanes.load().busy, 6);
    assert!(
        !ended.load(Ordering::Relaxed),
        "they were served before one of the others ended"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_tenants_share_evenly_however_much_they_ask_for() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 4, LaneSettings::default());
    let tenants = [(tenant(), 60), (tenant(), 6), (tenant(), 6), (tenant(), 6)];
    let loads: Vec<Load> = tenants
        .iter()
        .map(|(tenant, count)| keep_busy(&lanes, *tenant, *count, 0.005))
        .collect();
    sleep(Duration::from_secs(2)).await;
    let mut answered = Vec::new();
    for load in &loads {
        load.stop.store(true, Ordering::Relaxed);
    }
    for load in loads {
        answered.push(load.answered().await);
    }
    let (least, most) = (
        *answered.iter().min().unwrap(),
        *answered.iter().max().unwrap(),
    );
    assert!(least * 2 > most && least > 50, "{answered:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_lane_is_shared_as_well() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 1, LaneSettings::default());
    let greedy = keep_busy(&lanes, tenant(), 40, 0.002);
    let modest = keep_busy(&lanes, tenant(), 2, 0.002);
    sleep(Duration::from_secs(1)).await;
    greedy.stop.store(true, Ordering::Relaxed);
    let (modest, greedy) = (modest.answered().await, greedy.answered().await);
    assert!(modest * 3 > greedy, "{modest} {greedy}");
    assert!(greedy * 3 > modest, "{modest} {greedy}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_tasks_hammer() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 6, LaneSettings::default());
    let tenants: Vec<TenantId> = std::iter::repeat_with(tenant).take(10).collect();
    let mut tasks = JoinSet::new();
    for task in 0..64_usize {
        let (lanes, tenants) = (lanes.clone(), tenants.clone());
        tasks.spawn(async move {
            for round in 0..100_usize {
                let number = i64::try_from(task * 1_000 + round).unwrap();
                let tenant = tenants[(task + round * round) % tenants.len()];
                assert_eq!(echo(&lanes, tenant, number, 0.0).await.unwrap(), number);
            }
        });
    }
    assert_eq!(tasks.join_all().await.len(), 64);
    until_quiet(&lanes).await;
    assert!(lanes.load().idle <= 6);
}
