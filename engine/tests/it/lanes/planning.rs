//! One plan for all values, or one for each run's.

use std::sync::Arc;
use std::time::{Duration, Instant};
use tessera_engine::lanes::Lanes;
use tessera_engine::lanes::pace::Pace;
use tessera_engine::lanes::settings::LaneSettings;
use tessera_engine::param::Param;
use tokio::time::{sleep, timeout};

use super::{lanes, tenant};
use crate::support::TestDatabase;

/// The newest of a kind: usually found by walking back in time.
const NEWEST: &str = "select id from public.item where kind = $1::text order by at desc limit 5";

async fn shop() -> (TestDatabase, Lanes) {
    let database = TestDatabase::empty().await;
    sqlx::raw_sql(
        "create table public.item (id int8, kind text, at timestamptz); \
         insert into public.item select n, 'usual', now() - n * interval '1 second' from generate_series(1, 1000000) n; \
         create index on public.item (at); create index on public.item (kind); \
         analyze public.item; grant usage on schema public to public; grant select on public.item to public",
    )
    .execute(&mut database.superuser().await)
    .await
    .unwrap();
    let lanes = lanes(&database, 2, LaneSettings::default());
    (database, lanes)
}

async fn newest(lanes: &Lanes, pace: &Arc<Pace>, kind: &str) -> (usize, Duration) {
    let params = vec![Param::Text(Some(kind.to_owned()))];
    let begun = Instant::now();
    let rows = lanes.fetch(tenant(), &NEWEST.into(), pace, params).await;
    (rows.unwrap().len(), begun.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_a_rare_value_holds_up_is_planned_for_its_values_from_then_on() {
    let (_database, lanes) = shop().await;
    let pace = Arc::new(Pace::of_a_read());
    // Each of the lanes keeps one plan after five runs.
    for _ in 0..50 {
        assert_eq!(newest(&lanes, &pace, "usual").await.0, 5);
    }
    assert!(!pace.is_planned_each_time());
    let learnt = async {
        while !pace.is_planned_each_time() {
            assert_eq!(newest(&lanes, &pace, "rare").await.0, 0);
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), learnt).await.unwrap();
    let mut took = Vec::new();
    for _ in 0..9 {
        let (found, each) = newest(&lanes, &pace, "rare").await;
        assert_eq!(found, 0);
        took.push(each);
        assert_eq!(newest(&lanes, &pace, "usual").await.0, 5);
    }
    took.sort_unstable();
    assert!(took[4] < Duration::from_millis(20), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_run_twice_is_not_tried() {
    let (_database, lanes) = shop().await;
    let pace = Arc::new(Pace::default());
    for _ in 0..20 {
        newest(&lanes, &pace, "usual").await;
    }
    for _ in 0..3 {
        newest(&lanes, &pace, "rare").await;
        sleep(Duration::from_millis(50)).await;
    }
    assert!(!pace.is_planned_each_time());
}
