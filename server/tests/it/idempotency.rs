//! `Idempotency-Key`.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value as Json, json};
use std::time::Duration;
use tokio::task::JoinSet;

use crate::engine_support::soon;
use crate::support::{Answer, Client, Tenant};

const CONTACTS: &str = "/api/v1/contacts";

fn request(client: &Client, method: &str, path: &str, key: &str, body: &Json) -> RequestBuilder {
    let request = client.request(method.parse().unwrap(), path);
    request.header("idempotency-key", key).json(body)
}

async fn send(client: &Client, method: &str, path: &str, key: &str, body: Json) -> Answer {
    Answer::to(request(client, method, path, key, &body)).await
}

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_is_done_once() {
    let tenant = Tenant::new().await;
    let contact = tenant.id_of("contacts", json!({})).await;
    let fields = "/api/v1/metadata/objects/contact/fields";
    let before = tenant.events("contact").await.len();
    let batch = json!({"operations": [{"method": "POST", "path": "/contacts", "body": {}}]});
    let mutation = json!({"query": "mutation { createContact(data: {lastName: \"x\"}) { id } }"});
    for (index, (method, path, body, status, events)) in [
        (
            "POST",
            CONTACTS.to_owned(),
            json!({"last_name": "Ann"}),
            201,
            1,
        ),
        (
            "POST",
            format!("{CONTACTS}?fields=id,company.name"),
            json!([{}, {}]),
            201,
            2,
        ),
        (
            "PATCH",
            format!("{CONTACTS}/{contact}"),
            json!({"city": "Riga"}),
            200,
            1,
        ),
        (
            "POST",
            format!("{CONTACTS}/upsert?on=id"),
            json!([{"id": contact}, {}]),
            200,
            2,
        ),
        (
            "PATCH",
            format!("{CONTACTS}?filter={{\"city\":{{\"eq\":\"Riga\"}}}}"),
            json!({"title": "x"}),
            200,
            1,
        ),
        ("POST", "/api/v1/batch".to_owned(), batch, 200, 1),
        ("POST", "/graphql".to_owned(), mutation, 200, 1),
        (
            "POST",
            fields.to_owned(),
            json!({"api_name": "extra", "type": "text"}),
            201,
            0,
        ),
        (
            "PATCH",
            format!("{fields}/extra"),
            json!({"name": "More"}),
            200,
            0,
        ),
        ("POST", CONTACTS.to_owned(), json!({"email": "no"}), 422, 0),
        ("POST", format!("{CONTACTS}?nonsense=1"), json!({}), 400, 0),
        ("POST", "/api/v1/nonsense".to_owned(), json!({}), 404, 0),
        (
            "POST",
            fields.to_owned(),
            json!({"api_name": "extra", "type": "text"}),
            409,
            0,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("key-{index}");
        let had = tenant.events("contact").await.len();
        let first = send(&tenant, method, &path, &key, body.clone()).await;
        assert_eq!(first.status, status, "{path}: {}", first.text);
        assert!(!is_replay(&first));
        for _ in 0..2 {
            let again = send(&tenant, method, &path, &key, body.clone()).await;
            assert!(is_replay(&again), "{path}: {}", again.text);
            assert_eq!((again.status, &again.text), (first.status, &first.text));
            for name in ["content-type", "location", "etag"] {
                assert_eq!(again.header(name), first.header(name), "{path} {name}");
            }
            assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
        }
        assert_eq!(tenant.events("contact").await.len(), had + events, "{path}");
        let other = send(&tenant, method, &path, &key, json!({"other": true})).await;
        assert_eq!(
            (other.status, &other.body["type"]),
            (422, &json!("/problems/idempotency_key_reused"))
        );
        let elsewhere = send(&tenant, method, "/api/v1/elsewhere", &key, body).await;
        assert_eq!(elsewhere.status, 422, "{}", elsewhere.text);
    }
    assert_eq!(tenant.events("contact").await.len(), before + 9);
}

#[tokio::test]
async fn preferences_are_part_of_the_answer() {
    let tenant = Tenant::new().await;
    for (key, preference, status, events) in [
        ("a", "return=minimal", 201, 1),
        ("b", "tx=rollback", 201, 1),
    ] {
        for round in 0..2 {
            let body = json!({"last_name": key});
            let request = request(&tenant, "POST", CONTACTS, key, &body);
            let answer = Answer::to(request.header("prefer", preference)).await;
            assert_eq!(
                (answer.status, is_replay(&answer)),
                (status, round == 1),
                "{}",
                answer.text
            );
            assert_eq!(answer.header("preference-applied"), preference);
        }
        assert_eq!(tenant.events("contact").await.len(), events);
    }
}

#[tokio::test]
async fn headers_that_change_what_is_asked_make_it_another_request() {
    let tenant = Tenant::new().await;
    let contact = format!("{CONTACTS}/{}", tenant.id_of("contacts", json!({})).await);
    let mutation = json!({"query": "mutation { createContact(data: {}) { id } }"});
    let json_type = ("content-type", "application/json");
    let body = || json!({"last_name": "x"});
    for (index, (method, path, body, first, second)) in [
        (
            "POST",
            CONTACTS,
            body(),
            vec![("prefer", "tx=rollback")],
            vec![],
        ),
        (
            "POST",
            CONTACTS,
            body(),
            vec![],
            vec![("prefer", "tx=rollback")],
        ),
        (
            "POST",
            CONTACTS,
            body(),
            vec![("prefer", "return=minimal")],
            vec![("prefer", "return=representation")],
        ),
        (
            "POST",
            CONTACTS,
            body(),
            vec![("prefer", "return=minimal"), ("prefer", "tx=rollback")],
            vec![("prefer", "return=minimal")],
        ),
        (
            "POST",
            "/api/v1/batch",
            json!({"operations": [{"method": "POST", "path": "/contacts", "body": {}}]}),
            vec![("prefer", "tx=rollback")],
            vec![],
        ),
        (
            "PATCH",
            &contact,
            body(),
            vec![("if-match", "\"9\"")],
            vec![("if-match", "\"1\"")],
        ),
        (
            "PATCH",
            &contact,
            body(),
            vec![("if-match", "\"9\"")],
            vec![],
        ),
        (
            "POST",
            "/graphql",
            mutation,
            vec![("accept", "application/json")],
            vec![("accept", "application/graphql-response+json")],
        ),
        (
            "POST",
            CONTACTS,
            body(),
            vec![("content-type", "text/plain")],
            vec![json_type],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("key-{index}");
        let send = |headers: &[(&'static str, &'static str)], key: &str| {
            let request = tenant.request(method.parse().unwrap(), path);
            let request = request
                .header("idempotency-key", key)
                .body(body.to_string());
            let plain =
                (!headers.iter().any(|(name, _)| *name == json_type.0)).then_some(&json_type);
            let request = headers
                .iter()
                .chain(plain)
                .fold(request, |request, (name, value)| {
                    request.header(*name, *value)
                });
            Answer::to(request)
        };
        let answer = send(&first, &key).await;
        assert!(!is_replay(&answer), "{path} {first:?}");
        let had = tenant.events("contact").await.len();
        let other = send(&second, &key).await;
        assert_eq!(
            (other.status, &other.body["type"]),
            (422, &json!("/problems/idempotency_key_reused")),
            "{path} {first:?} {second:?}"
        );
        let again = send(&first, &key).await;
        assert!(is_replay(&again), "{path} {first:?}: {}", again.text);
        assert_eq!((again.status, &again.text), (answer.status, &answer.text));
        assert_eq!(
            tenant.events("contact").await.len(),
            had,
            "{path} {first:?}"
        );
        // Under a key of its own it is done.
        let own = send(&second, &format!("{key}-own")).await;
        assert!(
            !is_replay(&own) && own.status < 300,
            "{path} {second:?}: {}",
            own.text
        );
    }
    // Headers that say nothing of the request do not count.
    let request = |agent: &'static str| {
        let request = request(&tenant, "POST", CONTACTS, "plain", &json!({}));
        Answer::to(
            request
                .header("user-agent", agent)
                .header("x-request-id", agent),
        )
    };
    assert_eq!(request("one").await.status, 201);
    assert!(is_replay(&request("other").await));
}

#[tokio::test]
async fn keys_are_each_users_own() {
    let (tenant, other) = tokio::join!(Tenant::new(), Tenant::new());
    let member = tenant.member().await;
    let body = || json!({"last_name": "x"});
    let guest = send(&tenant.guest(), "POST", CONTACTS, "key", body()).await;
    assert_eq!(guest.status, 401);
    for client in [&*tenant, &member, &*other] {
        let made = send(client, "POST", CONTACTS, "key", body()).await;
        assert!(made.status == 201 && !is_replay(&made), "{}", made.text);
        assert!(is_replay(
            &send(client, "POST", CONTACTS, "key", body()).await
        ));
    }
    assert_eq!(tenant.events("contact").await.len(), 2);
    let field = json!({"api_name": "extra", "type": "text"});
    let fields = "/api/v1/metadata/objects/contact/fields";
    for round in 0..2 {
        let refused = send(&member, "POST", fields, "field", field.clone()).await;
        assert_eq!((refused.status, is_replay(&refused)), (403, round == 1));
    }
    send(&tenant, "POST", fields, "field", field)
        .await
        .created();
}

#[tokio::test]
async fn a_key_is_for_posts_and_patches_and_not_for_signing_in() {
    let tenant = Tenant::new().await;
    let contact = format!("{CONTACTS}/{}", tenant.id_of("contacts", json!({})).await);
    for (method, path, status) in [
        ("GET", CONTACTS, 200),
        ("DELETE", &contact, 204),
        ("DELETE", &contact, 404),
    ] {
        let request = tenant.request(method.parse().unwrap(), path);
        let answer = Answer::to(request.header("idempotency-key", "key")).await;
        assert_eq!((answer.status, is_replay(&answer)), (status, false));
    }
    let credentials = json!({"email": tenant.email, "password": crate::support::tenant::PASSWORD});
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let login = send(
            &tenant,
            "POST",
            "/api/v1/auth/login",
            "key",
            credentials.clone(),
        )
        .await;
        assert!(!is_replay(&login));
        tokens.push(login.ok()["refresh_token"].clone());
    }
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let tenant = Tenant::new().await;
    let long = "k".repeat(256);
    for key in ["", "two words", "tab\there", &long] {
        let refused = send(&tenant, "POST", CONTACTS, key, json!({})).await;
        assert_eq!(refused.refusal(), "400 /Idempotency-Key format", "{key}");
    }
    let body = json!({});
    let twice = request(&tenant, "POST", CONTACTS, "a", &body).header("idempotency-key", "a");
    assert_eq!(
        Answer::to(twice).await.refusal(),
        "400 /Idempotency-Key repeated"
    );
    let text = "x".repeat(11 * 1024 * 1024);
    let large = request(
        &tenant,
        "POST",
        CONTACTS,
        "large",
        &json!({"last_name": text}),
    );
    // The server may hang up on what it will not read.
    if let Ok(answer) = Answer::to_any(large).await {
        assert_eq!(answer.status, 413);
    }
    assert_eq!(tenant.events("contact").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_one_is_done() {
    let tenant = Tenant::new().await;
    for round in 0..5 {
        let mut clients = JoinSet::new();
        for _ in 0..8 {
            let admin = (*tenant).clone();
            clients.spawn(async move {
                let key = format!("round-{round}");
                for _ in 0..5_000 {
                    let answer = send(&admin, "POST", CONTACTS, &key, json!({})).await;
                    if answer.status == 201 {
                        return answer.body["id"].clone();
                    }
                    assert_eq!(
                        answer.body["type"], "/problems/idempotency_in_progress",
                        "{}",
                        answer.text
                    );
                    assert_eq!((answer.status, answer.header("retry-after")), (409, "2"));
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                panic!("the first is never done");
            });
        }
        let ids = clients.join_all().await;
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    assert_eq!(tenant.events("contact").await.len(), 5);
}

#[tokio::test]
async fn who_went_away_finds_the_answer_later() {
    let tenant = Tenant::new().await;
    let id = tenant.id_of("contacts", json!({})).await;
    let path = format!("{CONTACTS}/{id}");
    let mut superuser = tenant.server.database.superuser().await;
    let schema: String =
        sqlx::query_scalar("select schema_name from platform.tenants where slug = $1")
            .bind(&tenant.slug)
            .fetch_one(&mut superuser)
            .await
            .unwrap();
    let hold = format!("begin; select from \"{schema}\".contact for update");
    sqlx::raw_sql(sqlx::AssertSqlSafe(hold))
        .execute(&mut superuser)
        .await
        .unwrap();
    let body = json!({"city": "Riga"});
    let patient = request(&tenant, "PATCH", &path, "key", &body);
    let gone = patient.timeout(Duration::from_millis(500)).send().await;
    assert!(gone.unwrap_err().is_timeout());
    let early = send(&tenant, "PATCH", &path, "key", body.clone()).await;
    assert_eq!(
        early.body["type"], "/problems/idempotency_in_progress",
        "{}",
        early.text
    );
    sqlx::raw_sql("commit")
        .execute(&mut superuser)
        .await
        .unwrap();
    let answer = soon::some("the first has ended", async || {
        let answer = send(&tenant, "PATCH", &path, "key", body.clone()).await;
        (answer.status != 409).then_some(answer)
    })
    .await;
    assert!(is_replay(&answer));
    assert_eq!(answer.ok()["version"], 2);
    assert_eq!(tenant.events("contact").await.len(), 2);
    assert_eq!(tenant.get(&path).await.ok()["version"], 2);
}

#[tokio::test]
async fn a_bad_token_is_told_by_the_face_that_was_asked() {
    let tenant = Tenant::new().await;
    let stranger = tenant.guest().with_token(&json!("nonsense"));
    let rest = send(&stranger, "POST", CONTACTS, "key", json!({})).await;
    let graphql = stranger
        .request(Method::POST, "/graphql")
        .header("idempotency-key", "key");
    let graphql = Answer::to(graphql.json(&json!({"query": "{ __typename }"}))).await;
    assert_eq!((rest.status, graphql.status), (401, 401));
}
