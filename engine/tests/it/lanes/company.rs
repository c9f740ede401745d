//! Several brief statements on one lane.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tessera_postgres::failure::Failure;
use tessera_postgres::lanes::Lanes;
use tessera_postgres::lanes::pace::Pace;
use tessera_postgres::lanes::settings::LaneSettings;
use tessera_schema::ident::TenantId;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{lanes, processes, tenant, until_quiet, with};
use crate::support::TestDatabase;

/// Gives back its first parameter and its process, after as many seconds as its second.
const WHERE: &str = "select $1::int8, pg_backend_pid(), pg_sleep(($2::text)::float8)";

/// A statement that is known to be brief.
#[derive(Clone)]
struct Brief {
    lanes: Lanes,
    text: Arc<str>,
    pace: Arc<Pace>,
}

impl Brief {
    fn new(lanes: &Lanes, text: &str) -> Self {
        Self {
            lanes: lanes.clone(),
            text: text.into(),
            pace: Arc::new(Pace::of_a_write()),
        }
    }

    /// Runs it until it is known to be brief.
    async fn learn(&self, tenant: TenantId) {
        // However busy the machine is.
        while self
            .pace
            .usual()
            .is_none_or(|usual| usual > Duration::from_micros(500))
        {
            self.run(tenant, 0, 0.0).await.unwrap();
        }
        until_quiet(&self.lanes).await;
    }

    /// Its number and its process.
    async fn run(
        &self,
        tenant: TenantId,
        number: i64,
        seconds: f64,
    ) -> Result<(i64, i32), Failure> {
        let params = with(number, seconds);
        let rows = self.lanes.fetch(tenant, &self.text, &self.pace, params);
        let rows = rows.await?;
        let row = &rows[0];
        Ok((row.get(0)?, row.get(1)?))
    }
}

