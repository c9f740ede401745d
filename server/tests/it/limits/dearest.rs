//! The dearest request that the limits let through is looked for, and takes Postgres little time and memory.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{fault, repeated};
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

/// What may stand in the selection of a contact; `#` is a number, `@` how many records a list has.
const PARTS: [&str; 11] = [
    "a#:opportunities(first:@){totalCount}",
    "b#:opportunities(first:@){aggregate{count}}",
    "c#:opportunities(first:@){nodes{id name}}",
    "d#:tasks(first:@){totalCount nodes{id subject company{name}}}",
    "e#:company{name contacts(first:@){nodes{id lastName}}}",
    "f#:company{parent{name}}",
    "g#:reportsTo{lastName opportunities(first:@){totalCount}}",
    "h#:lastName",
    "j#:company{name k:parent{name} l:parent{id}}",
    "m#:address{city}",
    "i#:activities(first:@){nodes{attendees(first:@){totalCount}}}",
];

const CONDITIONS: [&str; 5] = [
    "{opportunities:{some:{name:{eq:\"#\"}}}}",
    "{opportunities:{every:{name:{eq:\"#\"}}}}",
    "{company:{contacts:{none:{lastName:{eq:\"#\"}}}}}",
    "{company:{name:{startsWith:\"H\"}}}",
    "{lastName:{contains:\"L#\"}}",
];

const LISTS: [&str; 4] = ["1", "10", "100", "1000"];
const COUNTS: [usize; 6] = [0, 1, 5, 12, 25, 50];

/// A request, as what it is made of.
#[derive(Debug, Clone)]
struct Request {
    /// Beside another root Postgres makes the whole answer one text.
    alone: bool,
    first: &'static str,
    conditions: [usize; CONDITIONS.len()],
    parts: [(usize, &'static str); PARTS.len()],
}

impl Request {
    fn new(random: &mut Random) -> Self {
        let mut request = Self {
            alone: true,
            first: "1",
            conditions: [0; CONDITIONS.len()],
            parts: [(0, "1"); PARTS.len()],
        };
        for _ in 0..3 {
            request.change(random);
        }
        request
    }

    fn change(&mut self, random: &mut Random) {
        match random.below(5) {
            0 => self.alone = !self.alone,
            1 => self.first = *random.one_of(&LISTS),
            2 => self.conditions[random.below(CONDITIONS.len())] = *random.one_of(&COUNTS),
            _ => {
                let count = *random.one_of(&COUNTS);
                self.parts[random.below(PARTS.len())] = (count, *random.one_of(&LISTS));
            }
        }
    }

    fn document(&self) -> String {
        let parts = PARTS.iter().zip(self.parts);
        let parts = parts.map(|(part, (count, list))| repeated(&part.replace('@', list), count));
        let parts: Vec<_> = parts.collect();
        let conditions = CONDITIONS.iter().zip(self.conditions);
        let conditions = conditions.map(|(condition, count)| repeated(condition, count));
        let conditions: Vec<_> = conditions.collect();
        let beside = if self.alone {
            ""
        } else {
            "notes(first:1){nodes{id}}"
        };
        format!(
            "{{contacts(first:{},filter:{{and:[{}]}}){{nodes{{id {}}}}} {beside}}}",
            self.first,
            conditions.join(" "),
            parts.join(" ")
        )
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dearest_request_takes_postgres_little() {
    let server = Arc::new(Server::start().await);
    let tenant = Tenant::at(Arc::clone(&server)).await;
    fill(&tenant).await;
    let begun = Instant::now();
    let mut random = Random::new(16);
    let mut dearest = (Request::new(&mut random), Taken::default());
    let (mut tried, mut answered) = (0, 0);
    while tried < TRIES && begun.elapsed() < LONGEST {
        tried += 1;
        let mut request = if tried % 4 == 0 {
            Request::new(&mut random)
        } else {
            dearest.0.clone()
        };
        request.change(&mut random);
        let document = request.document();
        let ask = async {
            let answer = tenant.graphql(&document, json!({})).await;
            answered += usize::from(fault(&answer).is_none());
        };
        let taken = taken(&server.database, ask).await;
        if taken.score() > dearest.1.score() {
            dearest = (request, taken);
        }
    }
    println!("{answered} of {tried} were answered; the dearest: {dearest:?}");
    assert!(
        answered * 5 > tried,
        "too few are within the limits to tell"
    );
    let (request, taken) = dearest;
    assert!(
        taken.memory < MOST_MEMORY,
        "{taken:?} for {}",
        request.document()
    );
    assert!(
        taken.time < MOST_TIME,
        "{taken:?} for {}",
        request.document()
    );
}
