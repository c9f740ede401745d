//! One plan for all values, or one for each run's.

use std::sync::Arc;
use std::time::{Duration, Instant};
use tessera_postgres::lanes::Lanes;
use tessera_postgres::lanes::pace::Pace;
use tessera_postgres::lanes::settings::LaneSettings;
use tessera_postgres::param::Param;
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
async fn a_read_that_takes_long_either_way_is_planned_once() {
    let (_database, lanes) = shop().await;
    let pace = Arc::new(Pace::of_a_read());
    let all = "select count(*) from public.item where kind <> $1::text".into();
    for _ in 0..9 {
        let params = vec![Param::Text(Some("rare".to_owned()))];
        lanes.fetch(tenant(), &all, &pace, params).await.unwrap();
        sleep(Duration::from_millis(50)).await;
    }
    assert!(!pace.is_planned_each_time());
    assert_eq!(settings(&lanes).await, ["force_generic_plan", "30s"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_is_planned_each_time_leaves_the_session_as_it_was() {
    let (_database, lanes) = shop().await;
    let pace = Arc::new(Pace::of_a_read().planned_each_time());
    for _ in 0..6 {
        let (found, took) = newest(&lanes, &pace, "rare").await;
        assert_eq!(found, 0);
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
    let wrong = "select 1 / (length($1::text) - 4)".into();
    let params = vec![Param::Text(Some("rare".to_owned()))];
    let failed = lanes.fetch(tenant(), &wrong, &pace, params).await;
    assert!(failed.is_err());
    assert_eq!(settings(&lanes).await, ["force_generic_plan", "30s"]);
}

/// How the tenant's lane plans, and how long a statement may take there.
async fn settings(lanes: &Lanes) -> Vec<String> {
    let told = "select array[current_setting('plan_cache_mode'), current_setting('statement_timeout')]::text";
    let pace = Arc::new(Pace::of_a_read());
    let rows = lanes.fetch(tenant(), &told.into(), &pace, Vec::new()).await;
    let told: String = rows.unwrap()[0].get(0).unwrap();
    let told = told.trim_matches(['{', '}']).split(',');
    told.map(ToOwned::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_run_twice_is_not_tried() {
    let (_database, lanes) = shop().await;
    let pace = Arc::new(Pace::of_a_write());
    for _ in 0..20 {
        newest(&lanes, &pace, "usual").await;
    }
    for _ in 0..3 {
        newest(&lanes, &pace, "rare").await;
        sleep(Duration::from_millis(50)).await;
    }
    assert!(!pace.is_planned_each_time());
}
