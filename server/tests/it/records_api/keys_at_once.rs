//! Writes of several records that take the same unique values at the same time, in any order.

use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

use super::batches_at_once::{deadlocks, shuffled};
use crate::support::{Answer, Client, Tenant};

const CLIENTS: usize = 12;
const ROUNDS: usize = 6;
const RECORDS: usize = 20;

#[derive(Debug, Clone, Copy)]
enum Writing {
    Creates,
    CreatesWithIds,
    Upserts,
    UpsertsWithLinks,
    BatchOfCreates,
    BatchOfAll,
}

const ALL: [Writing; 6] = [
    Writing::Creates,
    Writing::CreatesWithIds,
    Writing::Upserts,
    Writing::UpsertsWithLinks,
    Writing::BatchOfCreates,
    Writing::BatchOfAll,
];

/// Records of one round, which have the same unique values for every client. The other unique values are those of other
/// records for every second client.
fn records(fields: &[&str], tag: &str, client: usize, round: usize) -> Vec<Json> {
    let record = |number: usize| {
        let key = round * RECORDS + number;
        let crossing = round * RECORDS + (RECORDS - 1 - number);
        let mut record = json!({"name": format!("{client}-{round}-{number}"), "tags_ids": [tag]});
        for field in fields {
            record[field] = match *field {
                "code" => json!(key),
                "sku" => json!(format!("Sku {}é{}", key % 7, key)),
                "serial" if client.is_multiple_of(2) => json!(key),
                "serial" => json!(crossing),
                other => panic!("{other} has no values"),
            };
        }
        record
    };
    shuffled(&(0..RECORDS).map(record).collect::<Vec<_>>())
}

async fn write(client: &Client, writing: Writing, on: &str, records: Vec<Json>) -> Answer {
    let upsert = format!("/parts/upsert?on={on}&fields={on}");
    let create = format!("/parts?fields={on}");
    let one = |record: &Json| json!({"method": "POST", "path": create, "body": record});
    let without_links = |mut record: Json| {
        record.as_object_mut().unwrap().remove("tags_ids");
        record
    };
    let with_id = |record: &Json| {
        let mut record = record.clone();
        let number = record[on].to_string();
        let number = number
            .bytes()
            .fold(0_u64, |sum, byte| sum * 31 + u64::from(byte));
        let id = format!("018cc251-f400-7000-8000-{:012x}", number % (1 << 48));
        record["id"] = json!(id);
        record
    };
    let (path, body) = match writing {
        Writing::Creates => (create, Json::from(records)),
        Writing::CreatesWithIds => (create, records.iter().map(with_id).collect()),
        Writing::Upserts => (upsert, records.into_iter().map(without_links).collect()),
        Writing::UpsertsWithLinks => (upsert, Json::from(records)),
        Writing::BatchOfCreates => {
            let operations: Vec<Json> = records.iter().map(one).collect();
            ("/batch".to_owned(), json!({"operations": operations}))
        }
        Writing::BatchOfAll => {
            let (some, others) = records.split_at(RECORDS / 2);
            let mut operations: Vec<Json> = some.iter().map(one).collect();
            operations.push(json!({"method": "POST", "path": upsert, "body": others}));
            operations.push(one(&json!({"name": "x"})));
            (
                "/batch".to_owned(),
                json!({"operations": shuffled(&operations)}),
            )
        }
    };
    client.post(&format!("/api/v1{path}"), body).await
}

/// What was written stands in the answer as it was sent.
fn answers_in_order(answer: &Answer, on: &str, sent: &[Json]) {
    let Some(data) = answer.body["data"].as_array() else {
        return;
    };
    let shown: Vec<&Json> = data.iter().map(|record| &record[on]).collect();
    let sent: Vec<&Json> = sent.iter().map(|record| &record[on]).collect();
    assert_eq!(shown, sent);
}

