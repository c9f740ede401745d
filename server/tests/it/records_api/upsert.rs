//! `POST /contacts/upsert?on=`.

use reqwest::Method;
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use crate::support::{Answer, Tenant};

const ON_EMAIL: &str = "/api/v1/contacts/upsert?on=email";

async fn tenant() -> Tenant {
    let tenant = Tenant::new().await;
    let email = "/api/v1/metadata/objects/contact/fields/email";
    tenant.patch(email, json!({"unique": true})).await.ok();
    tenant
}

#[tokio::test]
async fn one_record_says_by_its_status_whether_it_is_new() {
    let tenant = tenant().await;
    let ann = json!({"email": "Ann@example.com", "city": "Riga"});
    let made = tenant.post(ON_EMAIL, ann).await;
    let location = made.header("location").to_owned();
    assert_eq!(made.header("etag"), "\"1\"");
    let made = made.created();
    assert_eq!(
        location,
        format!("/api/v1/contacts/{}", made["id"].as_str().unwrap())
    );
    assert_eq!(
        (&made["status"], &made["city"]),
        (&json!("new"), &json!("Riga"))
    );

    let again = json!({"email": "ann@example.com", "title": "Dr", "id": "01939f8e-0000-7000-8000-000000000001"});
    let shown = format!("{ON_EMAIL}&fields=id,city,title");
    let changed = tenant.post(&shown, again).await;
    assert_eq!(
        (changed.header("etag"), changed.header("location")),
        ("\"2\"", "")
    );
    assert_eq!(
        changed.ok(),
        json!({"id": made["id"], "city": "Riga", "title": "Dr"})
    );

    for email in [json!(null), json!("bob@example.com")] {
        tenant
            .post(ON_EMAIL, json!({"email": email}))
            .await
            .created();
    }
    tenant
        .post(ON_EMAIL, json!({"last_name": "x"}))
        .await
        .created();
    let events = tenant.events("contact").await;
    let actions: Vec<_> = events.iter().map(|(action, ..)| action.as_str()).collect();
    assert_eq!(
        actions,
        ["created", "updated", "created", "created", "created"]
    );
    let (_, before, after) = &events[1];
    assert_eq!(
        (&before["title"], &after["title"]),
        (&json!(null), &json!("Dr"))
    );
    assert_eq!(before["updated_by"], after["updated_by"]);
}

