//! Requesters that go away, connections that break, a database that is not there.

use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tessera_postgres::failure::Failure;
use tessera_postgres::lanes::LaneError;
use tessera_postgres::lanes::settings::LaneSettings;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{echo, fetch, lanes, process, processes, tenant, until_quiet, with};
use crate::support::TestDatabase;

/// A number that looks random and is not.
fn scattered(seed: i64) -> u64 {
    let mixed = (seed.cast_unsigned() + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_belongs_to_its_question_though_hundreds_of_others_were_dropped() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 6, LaneSettings::default());
    let tenants = [tenant(), tenant(), tenant()];
    let dropped = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for task in 0..12_i64 {
        let (lanes, dropped) = (lanes.clone(), Arc::clone(&dropped));
        tasks.spawn(async move {
            for round in 0..100 {
                let number = task * 1_000 + round;
                let chance = scattered(number);
                let tenant = tenants[usize::try_from(chance % 3).unwrap()];
                // Many texts, so that some are dropped while they are prepared; each fifth one is refused by Postgres.
                let refused = chance.is_multiple_of(5);
                let text = if refused {
                    format!(
                        "select 1 / ($1::int8 - $1::int8), ($2::text)::float8, {}",
                        chance % 40
                    )
                } else {
                    format!(
                        "select $1::int8, pg_sleep(($2::text)::float8), {}",
                        chance % 40
                    )
                };
                let statement = fetch(&lanes, tenant, text, with(number, 0.002));
                let patience = Duration::from_micros(chance / 40 % 4_000);
                let outcome = if chance.is_multiple_of(2) {
                    match timeout(patience, statement).await {
                        Ok(outcome) => outcome,
                        Err(_) => {
                            dropped.fetch_add(1, Ordering::Relaxed);
                            continue;
                        }
                    }
                } else {
                    statement.await
                };
                match outcome {
                    Ok(rows) => {
                        assert_eq!(rows[0].get::<i64>(0).unwrap(), number);
                        assert!(!refused);
                    }
                    Err(LaneError::Statement(error)) => {
                        assert_eq!((refused, error.state()), (true, Some("22012")));
                    }
                    Err(other) => panic!("{other}"),
                }
            }
        });
    }
    tasks.join_all().await;
    assert!(dropped.load(Ordering::Relaxed) > 300);
    until_quiet(&lanes).await;

    // None of this has cost a connection: they are the first ones still.
    let mut used = BTreeSet::new();
    for number in 0..40 {
        let tenant = tenant();
        used.insert(process(&lanes, tenant).await.unwrap());
        assert_eq!(echo(&lanes, tenant, number, 0.0).await.unwrap(), number);
    }
    let all = processes(&mut database.superuser().await).await;
    assert!(all.len() <= 6, "{all:?}");
    assert!(used.is_subset(&all.into_iter().collect()));
}

#[tokio::test]
async fn who_goes_away_while_waiting_is_not_served() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 1, LaneSettings::default());
    let tenant = tenant();
    echo(&lanes, tenant, 0, 0.0).await.unwrap();
    let mut superuser = database.superuser().await;
    sqlx::raw_sql("create table public.served (number int8); grant insert on public.served to public; grant usage on schema public to public")
        .execute(&mut superuser)
        .await
        .unwrap();
    let insert = "with wait as (select pg_sleep(($2::text)::float8)) insert into served select $1::int8 from wait";
    let begun = fetch(&lanes, tenant, insert, with(1, 0.2));
    let waiting = fetch(&lanes, tenant, insert, with(2, 0.0));
    let (begun, waiting) = tokio::join!(
        timeout(Duration::from_millis(50), begun),
        timeout(Duration::from_millis(50), waiting)
    );
    assert!(begun.is_err() && waiting.is_err());
    assert_eq!(lanes.load().waiting, 0);
    until_quiet(&lanes).await;
    let served: Vec<i64> = sqlx::query_scalar("select number from public.served")
        .fetch_all(&mut superuser)
        .await
        .unwrap();
    assert_eq!(
        served,
        [1],
        "what had begun ran to its end, and nothing else"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_ended_under_load_are_replaced() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 4, LaneSettings::default());
    let ended = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for task in 0..8_i64 {
        let (lanes, ended, count) = (lanes.clone(), Arc::clone(&ended), Arc::clone(&count));
        tasks.spawn(async move {
            let tenant = tenant();
            let (mut answered, mut lost) = (0, 0);
            for number in 0.. {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let number = task * 1_000_000 + number;
                match echo(&lanes, tenant, number, 0.001).await {
                    Ok(answer) => {
                        assert_eq!(answer, number);
                        answered += 1;
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(error) => {
                        let error = tessera_error::Error::from(Failure::from(error));
                        assert!(
                            matches!(
                                error,
                                tessera_error::Error::User(tessera_error::UserError::Unavailable)
                            ),
                            "{error:?}"
                        );
                        lost += 1;
                    }
                }
            }
            (answered, lost)
        });
    }
    let mut superuser = database.superuser().await;
    let mut terminated = 0;
    for round in 1..=10 {
        // As long as that takes on a busy machine.
        while count.load(Ordering::Relaxed) < 20 * round {
            sleep(Duration::from_millis(5)).await;
        }
        for process in processes(&mut superuser).await {
            terminated += 1;
            sqlx::query("select pg_terminate_backend($1)")
                .bind(process)
                .execute(&mut superuser)
                .await
                .unwrap();
        }
    }
    ended.store(true, Ordering::Relaxed);
    let (answered, lost): (Vec<i32>, Vec<i32>) = tasks.join_all().await.into_iter().unzip();
    let (answered, lost) = (answered.iter().sum::<i32>(), lost.iter().sum::<i32>());
    assert!(terminated >= 10, "{terminated}");
    assert!((1..=terminated).contains(&lost), "{lost} of {terminated}");
    assert!(answered > terminated, "{answered}");
    for number in 0..20 {
        echo(&lanes, tenant(), number, 0.0).await.unwrap();
    }
    assert!(processes(&mut superuser).await.len() <= 4);
}

