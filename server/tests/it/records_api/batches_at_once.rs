//! Batches on the same records at the same time.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::{Client, Tenant};

const CLIENTS: usize = 16;
const ROUNDS: usize = 3;

async fn batch(client: &Client, operations: Vec<Json>) -> Json {
    let operations = json!({"operations": operations});
    client.post("/api/v1/batch", operations).await.ok()
}

/// The same in an order that nobody knows.
pub(super) fn shuffled<T: Clone>(items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort_by_cached_key(|_| Uuid::new_v4());
    items
}

async fn contacts(tenant: &Tenant, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let contact = json!({"email": format!("{number}@x.example"), "last_name": "x"});
        ids.push(tenant.id_of("contacts", contact).await);
    }
    ids
}

/// How often Postgres had to end a transaction that waited for another in a circle.
pub(super) async fn deadlocks(tenant: &Tenant) -> i64 {
    // A session tells of its own when it has been idle for a second.
    sleep(Duration::from_millis(1_500)).await;
    let mut superuser = tenant.server.database.superuser().await;
    sqlx::query_scalar("select deadlocks from pg_stat_database where datname = current_database()")
        .fetch_one(&mut superuser)
        .await
        .unwrap()
}

/// Each client sends batches of these operations, made for its number and in any order.
async fn send_at_once(
    tenant: &Tenant,
    operations: impl Fn(String) -> Vec<Json> + Clone + Send + 'static,
) {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (tenant, operations) = ((**tenant).clone(), operations.clone());
        clients.spawn(async move {
            for round in 0..ROUNDS {
                let operations = operations(format!("{client}-{round}"));
                batch(&tenant, operations).await;
            }
        });
    }
    clients.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_the_same_records_in_any_order_are_all_done_and_hold_nobody_up() {
    let tenant = Tenant::new().await;
    let other = Tenant::new().await;
    let ids = contacts(&tenant, 20).await;
    let theirs = contacts(&other, 1).await.remove(0);
    let operations = {
        let ids = ids.clone();
        move |name: String| {
            let changes = ids.iter().map(|id| {
                let path = format!("/contacts/{id}?fields=id");
                json!({"method": "PATCH", "path": path, "body": {"city": name}})
            });
            shuffled(&changes.collect::<Vec<_>>())
        }
    };
    // How busy the machine is.
    let begun = Instant::now();
    batch(&tenant, operations("first".to_owned())).await;
    let alone = begun.elapsed();
    let watched = tokio::spawn({
        let other = (*other).clone();
        let path = format!("/contacts/{theirs}?fields=id");
        async move {
            let mut longest = Duration::ZERO;
            for _ in 0..50 {
                let begun = Instant::now();
                other.get(&format!("/api/v1{path}")).await.ok();
                let change = json!({"method": "PATCH", "path": path, "body": {"city": "Riga"}});
                batch(&other, vec![change]).await;
                longest = longest.max(begun.elapsed());
            }
            longest
        }
    });
    send_at_once(&tenant, operations).await;
    let longest = watched.await.unwrap();
    assert!(
        longest < Duration::from_secs(1) + 2 * alone,
        "{longest:?}, one batch alone {alone:?}"
    );
    assert_eq!(deadlocks(&tenant).await, 0);
    let listed = tenant
        .get("/api/v1/contacts?fields=city,version")
        .await
        .ok();
    let records = listed["data"].as_array().unwrap();
    let cities: BTreeSet<_> = records
        .iter()
        .map(|record| record["city"].as_str())
        .collect();
    assert_eq!(cities.len(), 1, "the last batch wrote all: {listed}");
    let version = 2 + CLIENTS * ROUNDS;
    assert!(
        records.iter().all(|record| record["version"] == version),
        "{listed}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_found_by_a_key_or_a_filter_are_no_reason_to_wait_in_a_circle() {
    let tenant = Tenant::new().await;
    let code = json!({"api_name": "code", "type": "integer", "unique": true});
    tenant.object("gadget", json!([code])).await;
    let mut ids = Vec::new();
    for code in 0..4 {
        ids.push(tenant.id_of("gadgets", json!({"code": code})).await);
    }
    send_at_once(&tenant, move |name| {
        let upsert = |body: Json| {
            json!({"method": "POST", "path": "/gadgets/upsert?on=code&fields=id", "body": body})
        };
        let gadget = |code: i32| json!({"code": code, "name": name});
        // Half of them are there.
        let mut operations: Vec<Json> = (0..8).map(|code| upsert(gadget(code))).collect();
        operations.push(upsert([3, 9, 1, 8].map(gadget).into_iter().collect()));
        // {"code": {"in": [2, 5]}}
        let path = "/gadgets?filter=%7B%22code%22%3A%7B%22in%22%3A%5B2%2C5%5D%7D%7D";
        operations.push(json!({"method": "PATCH", "path": path, "body": {"name": name}}));
        operations.extend(ids.iter().map(|id| {
            let path = format!("/gadgets/{id}?fields=id");
            json!({"method": "PATCH", "path": path, "body": {"name": name}})
        }));
        shuffled(&operations)
    })
    .await;
    assert_eq!(deadlocks(&tenant).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_others_refer_to_are_changed_meanwhile() {
    let tenant = Tenant::new().await;
    let mut companies = Vec::new();
    for name in ["a", "b", "c"] {
        companies.push(tenant.id_of("companies", json!({"name": name})).await);
    }
    send_at_once(&tenant, move |name| {
        let companies = shuffled(&companies);
        let refer = |company: &String| {
            let body = json!({"last_name": name, "company_id": company});
            json!({"method": "POST", "path": "/contacts?fields=id", "body": body})
        };
        let change = |company: &String| {
            let path = format!("/companies/{company}?fields=id");
            json!({"method": "PATCH", "path": path, "body": {"city": name}})
        };
        vec![
            refer(&companies[0]),
            refer(&companies[1]),
            change(&companies[2]),
            change(&companies[1]),
        ]
    })
    .await;
    assert_eq!(deadlocks(&tenant).await, 0);
}
