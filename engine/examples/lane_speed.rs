//! What a primary-key read costs on a pool and on lanes.
//!
//! `cargo run --release -p tessera-engine --example lane_speed -- postgres://… [READS [TASKS [TENANTS [LANES]]]]`

#![allow(clippy::unwrap_used, reason = "a measurement fails by panicking")]

use sqlx::Row;
use sqlx::postgres::PgPool;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tessera_postgres::database;
use tessera_postgres::lanes::Lanes;
use tessera_postgres::lanes::pace::Pace;
use tessera_postgres::lanes::settings::LaneSettings;
use tessera_postgres::param::Param;
use tessera_schema::ident::TenantId;
use tokio::task::JoinSet;
use uuid::Uuid;

const READ: &str = "select id, note from lane_speed where id = $1::int8";
const ROWS: i64 = 10_000;

#[derive(Clone)]
enum Way {
    Pool(PgPool),
    Lanes(Lanes, Arc<str>, Arc<Pace>),
}

impl Way {
    async fn read(&self, tenant: TenantId, id: i64) -> i64 {
        match self {
            Self::Pool(pool) => {
                let row = sqlx::query(READ).bind(id).fetch_one(pool).await;
                row.unwrap().get(0)
            }
            Self::Lanes(lanes, text, pace) => {
                let params = vec![Param::Number(id)];
                let rows = lanes.fetch(tenant, text, pace, params).await;
                rows.unwrap()[0].get(0).unwrap()
            }
        }
    }
}

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1);
    let url = words.next().expect("the address of a database");
    let mut number = |default: usize| words.next().map_or(default, |word| word.parse().unwrap());
    let (reads, tasks, tenants, lanes) = (number(100_000), number(16), number(1), number(16));

    let options = database::connect_options(&url).unwrap();
    let pool = database::connect(options, 16).await.unwrap();
    for statement in [
        "create table if not exists lane_speed (id int8 primary key, note text)",
        "insert into lane_speed select n, repeat('x', 100) from generate_series(0, 9999) n on conflict do nothing",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    let settings = LaneSettings {
        lanes: NonZeroU16::new(u16::try_from(lanes).unwrap()).unwrap(),
        ..LaneSettings::default()
    };
    let bare = (*pool.connect_options()).clone();
    let tenants: Vec<TenantId> = (0..tenants).map(|_| TenantId(Uuid::now_v7())).collect();
    let ways = [
        ("pool", Way::Pool(pool)),
        (
            "lanes",
            Way::Lanes(
                Lanes::new(&bare, settings),
                READ.into(),
                Arc::new(Pace::of_a_read()),
            ),
        ),
    ];
    for _ in 0..4 {
        for (name, way) in &ways {
            let (cpu, begun) = (cpu(), Instant::now());
            let mut each = measure(way, &tenants, reads, tasks).await;
            let took = begun.elapsed();
            let cpu = self::cpu().checked_sub(cpu).unwrap();
            each.sort_unstable();
            println!(
                "{name:6} {:7.0} reads/s  p50 {:4} us  p99 {:5} us  own CPU {:5.1} us/read",
                reads as f64 / took.as_secs_f64(),
                each[each.len() / 2].as_micros(),
                each[each.len() * 99 / 100].as_micros(),
                cpu.as_secs_f64() * 1e6 / reads as f64,
            );
        }
    }
}

async fn measure(way: &Way, tenants: &[TenantId], reads: usize, tasks: usize) -> Vec<Duration> {
    let mut running = JoinSet::new();
    for task in 0..tasks {
        let (way, tenants) = (way.clone(), tenants.to_vec());
        running.spawn(async move {
            let mut took = Vec::with_capacity(reads / tasks);
            for round in 0..reads / tasks {
                let id = i64::try_from(task * 7_919 + round).unwrap() % ROWS;
                let begun = Instant::now();
                let read = way.read(tenants[(task + round) % tenants.len()], id).await;
                took.push(begun.elapsed());
                assert_eq!(read, id);
            }
            took
        });
    }
    running.join_all().await.concat()
}

/// What this process has used so far.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split(' ').collect();
    let ticks: u64 = fields[12].parse::<u64>().unwrap() + fields[13].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}
