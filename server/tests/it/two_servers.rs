//! Two server processes on one database.

use reqwest::Method;
use serde_json::{Value as Json, json};
use std::thread;
use tempfile::TempDir;

use crate::engine_support::TestDatabase;
use crate::support::process::Process;
use crate::support::shared::settings;
use crate::support::tenant::sign_up;
use crate::support::{Client, client::with_parameters};

/// Started at the same moment on a database that nobody has migrated yet.
struct Pair {
    one: Process,
    other: Process,
    _directories: [TempDir; 2],
    _database: TestDatabase,
}

impl Pair {
    async fn start() -> Self {
        let database = TestDatabase::empty().await;
        let directories = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [one, other] = thread::scope(|scope| {
            let start = |directory: &TempDir| {
                let (path, url) = (directory.path().to_owned(), database.url.clone());
                scope.spawn(move || Process::serve(&path, &settings(&url)))
            };
            [start(&directories[0]), start(&directories[1])].map(|server| server.join().unwrap())
        });
        Self {
            one,
            other,
            _directories: directories,
            _database: database,
        }
    }

    /// A tenant's admin at both servers.
    async fn admins(&self) -> [Client; 2] {
        let one = sign_up(&self.one.guest(), "acme").await;
        let other = one.at(&self.other.url);
        [one, other]
    }
}

#[tokio::test]
async fn a_field_is_served_by_the_other_in_its_next_request() {
    let pair = Pair::start().await;
    let [one, other] = pair.admins().await;
    for round in 0..30 {
        let (admin, user) = if round % 2 == 0 {
            (&one, &other)
        } else {
            (&other, &one)
        };
        let field = format!("field{round}");
        let path = "/api/v1/metadata/objects/contact/fields";
        admin
            .post(path, json!({"api_name": field, "type": "integer"}))
            .await
            .created();

        let made = user
            .post("/api/v1/contacts", json!({field.clone(): round}))
            .await
            .created();
        assert_eq!(made[&field], round);
        let query = format!(
            "{{ contacts(filter: {{{field}: {{eq: {round}}}}}) {{ nodes {{ value: {field} }} }} }}"
        );
        let found = user.data(&query, json!({})).await;
        assert_eq!(
            found["contacts"]["nodes"],
            json!([{"value": round}]),
            "{field}"
        );

        // And gone at once, the same way.
        admin
            .delete(&format!("{path}/{field}?confirm={field}"))
            .await
            .no_content();
        let gone = user
            .post("/api/v1/contacts", json!({field.clone(): 1}))
            .await;
        assert_eq!(gone.refusal(), format!("422 /{field} unknown"));
    }
}

#[tokio::test]
async fn an_object_is_served_by_the_other_in_its_next_request() {
    let pair = Pair::start().await;
    let [one, other] = pair.admins().await;
    for round in 0..30 {
        let (admin, user) = if round % 2 == 0 {
            (&one, &other)
        } else {
            (&other, &one)
        };
        let definition =
            json!({"api_name": "thing", "fields": [{"api_name": "name", "type": "text"}]});
        admin
            .post("/api/v1/metadata/objects", definition)
            .await
            .created();
        if round % 3 == 0 {
            user.data(
                "mutation { createThing(data: {name: \"x\"}) { id } }",
                json!({}),
            )
            .await;
        } else {
            user.post("/api/v1/things", json!({"name": "x"}))
                .await
                .created();
        }
        let found = user.data("{ things { nodes { name } } }", json!({})).await;
        assert_eq!(found, json!({"things": {"nodes": [{"name": "x"}]}}));
        admin
            .delete("/api/v1/metadata/objects/thing?confirm=thing")
            .await
            .no_content();
        assert_eq!(user.get("/api/v1/things").await.status, 404);
    }
}

#[tokio::test]
async fn no_request_fails_while_the_model_changes() {
    let pair = Pair::start().await;
    let [one, other] = pair.admins().await;
    one.post("/api/v1/contacts", json!({"last_name": "Ann"}))
        .await
        .created();
    let mut readers = tokio::task::JoinSet::new();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    for client in [one.clone(), other.clone()] {
        let stopped = stopped.clone();
        readers.spawn(async move {
            let mut requests = 0;
            let list = with_parameters("/api/v1/contacts", &[("fields", "*"), ("count", "exact")]);
            while !*stopped.borrow() {
                client.get(&list).await.ok();
                client
                    .post("/api/v1/contacts", json!({"last_name": "Bob"}))
                    .await
                    .created();
                client
                    .data("{ contacts(first: 1) { nodes { lastName } } }", json!({}))
                    .await;
                requests += 3;
            }
            requests
        });
    }
    for round in 0..10 {
        for (client, field) in [
            (&one, format!("one_{round}")),
            (&other, format!("other_{round}")),
        ] {
            let field = json!({"api_name": field, "type": "text", "default_value": "x"});
            client
                .post("/api/v1/metadata/objects/contact/fields", field)
                .await
                .created();
        }
        let field = format!("one_{round}");
        let path = format!("/api/v1/metadata/objects/contact/fields/{field}?confirm={field}");
        other.send(Method::DELETE, &path, None).await.no_content();
    }
    stop.send_replace(true);
    let requests: Vec<i32> = readers.join_all().await;
    assert!(requests.iter().all(|count| *count > 0), "{requests:?}");
    let shown: Json = one.get("/api/v1/metadata/objects/contact").await.ok();
    assert_eq!(
        shown,
        other.get("/api/v1/metadata/objects/contact").await.ok()
    );
}
