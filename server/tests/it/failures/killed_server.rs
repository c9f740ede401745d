//! `kill -9` of the server.

use serde_json::json;
use sqlx::query_scalar;
use std::collections::BTreeSet;
use std::fs;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Made, PATIENCE, all_are_there, data_dir, make};
use crate::engine_support::TestDatabase;
use crate::support::Answer;
use crate::support::process::Process;
use crate::support::shared::settings;
use crate::support::tenant::sign_up;

const FIELDS: &str = "/api/v1/metadata/objects/contact/fields";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_promised_is_there_afterwards() {
    let data_dir = data_dir();
    let settings = [("LOG", "warn"), ("DATA_DIR", "data")];
    let mut server = Process::serve(data_dir.path(), &settings);
    let mut admin = sign_up(&server.guest(), "acme").await;
    let mut promised = Vec::new();
    for round in 0..2 {
        let mut writers = JoinSet::new();
        let (told, mut done) = tokio::sync::mpsc::channel(1_000);
        for writer in 0..8 {
            let (admin, told) = (admin.clone(), told.clone());
            writers.spawn(async move {
                let mut made = Vec::new();
                while let Made::Id(id) = make(&admin, &format!("{round} {writer}")).await {
                    made.push(id);
                    let _full = told.try_send(());
                }
                made
            });
        }
        for _ in 0..100 {
            done.recv().await.unwrap();
        }
        server.kill();
        promised.extend(writers.join_all().await.into_iter().flatten());
        server = Process::serve(data_dir.path(), &settings);
        admin = admin.at(&server.url);
        all_are_there(&admin, &promised).await;
    }
    assert!(promised.len() >= 200);
    let listed = admin
        .find("/api/v1/contacts", &[("count", "exact"), ("limit", "1")])
        .await
        .ok();
    let (total, promised) = (listed["total"].as_u64().unwrap(), promised.len() as u64);
    // Of each writer one request may have been done without the answer having come back.
    assert!(
        (promised..=promised + 16).contains(&total),
        "{total} of {promised}"
    );
}

#[tokio::test]
async fn a_model_change_happens_whole_or_not_at_all() {
    let database = TestDatabase::empty().await;
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(&database.url);
    let mut server = Process::serve(directory.path(), &settings);
    let mut admin = sign_up(&server.guest(), "acme").await;
    let mut promised = BTreeSet::new();
    for round in 0..4 {
        let (told, mut done) = tokio::sync::mpsc::channel(1_000);
        let adding = tokio::spawn({
            let admin = admin.clone();
            async move {
                for number in 0.. {
                    let name = format!("field_{round}_{number}x");
                    let field = json!({"api_name": name, "type": "text", "unique": true});
                    let request = admin.request(reqwest::Method::POST, FIELDS).json(&field);
                    match Answer::to_any(request).await {
                        Ok(answer) => assert_eq!(answer.status, 201, "{}", answer.text),
                        Err(_) => return,
                    }
                    told.send(name).await.unwrap();
                }
            }
        });
        for _ in 0..3 + round {
            promised.insert(done.recv().await.unwrap());
        }
        // The next one is on its way.
        server.kill();
        adding.await.unwrap();
        while let Some(name) = done.recv().await {
            promised.insert(name);
        }
        until_nothing_runs(&database).await;
        server = Process::serve(directory.path(), &settings);
        admin = admin.at(&server.url);
        let shown = admin.get("/api/v1/metadata/objects/contact").await.ok();
        let fields = shown["fields"].as_array().unwrap().iter();
        let fields: BTreeSet<String> = fields
            .map(|field| field["api_name"].as_str().unwrap().to_owned())
            .filter(|name| name.starts_with("field_"))
            .collect();
        assert!(promised.is_subset(&fields), "{promised:?} {fields:?}");
        assert!(
            fields.len() <= promised.len() + 1 + round,
            "{promised:?} {fields:?}"
        );
        let columns: Vec<String> = query_scalar("select column_name::text from information_schema.columns where table_name = 'contact' and column_name like 'field\\_%'").fetch_all(&mut database.superuser().await).await.unwrap();
        assert_eq!(BTreeSet::from_iter(columns), fields);
        let all = fields
            .iter()
            .map(|name| (name.clone(), json!(format!("{name} {round}"))))
            .collect();
        let made = admin
            .post("/api/v1/contacts", serde_json::Value::Object(all))
            .await
            .created();
        assert!(
            fields
                .iter()
                .all(|name| made[name] == format!("{name} {round}")),
            "{made}"
        );
    }
}

/// Waits for the end of what the killed server had begun.
pub(super) async fn until_nothing_runs(database: &TestDatabase) {
    let mut superuser = database.superuser().await;
    let ended = async {
        let running = "select count(*) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'";
        while query_scalar::<_, i64>(running)
            .fetch_one(&mut superuser)
            .await
            .unwrap()
            > 0
        {}
    };
    timeout(PATIENCE, ended).await.unwrap();
}

#[tokio::test]
async fn a_killed_server_leaves_no_postgres_behind() {
    let data_dir = data_dir();
    let mut server = Process::serve(data_dir.path(), &[("LOG", "warn")]);
    let pid_file = data_dir.path().join("data/postgres/postmaster.pid");
    assert!(fs::exists(&pid_file).unwrap());
    server.kill();
    let ended = async {
        while fs::exists(&pid_file).unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, ended).await.unwrap();
}
