//! `kill -9` of the server in the middle of a request with a key, and of a batch.

use reqwest::Method;
use serde_json::{Value as Json, json};
use sqlx::query;
use tokio::task::JoinSet;

use super::killed_server::until_nothing_runs;
use crate::engine_support::TestDatabase;
use crate::support::process::Process;
use crate::support::shared::settings;
use crate::support::tenant::sign_up;
use crate::support::{Answer, Client};

async fn total(admin: &Client, filter: &Json) -> u64 {
    let filter = filter.to_string();
    let parameters = [
        ("filter", filter.as_str()),
        ("count", "exact"),
        ("limit", "1"),
    ];
    let found = admin.find("/api/v1/contacts", &parameters).await.ok();
    found["total"].as_u64().unwrap()
}

/// Asks for a record under a key.
async fn make(admin: &Client, key: &str) -> Option<Answer> {
    let request = admin.request(Method::POST, "/api/v1/contacts");
    let request = request
        .header("idempotency-key", key)
        .json(&json!({"last_name": key}));
    Answer::to_any(request).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_again_under_its_key_is_done_once() {
    let database = TestDatabase::empty().await;
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(&database.url);
    let mut server = Process::serve(directory.path(), &settings);
    let mut admin = sign_up(&server.guest(), "acme").await;
    for round in 0..3 {
        let mut writers = JoinSet::new();
        let (told, mut done) = tokio::sync::mpsc::channel(1_000);
        for writer in 0..8 {
            let (admin, told) = (admin.clone(), told.clone());
            writers.spawn(async move {
                let mut keys = Vec::new();
                for number in 0.. {
                    keys.push(format!("{round}-{writer}-{number}"));
                    match make(&admin, &keys[number]).await {
                        Some(answer) => {
                            assert!(matches!(answer.status, 201 | 503), "{}", answer.text);
                        }
                        None => return keys,
                    }
                    let _full = told.try_send(());
                }
                keys
            });
        }
        for _ in 0..40 + 7 * round {
            done.recv().await.unwrap();
        }
        server.kill();
        let keys: Vec<String> = writers.join_all().await.into_iter().flatten().collect();
        until_nothing_runs(&database).await;
        server = Process::serve(directory.path(), &settings);
        admin = admin.at(&server.url);
        // Nobody waits for a minute.
        query("update platform.idempotency_keys set leased_until = now() where status is null")
            .execute(&mut database.superuser().await)
            .await
            .unwrap();
        for key in &keys {
            let answer = make(&admin, key).await.unwrap();
            let lost = answer.body["type"] == "/problems/idempotency_interrupted";
            assert!(answer.status == 201 || lost, "{key}: {}", answer.text);
            let there = total(&admin, &json!({"last_name": {"eq": key}})).await;
            assert_eq!(there, 1, "{key}: {}", answer.text);
        }
        assert_eq!(
            total(
                &admin,
                &json!({"last_name": {"starts_with": format!("{round}-")}})
            )
            .await,
            keys.len() as u64
        );
    }
}

#[tokio::test]
async fn work_under_a_key_that_was_not_answered_is_not_done() {
    let database = TestDatabase::empty().await;
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(&database.url);
    let mut server = Process::serve(directory.path(), &settings);
    let mut admin = sign_up(&server.guest(), "acme").await;
    let made = admin.post("/api/v1/contacts", json!({})).await.created();
    let path = format!("/api/v1/contacts/{}", made["id"].as_str().unwrap());
    let mut superuser = database.superuser().await;
    let schema: String =
        sqlx::query_scalar("select schema_name from platform.tenants where slug = 'acme'")
            .fetch_one(&mut superuser)
            .await
            .unwrap();
    let hold = format!("begin; select from \"{schema}\".contact for update");
    sqlx::raw_sql(sqlx::AssertSqlSafe(hold))
        .execute(&mut superuser)
        .await
        .unwrap();
    let ask = |admin: &Client| {
        let request = admin
            .request(Method::PATCH, &path)
            .header("idempotency-key", "key");
        request.json(&json!({"city": "Riga"}))
    };
    let waiting = tokio::spawn(ask(&admin).send());
    let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
    let mut watcher = database.superuser().await;
    while sqlx::query_scalar::<_, i64>(waits)
        .fetch_one(&mut watcher)
        .await
        .unwrap()
        == 0
    {}
    server.kill();
    assert!(waiting.await.unwrap().is_err());
    sqlx::raw_sql("commit")
        .execute(&mut superuser)
        .await
        .unwrap();
    until_nothing_runs(&database).await;
    server = Process::serve(directory.path(), &settings);
    admin = admin.at(&server.url);
    assert_eq!(admin.get(&path).await.ok()["version"], 1);
    let early = Answer::to(ask(&admin)).await;
    assert_eq!(early.body["type"], "/problems/idempotency_in_progress");
    query("update platform.idempotency_keys set leased_until = now()")
        .execute(&mut superuser)
        .await
        .unwrap();
    assert_eq!(Answer::to(ask(&admin)).await.ok()["version"], 2);
    assert_eq!(
        Answer::to(ask(&admin)).await.header("idempotency-replayed"),
        "true"
    );
    assert_eq!(admin.get(&path).await.ok()["version"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_done_whole_or_not_at_all() {
    let database = TestDatabase::empty().await;
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(&database.url);
    let mut server = Process::serve(directory.path(), &settings);
    let mut admin = sign_up(&server.guest(), "acme").await;
    for round in 0..3 {
        let (told, mut done) = tokio::sync::mpsc::channel(1_000);
        let mut writers = JoinSet::new();
        for writer in 0..4 {
            let (admin, told) = (admin.clone(), told.clone());
            writers.spawn(async move {
                let mut names = Vec::new();
                for number in 0.. {
                    let name = format!("{round}-{writer}-{number}");
                    names.push(name.clone());
                    let create =
                        json!({"method": "POST", "path": "/contacts", "body": {"last_name": name}});
                    let body = json!({"operations": vec![create; 20]});
                    let request = admin.request(Method::POST, "/api/v1/batch").json(&body);
                    let answer = Answer::to_any(request).await;
                    let told_of = answer.as_ref().is_ok_and(|answer| answer.status == 200);
                    if answer.is_err() {
                        return names;
                    }
                    assert!(told_of, "{answer:?}");
                    let _full = told.try_send(());
                }
                names
            });
        }
        for _ in 0..10 + 3 * round {
            done.recv().await.unwrap();
        }
        server.kill();
        let names: Vec<Vec<String>> = writers.join_all().await;
        until_nothing_runs(&database).await;
        server = Process::serve(directory.path(), &settings);
        admin = admin.at(&server.url);
        for names in names {
            let (last, answered) = names.split_last().unwrap();
            for name in answered {
                assert_eq!(total(&admin, &json!({"last_name": {"eq": name}})).await, 20);
            }
            let unanswered = total(&admin, &json!({"last_name": {"eq": last}})).await;
            assert!(unanswered == 0 || unanswered == 20, "{unanswered}");
        }
    }
}