/// Every client writes each round's records, in an order and a way of its own.
async fn at_once(on: &'static str, fields: &'static [&'static str], definitions: Json) {
    let tenant = Tenant::new().await;
    tenant.object("tag", json!([])).await;
    let mut all = definitions.as_array().unwrap().clone();
    all.push(json!({"api_name": "tags", "type": "many_to_many", "settings": {"to": "tag"}}));
    tenant.object("part", Json::from(all)).await;
    let tag = tenant.id_of("tags", json!({"name": "x"})).await;
    let mut clients = JoinSet::new();
    let begun = Instant::now();
    for client in 0..CLIENTS {
        let (tenant, tag) = ((*tenant).clone(), tag.clone());
        clients.spawn(async move {
            for round in 0..ROUNDS {
                let writing = ALL[(client + round) % ALL.len()];
                let records = records(fields, &tag, client, round);
                let answer = write(&tenant, writing, on, records.clone()).await;
                assert!(
                    [200, 201, 409].contains(&answer.status),
                    "{writing:?} of {fields:?}: {}",
                    answer.text
                );
                answers_in_order(&answer, on, &records);
            }
        });
    }
    clients.join_all().await;
    let spent = begun.elapsed();
    assert!(spent < Duration::from_secs(30), "{spent:?}");
    assert_eq!(deadlocks(&tenant).await, 0, "{fields:?}");
}

fn unique(api_name: &str, field_type: &str) -> Json {
    json!({"api_name": api_name, "type": field_type, "unique": true})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_one_field() {
    at_once("code", &["code"], json!([unique("code", "integer")])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts() {
    at_once("sku", &["sku"], json!([unique("sku", "text")])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_two_fields() {
    let fields = json!([unique("code", "integer"), unique("serial", "integer")]);
    at_once("code", &["code", "serial"], fields).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_beside_running_numbers_which_go_by_the_input() {
    let number =
        json!({"api_name": "number", "type": "auto_number", "settings": {"format": "{0000}"}});
    let fields = json!([number, unique("code", "integer")]);
    at_once("code", &["code"], fields.clone()).await;

    let tenant = Tenant::new().await;
    tenant.object("part", fields).await;
    let codes = [5, 1, 9, 3].map(|code| json!({"code": code}));
    let made = tenant
        .post("/api/v1/parts", Json::from(codes.to_vec()))
        .await
        .created();
    let numbers = made["data"].as_array().unwrap().iter();
    let numbers: Vec<&str> = numbers
        .map(|record| record["number"].as_str().unwrap())
        .collect();
    assert_eq!(numbers, ["0001", "0002", "0003", "0004"]);
}

/// Two drawers come back with their parts, which have the same unique values in opposite orders.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_come_back_with_others() {
    let tenant = Tenant::new().await;
    tenant.object("drawer", json!([])).await;
    let relation = json!({"api_name": "drawer", "type": "relation", "settings": {"to": "drawer", "on_delete": "cascade"}});
    tenant
        .object("part", json!([relation, unique("code", "integer")]))
        .await;
    let mut drawers = Vec::new();
    for reversed in [false, true] {
        let id = tenant.id_of("drawers", json!({"name": "x"})).await;
        let mut codes: Vec<usize> = (0..200).collect();
        if reversed {
            codes.reverse();
        }
        let parts: Vec<Json> = codes
            .into_iter()
            .map(|code| json!({"code": code, "drawer_id": id}))
            .collect();
        tenant
            .post("/api/v1/parts", Json::from(parts))
            .await
            .created();
        let path = format!("/api/v1/drawers/{id}");
        assert_eq!(tenant.delete(&path).await.status, 204);
        drawers.push(path);
    }
    for _ in 0..10 {
        let [one, other] = [0, 1].map(|index| {
            let path = format!("{}/restore", drawers[index]);
            let tenant = (*tenant).clone();
            tokio::spawn(async move { tenant.post(&path, json!({})).await })
        });
        let statuses = [one.await.unwrap().status, other.await.unwrap().status];
        assert!(
            statuses == [200, 409] || statuses == [409, 200],
            "{statuses:?}"
        );
        let back = usize::from(statuses == [409, 200]);
        assert_eq!(tenant.delete(&drawers[back]).await.status, 204);
    }
    assert_eq!(deadlocks(&tenant).await, 0);
}
