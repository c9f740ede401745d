//! The dearest request that the limits let through is looked for, in both APIs, and takes Postgres little time and memory.

mod graphql;
mod rest;

use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine_support::TestDatabase;
use crate::robustness::random::Random;
use crate::support::Tenant;
use crate::support::shared::Server;

/// Requests that are tried.
const TRIES: usize = 60;
/// No new one is begun after so long.
const LONGEST: Duration = Duration::from_secs(25);
const MOST_MEMORY: u64 = 200 << 20;
const MOST_TIME: Duration = Duration::from_secs(2);

const LISTS: [&str; 4] = ["1", "10", "100", "1000"];
const COUNTS: [usize; 6] = [0, 1, 5, 12, 25, 50];

/// A request, as the parts that it is made of.
trait Request: std::fmt::Debug + Clone {
    /// The least one.
    fn least() -> Self;

    fn change(&mut self, random: &mut Random);

    /// Sends it; whether it was within the limits.
    async fn send(&self, tenant: &Tenant) -> bool;

    fn random(random: &mut Random) -> Self {
        let mut request = Self::least();
        for _ in 0..3 {
            request.change(random);
        }
        request
    }
}

/// What a request took of one Postgres process at most.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    memory: u64,
    time: Duration,
}

impl Taken {
    fn score(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "only compared")]
        let memory = self.memory as f64 / MOST_MEMORY as f64;
        memory.max(self.time.as_secs_f64() / MOST_TIME.as_secs_f64())
    }
}

/// The memory of a process's own, in bytes, and the time it has had of a processor.
fn used(process: i32) -> Option<(u64, Duration)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let memory = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))?;
    let memory: u64 = memory.trim().strip_suffix(" kB")?.parse().ok()?;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, numbers) = stat.rsplit_once(')')?;
    let ticks = numbers.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|number| number.parse::<u64>().ok()).sum();
    Some((memory << 10, Duration::from_millis(ticks * 10)))
}

/// The processes that serve a database.
async fn processes(database: &TestDatabase) -> Vec<i32> {
    let processes = "select pid from pg_stat_activity where datname = current_database()";
    let mut superuser = database.superuser().await;
    sqlx::query_scalar(processes)
        .fetch_all(&mut superuser)
        .await
        .unwrap()
}

async fn taken(database: &TestDatabase, request: impl Future<Output = ()>) -> Taken {
    let all = processes(database).await;
    let before: Vec<_> = all
        .iter()
        .map(|process| (*process, used(*process)))
        .collect();
    let ended = Arc::new(AtomicBool::new(false));
    let watch = thread::spawn({
        let (all, ended) = (all.clone(), Arc::clone(&ended));
        move || {
            let mut most = 0;
            while !ended.load(Ordering::Relaxed) {
                most = all
                    .iter()
                    .filter_map(|process| used(*process))
                    .map(|used| used.0)
                    .fold(most, u64::max);
                thread::sleep(Duration::from_millis(2));
            }
            most
        }
    });
    request.await;
    ended.store(true, Ordering::Relaxed);
    let memory = watch.join().unwrap();
    let time = before
        .into_iter()
        .filter_map(|(process, before)| Some(used(process)?.1.saturating_sub(before?.1)));
    Taken {
        memory,
        time: time.max().unwrap_or_default(),
    }
}

/// One company that all contacts are of, and one contact that all opportunities and tasks are of.
async fn fill(tenant: &Tenant) {
    let parent = tenant.id_of("companies", json!({"name": "Holding"})).await;
    let company = json!({"name": "Hub", "parent_id": parent});
    let company = tenant.id_of("companies", company).await;
    let contact = json!({"last_name": "First", "company_id": company});
    let contact = tenant.id_of("contacts", contact).await;
    let many = |record: fn(usize) -> Json, count: usize| {
        let records = (0..count).map(|number| {
            let mut record = record(number);
            record["company_id"] = json!(company);
            record
        });
        records.collect::<Vec<_>>()
    };
    let contacts = many(|number| json!({"last_name": format!("L{number}")}), 1_000);
    let mut of_contact = [
        (
            "opportunities",
            many(|number| json!({"name": format!("O{number}")}), 1_000),
        ),
        (
            "tasks",
            many(|number| json!({"subject": format!("T{number}")}), 1_000),
        ),
    ];
    for record in of_contact.iter_mut().flat_map(|(_, records)| records) {
        record["contact_id"] = json!(contact);
    }
    let all = [("contacts", contacts)].into_iter().chain(of_contact);
    for (plural, records) in all {
        tenant
            .post(&format!("/api/v1/{plural}"), json!(records))
            .await
            .created();
    }
}

async fn search<R: Request>() {
    let server = Arc::new(Server::start().await);
    let tenant = Tenant::at(Arc::clone(&server)).await;
    fill(&tenant).await;
    let begun = Instant::now();
    let mut random = Random::new(16);
    let mut dearest = (R::least(), Taken::default());
    let (mut tried, mut answered) = (0, 0);
    while tried < TRIES && begun.elapsed() < LONGEST {
        tried += 1;
        let mut request = if tried % 4 == 0 {
            R::random(&mut random)
        } else {
            dearest.0.clone()
        };
        request.change(&mut random);
        let ask = async { answered += usize::from(request.send(&tenant).await) };
        let taken = taken(&server.database, ask).await;
        if taken.score() > dearest.1.score() {
            dearest = (request, taken);
        }
    }
    println!("{answered} of {tried} were answered; the dearest: {dearest:?}");
    assert!(
        answered * 5 > tried,
        "only {answered} of {tried} are within the limits"
    );
    let (request, taken) = dearest;
    assert!(taken.memory < MOST_MEMORY, "{taken:?} for {request:?}");
    assert!(taken.time < MOST_TIME, "{taken:?} for {request:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dearest_query_takes_postgres_little() {
    search::<graphql::Query>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dearest_list_takes_postgres_little() {
    search::<rest::List>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dearest_aggregate_takes_postgres_little() {
    search::<rest::Groups>().await;
}