#[tokio::test]
async fn idle_connections_that_are_gone_cost_one_request_and_not_one_each() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 8, LaneSettings::default());
    let tenants: Vec<_> = std::iter::repeat_with(tenant).take(60).collect();
    let mut superuser = database.superuser().await;
    let mut before = Vec::new();
    // Lanes open beside the requests that want them.
    while before.len() < 6 {
        for tenant in &tenants {
            process(&lanes, *tenant).await.unwrap();
        }
        before = processes(&mut superuser).await;
    }
    sqlx::query("select pg_terminate_backend(pid) from unnest($1::int4[]) pid")
        .bind(&before)
        .execute(&mut superuser)
        .await
        .unwrap();
    let mut lost = 0;
    for tenant in &tenants {
        match process(&lanes, *tenant).await {
            Ok(process) => assert!(!before.contains(&process)),
            Err(_) => lost += 1,
        }
    }
    assert!(lost <= 1, "{lost}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_told_at_once_and_its_return_noticed() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 4, LaneSettings::default());
    let tenant = tenant();
    echo(&lanes, tenant, 0, 0.0).await.unwrap();
    let name = database
        .pool
        .connect_options()
        .get_database()
        .unwrap()
        .to_owned();
    let mut superuser = database.superuser().await;
    let open = processes(&mut superuser).await;
    assert_eq!(open.len(), 1, "one request needs no more");
    for statement in [
        format!("alter role {name} nologin"),
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'lane%' and datname = current_database()".to_owned(),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut superuser)
            .await
            .unwrap();
    }
    // The first ones may have begun while nobody knew.
    let known =
        async { while !matches!(echo(&lanes, tenant, 0, 0.0).await, Err(LaneError::Away)) {} };
    timeout(Duration::from_secs(10), known).await.unwrap();
    let begun = Instant::now();
    for _ in 0..1_000 {
        let outcome = echo(&lanes, tenant, 0, 0.0).await;
        assert!(matches!(outcome, Err(LaneError::Away)), "{outcome:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(1));

    sqlx::raw_sql(AssertSqlSafe(format!("alter role {name} login")))
        .execute(&mut superuser)
        .await
        .unwrap();
    let back = async {
        while echo(&lanes, tenant, 7, 0.0).await.is_err() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), back).await.unwrap();
    for number in 0..20 {
        assert_eq!(echo(&lanes, tenant, number, 0.0).await.unwrap(), number);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fewer_connections_than_lanes_do_as_well() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 8, LaneSettings::default());
    let name = database
        .pool
        .connect_options()
        .get_database()
        .unwrap()
        .to_owned();
    let mut superuser = database.superuser().await;
    // One is the pool's.
    sqlx::raw_sql(AssertSqlSafe(format!(
        "alter role {name} connection limit 3"
    )))
    .execute(&mut superuser)
    .await
    .unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..16_i64 {
        let lanes = lanes.clone();
        tasks.spawn(async move {
            let tenant = tenant();
            for round in 0..20 {
                let number = task * 100 + round;
                assert_eq!(echo(&lanes, tenant, number, 0.001).await.unwrap(), number);
            }
        });
    }
    assert_eq!(tasks.join_all().await.len(), 16);
    assert_eq!(processes(&mut superuser).await.len(), 2);
}
