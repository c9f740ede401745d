//! What is answered is on disk.

use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use tessera_postgres::lanes::Lanes;
use tessera_postgres::lanes::pace::Pace;
use tessera_postgres::lanes::settings::LaneSettings;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{processes, tenant};
use crate::support::TestDatabase;

/// Gives the place in the log where its own commit will come behind.
const WRITE: &str =
    "insert into public.noted default values returning pg_current_wal_insert_lsn()::text";

/// Whether the log is on disk beyond a place.
const IS_KEPT: &str = "select pg_current_wal_flush_lsn() > $1::text::pg_lsn";

async fn notes(count: u16, synchronous_commit: &str) -> (TestDatabase, Lanes) {
    let database = TestDatabase::empty().await;
    sqlx::raw_sql(
        "create table public.noted (id int8 generated always as identity); \
         grant usage on schema public to public; grant insert, select on public.noted to public",
    )
    .execute(&mut database.superuser().await)
    .await
    .unwrap();
    let session = [("synchronous_commit", synchronous_commit)];
    let options = (*database.pool.connect_options()).clone().options(session);
    let settings = LaneSettings {
        lanes: NonZeroU16::new(count).unwrap(),
        ..LaneSettings::default()
    };
    let lanes = Lanes::new(&options.application_name("lane"), settings);
    (database, lanes)
}

/// Writes one after the other, each for another tenant. Gives how many were answered before they were on disk.
async fn write(database: &TestDatabase, lanes: &Lanes, pace: &Arc<Pace>, count: usize) -> usize {
    let mut superuser = database.superuser().await;
    let mut early = 0;
    for _ in 0..count {
        let rows = lanes.fetch(tenant(), &WRITE.into(), pace, Vec::new()).await;
        let row = &rows.unwrap()[0];
        let place: String = row.get(0).unwrap();
        let kept: bool = sqlx::query_scalar(IS_KEPT)
            .bind(place)
            .fetch_one(&mut superuser)
            .await
            .unwrap();
        early += usize::from(!kept);
    }
    early
}

/// As [`write`], several at a time.
async fn write_at_once(database: &Arc<TestDatabase>, lanes: &Lanes) -> usize {
    let pace = Arc::new(Pace::of_a_write());
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (database, lanes, pace) = (Arc::clone(database), lanes.clone(), Arc::clone(&pace));
        tasks.spawn(async move { write(&database, &lanes, &pace, 50).await });
    }
    tasks.join_all().await.iter().sum()
}

/// The processes that wait for all lanes.
async fn waiting(superuser: &mut PgConnection) -> Vec<i32> {
    sqlx::query_scalar("select pid from pg_stat_activity where application_name = 'lane: commits' and datname = current_database()")
        .fetch_all(superuser)
        .await
        .unwrap()
}

async fn noted(database: &TestDatabase) -> i64 {
    sqlx::query_scalar("select count(*) from public.noted")
        .fetch_one(&mut database.superuser().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_write_by_itself_is_on_disk_when_it_is_answered() {
    let (database, lanes) = notes(1, "on").await;
    let pace = Arc::new(Pace::of_a_write());
    assert_eq!(write(&database, &lanes, &pace, 50).await, 0);
    let mut superuser = database.superuser().await;
    let waiting = waiting(&mut superuser).await;
    assert_eq!(waiting.len(), 1, "no lane waits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_at_once_are_on_disk_when_they_are_answered() {
    let (database, lanes) = notes(2, "on").await;
    let database = Arc::new(database);
    let early = write_at_once(&database, &lanes).await;
    assert_eq!((early, noted(&database).await), (0, 400));
    let waiting = waiting(&mut database.superuser().await).await;
    assert_eq!(waiting.len(), 1, "one connection waits for all lanes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_one_that_waits_is_lost_nothing_else_is() {
    let (database, lanes) = notes(2, "on").await;
    let database = Arc::new(database);
    let ended = tokio::spawn({
        let database = Arc::clone(&database);
        async move {
            let mut superuser = database.superuser().await;
            let mut ended = BTreeSet::new();
            while ended.len() < 6 {
                for process in waiting(&mut superuser).await {
                    sqlx::query("select pg_terminate_backend($1)")
                        .bind(process)
                        .execute(&mut superuser)
                        .await
                        .unwrap();
                    ended.insert(process);
                }
                sleep(Duration::from_millis(5)).await;
            }
        }
    });
    let mut made = 0;
    while !ended.is_finished() {
        assert_eq!(write_at_once(&database, &lanes).await, 0);
        made += 400;
    }
    ended.await.unwrap();
    assert_eq!(noted(&database).await, made);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_no_room_for_the_one_that_waits_the_lane_waits() {
    let (database, lanes) = notes(1, "on").await;
    let options = database.pool.connect_options();
    let role = options.get_username();
    let mut superuser = database.superuser().await;
    // The test's own pool has one.
    let own: i64 = sqlx::query_scalar("select count(*) from pg_stat_activity where usename = $1")
        .bind(role)
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    let limit = format!("alter role \"{role}\" connection limit {}", own + 1);
    sqlx::raw_sql(AssertSqlSafe(limit))
        .execute(&mut superuser)
        .await
        .unwrap();
    let database = Arc::new(database);
    let early = write_at_once(&database, &lanes).await;
    assert_eq!((early, noted(&database).await), (0, 400));
    assert!(processes(&mut superuser).await.len() <= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_wants_no_commit_to_wait_has_none_wait() {
    let (database, lanes) = notes(2, "off").await;
    let database = Arc::new(database);
    write_at_once(&database, &lanes).await;
    let mut superuser = database.superuser().await;
    assert!(waiting(&mut superuser).await.is_empty());
    assert_eq!(noted(&database).await, 400);
}