#[tokio::test]
async fn brief_statements_of_a_tenant_share_a_lane() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 8, LaneSettings::default());
    // A write that nothing runs beside would have its lane for itself.
    let brief = Brief {
        pace: Arc::new(Pace::of_a_read()),
        ..Brief::new(&lanes, WHERE)
    };
    // Until each tenant finds a home that is open: all but one are.
    while lanes.load().idle < 7 {
        brief.run(tenant(), 0, 0.0).await.unwrap();
    }
    for tenant in std::iter::repeat_with(tenant).take(10) {
        brief.run(tenant, 0, 0.0).await.unwrap();
        brief.learn(tenant).await;
        let mut tasks = JoinSet::new();
        for number in 0..8 {
            let brief = brief.clone();
            tasks.spawn(async move {
                let (answer, process) = brief.run(tenant, number, 0.0).await.unwrap();
                assert_eq!(answer, number);
                process
            });
        }
        tokio::task::yield_now().await;
        assert!(lanes.load().busy <= 2, "{:?}", lanes.load());
        let used: BTreeSet<i32> = tasks.join_all().await.into_iter().collect();
        assert!(used.len() <= 2, "{used:?}");
    }
    until_quiet(&lanes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_proves_long_is_begun_again_by_itself_and_holds_nobody_up() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 4, LaneSettings::default());
    let mut superuser = database.superuser().await;
    sqlx::raw_sql("create table public.served (number int8); grant insert, select on public.served to public; grant usage on schema public to public")
        .execute(&mut superuser)
        .await
        .unwrap();
    let text = "with wait as (select pg_sleep(($2::text)::float8)) \
         insert into served select $1::int8 from wait returning number, pg_backend_pid()";
    let brief = Brief::new(&lanes, text);
    // Until each tenant finds a home that is open: all but one are.
    while lanes.load().idle < 3 {
        brief.run(tenant(), 0, 0.0).await.unwrap();
    }
    brief.learn(tenant()).await;
    let slow = tenant();
    brief.run(slow, 0, 0.0).await.unwrap();
    let before = processes(&mut superuser).await;
    let begun = Instant::now();
    let long = tokio::spawn({
        let brief = brief.clone();
        async move { brief.run(slow, 1_000, 3.0).await.unwrap() }
    });
    // Sent before the long one is known to be long.
    sleep(Duration::from_millis(20)).await;
    let mut tasks = JoinSet::new();
    for number in 1..=20 {
        let brief = brief.clone();
        // Its own, and those of others who meet them on a lane.
        let asks = if number % 2 == 0 { slow } else { tenant() };
        tasks.spawn(async move { brief.run(asks, number, 0.0).await.unwrap().0 });
    }
    let mut answered = tasks.join_all().await;
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "they did not wait for it"
    );
    answered.sort_unstable();
    assert_eq!(answered, (1..=20).collect::<Vec<i64>>());
    assert_eq!(long.await.unwrap().0, 1_000);
    let served: Vec<i64> =
        sqlx::query_scalar("select number from public.served where number > 0 order by number")
            .fetch_all(&mut superuser)
            .await
            .unwrap();
    let all: Vec<i64> = (1..=20).chain([1_000]).collect();
    assert_eq!(served, all, "each of them once, however often it was begun");
    until_quiet(&lanes).await;
    let after = processes(&mut superuser).await;
    assert!(
        before.iter().all(|process| after.contains(process)),
        "{before:?}, {after:?}: what was prepared there is lost"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_struck_by_an_order_that_comes_late_begins_again() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 1, LaneSettings::default());
    let brief = Brief::new(&lanes, WHERE);
    brief.learn(tenant()).await;
    let tenant = tenant();
    let long = tokio::spawn({
        let brief = brief.clone();
        async move { brief.run(tenant, 1, 1.0).await }
    });
    sleep(Duration::from_millis(20)).await;
    // Behind it, which is cut short and now runs again.
    let (_, process) = brief.run(tenant, 2, 0.0).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    let struck: bool = sqlx::query_scalar("select pg_cancel_backend($1)")
        .bind(process)
        .fetch_one(&mut database.superuser().await)
        .await
        .unwrap();
    assert!(struck);
    assert_eq!(long.await.unwrap().unwrap(), (1, process));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_shares_a_lane_does_not_keep_it_from_others() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 1, LaneSettings::default());
    let brief = Brief::new(&lanes, WHERE);
    brief.learn(tenant()).await;
    let greedy = tenant();
    let mut tasks = JoinSet::new();
    for number in 0..40 {
        let brief = brief.clone();
        tasks.spawn(async move {
            let end = Instant::now() + Duration::from_secs(1);
            let mut answered = 0;
            while Instant::now() < end {
                assert_eq!(brief.run(greedy, number, 0.0).await.unwrap().0, number);
                answered += 1;
            }
            answered
        });
    }
    sleep(Duration::from_millis(100)).await;
    let (modest, mut answered) = (tenant(), 0);
    let end = Instant::now() + Duration::from_millis(800);
    while Instant::now() < end {
        assert_eq!(brief.run(modest, 7, 0.0).await.unwrap().0, 7);
        answered += 1;
    }
    let greedy: i32 = tasks.join_all().await.into_iter().sum();
    assert!(
        answered >= 40 && greedy > answered,
        "{answered} against {greedy}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_connection_that_is_lost_is_lost_to_all_on_it_and_replaced() {
    let database = TestDatabase::empty().await;
    let lanes = lanes(&database, 2, LaneSettings::default());
    let brief = Brief::new(&lanes, WHERE);
    brief.learn(tenant()).await;
    let tenant = tenant();
    let process = brief.run(tenant, 0, 0.0).await.unwrap().1;
    let mut tasks = JoinSet::new();
    for number in 0..6 {
        let brief = brief.clone();
        tasks.spawn(async move { brief.run(tenant, number, 0.05).await });
    }
    sleep(Duration::from_millis(20)).await;
    sqlx::query("select pg_terminate_backend($1)")
        .bind(process)
        .execute(&mut database.superuser().await)
        .await
        .unwrap();
    let (answered, lost): (Vec<_>, Vec<_>) =
        tasks.join_all().await.into_iter().partition(Result::is_ok);
    assert!(!lost.is_empty(), "{answered:?}");
    for lost in lost.into_iter().filter_map(Result::err) {
        let told = matches!(lost, Failure::Away(_)) || lost.state() == Some("57P01");
        assert!(told, "{lost:?}");
    }
    for number in 0..20 {
        let (answer, other) = brief.run(tenant, number, 0.0).await.unwrap();
        assert!(answer == number && other != process);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_reaches_its_timeout_after_it_was_cut_short_is_not_begun_again() {
    let database = TestDatabase::empty().await;
    let options = (*database.pool.connect_options()).clone();
    let options = options.options([("statement_timeout", "1s")]);
    let settings = LaneSettings {
        lanes: std::num::NonZeroU16::MIN,
        ..LaneSettings::default()
    };
    let lanes = Lanes::new(&options, settings);
    let brief = Brief::new(&lanes, WHERE);
    brief.learn(tenant()).await;
    let tenant = tenant();
    let begun = Instant::now();
    let long = tokio::spawn({
        let brief = brief.clone();
        async move { brief.run(tenant, 1, 60.0).await }
    });
    sleep(Duration::from_millis(20)).await;
    brief.run(tenant, 2, 0.0).await.unwrap();
    let failure = long.await.unwrap().unwrap_err();
    assert_eq!(failure.state(), Some("57014"));
    // Cut short once, then ended by Postgres once.
    assert!(
        begun.elapsed() < Duration::from_millis(2_200),
        "{:?}",
        begun.elapsed()
    );
}