#[tokio::test]
async fn of_several_each_is_told() {
    let tenant = tenant().await;
    tenant
        .create(
            "contacts",
            json!({"email": "ann@example.com", "city": "Riga"}),
        )
        .await;
    let records = json!([
        {"email": "bob@example.com", "city": "Oslo"},
        {"email": "ann@example.com", "title": "Dr"},
        {"city": null},
    ]);
    let answer = tenant
        .post(
            &format!("{ON_EMAIL}&fields=email,city,title,status"),
            records,
        )
        .await
        .ok();
    assert_eq!(
        answer,
        json!({
            "data": [
                {"email": "bob@example.com", "city": "Oslo", "title": null, "status": "new"},
                {"email": "ann@example.com", "city": "Riga", "title": "Dr", "status": "new"},
                {"email": null, "city": null, "title": null, "status": "new"},
            ],
            "results": ["created", "updated", "created"],
        })
    );
    let many: Json = (0..1_000)
        .map(|n| json!({"email": format!("n{n}@example.com"), "lead_score": n}))
        .collect();
    for word in ["created", "updated"] {
        let answer = tenant.post(ON_EMAIL, many.clone()).await.ok();
        let results = answer["results"].as_array().unwrap();
        assert!(results.len() == 1_000 && results.iter().all(|result| result == word));
        let data = answer["data"].as_array().unwrap();
        assert!((0..1_000).all(|n| data[n]["lead_score"] == n));
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_and_nothing_is_done() {
    let tenant = tenant().await;
    tenant
        .create("contacts", json!({"email": "ann@example.com"}))
        .await;
    let nobody = "01939f8e-0000-7000-8000-000000000001";
    for (query, body, refused) in [
        ("", json!({}), "400 /on required"),
        ("?on=city", json!({}), "400 /on unknown"),
        ("?on=company", json!({}), "400 /on unknown"),
        ("?on=email&on=id", json!({}), "400 /on repeated"),
        ("?on=email&filter={}", json!({}), "400 /filter unknown"),
        (
            "?on=email&fields=nonsense",
            json!({}),
            "400 /fields unknown",
        ),
        ("?on=email", json!([]), "422  too_few"),
        (
            "?on=email",
            (0..1_001).map(|_| json!({})).collect(),
            "422  too_many",
        ),
        ("?on=email", json!(5), "422  type"),
        ("?on=email", json!({"email": "no"}), "422 /email format"),
        (
            "?on=email",
            json!([{}, {"nonsense": 1, "email": "no"}]),
            "422 /1/nonsense unknown /1/email format",
        ),
        (
            "?on=email",
            json!([{"email": "b@example.com"}, {}, {"email": "B@example.com"}]),
            "409 /2/email unique",
        ),
        (
            "?on=email",
            json!([{}, {"email": "ann@example.com", "company_id": nobody}]),
            "422 /1/company_id not_found",
        ),
        ("?on=id", json!([{}, {"id": "x"}]), "422 /1/id format"),
        (
            "?on=id",
            json!([{"email": "b@example.com"}, {"id": nobody, "email": "ann@example.com"}]),
            "409 /1/email unique",
        ),
    ] {
        let answer = tenant
            .post(&format!("/api/v1/contacts/upsert{query}"), body.clone())
            .await;
        assert_eq!(
            answer.refusal(),
            refused,
            "{query} {body:.200}: {}",
            answer.text
        );
    }
    assert_eq!(tenant.events("contact").await.len(), 1);
    let users = tenant.post("/api/v1/users/upsert?on=id", json!({})).await;
    assert_eq!(users.status, 405);
    let nothing = tenant
        .post("/api/v1/nonsense/upsert?on=id", json!({}))
        .await;
    assert_eq!(nothing.status, 404);
    let get = tenant.get("/api/v1/contacts/upsert").await;
    assert_eq!((get.status, get.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn preferences_are_followed() {
    let tenant = tenant().await;
    let ask = async |preference: &str, body: Json| {
        let request = tenant
            .request(Method::POST, ON_EMAIL)
            .header("prefer", preference);
        Answer::to(request.json(&body)).await
    };
    let ann = json!({"email": "ann@example.com"});
    let tried = ask("tx=rollback", ann.clone()).await;
    assert_eq!(
        (tried.status, tried.header("preference-applied")),
        (201, "tx=rollback")
    );
    assert_eq!(tenant.events("contact").await.len(), 0);
    let made = ask("return=minimal", ann.clone()).await;
    assert_eq!((made.status, made.text.as_str()), (201, ""));
    assert!(made.header("location").starts_with("/api/v1/contacts/"));
    assert_eq!(ask("return=minimal", ann.clone()).await.status, 204);
    assert_eq!(ask("return=minimal", json!([ann])).await.status, 204);
    assert_eq!(tenant.events("contact").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_bring_the_same_keys_at_once_make_each_record_once() {
    let tenant = tenant().await;
    let mut clients = JoinSet::new();
    for client in 0..8 {
        let admin = (*tenant).clone();
        clients.spawn(async move {
            let mut created = 0;
            for round in 0..10 {
                let mut records: Vec<_> = (0..3)
                    .map(|n| json!({"email": format!("r{round}n{n}@example.com"), "city": format!("{client}")}))
                    .collect();
                records.rotate_left(client % 3);
                let answer = admin.post(ON_EMAIL, json!(records)).await.ok();
                let results = answer["results"].as_array().unwrap().clone();
                created += results.iter().filter(|result| *result == "created").count();
                let one = json!({"email": format!("one{round}@example.com")});
                created += usize::from(admin.post(ON_EMAIL, one).await.status == 201);
            }
            created
        });
    }
    let created: usize = clients.join_all().await.into_iter().sum();
    assert_eq!(created, 40);
    let listed = tenant
        .get("/api/v1/contacts?count=exact&fields=version&limit=100")
        .await
        .ok();
    assert_eq!(listed["total"], 40);
    let data = listed["data"].as_array().unwrap();
    assert!(data.iter().all(|record| record["version"] == 8), "{data:?}");
}
