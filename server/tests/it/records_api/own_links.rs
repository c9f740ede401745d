//! Records are linked to themselves, and to others of the same write, whatever the verb.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::Tenant;

/// Knots with links to knots, and the ids of two of them.
async fn knots() -> (Tenant, [String; 2]) {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "code", "type": "text", "unique": true},
        {"api_name": "parent", "type": "relation", "settings": {"to": "knot"}},
        {"api_name": "friends", "type": "many_to_many", "settings": {"to": "knot"}},
    ]);
    tenant.object("knot", fields).await;
    let ids = [
        tenant.id_of("knots", json!({"code": "a"})).await,
        tenant.id_of("knots", json!({"code": "b"})).await,
    ];
    (tenant, ids)
}

/// The names of each knot's parent and friends.
async fn links(tenant: &Tenant) -> String {
    let path = "/api/v1/knots?sort=code&fields=code,parent.code,friends.code";
    let page = tenant.get(path).await.ok();
    let knots = page["data"].as_array().unwrap().iter();
    let links = knots.map(|knot| {
        let friends = knot["friends"].as_array().unwrap().iter();
        let mut friends: Vec<_> = friends
            .map(|friend| friend["code"].as_str().unwrap())
            .collect();
        friends.sort_unstable();
        let [name, parent] = [&knot["code"], &knot["parent"]["code"]].map(Json::as_str);
        format!(
            "{}:{}:{}",
            name.unwrap(),
            parent.unwrap_or("-"),
            friends.concat()
        )
    });
    links.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn of_one_write() {
    type Body = fn(&str, &str) -> Json;
    let new = "0195f2c4-8f4b-7c3e-9a37-5b8f8a2f6c11";
    let cases: [(Method, &str, Body, &str); 7] = [
        (
            Method::PATCH,
            "knots/A",
            |a, b| json!({"parent_id": a, "friends_ids": [a, b]}),
            "a:a:ab b:-:",
        ),
        (
            Method::PATCH,
            "knots?filter={}&max_affected=9",
            |a, b| json!({"parent_id": b, "friends_ids": [a, b]}),
            "a:b:ab b:b:ab",
        ),
        (
            Method::PATCH,
            "knots",
            |a, b| json!([{"id": a, "parent_id": b, "friends_ids": [a, b]}, {"id": b, "parent_id": a, "friends_ids": [a]}]),
            "a:b:ab b:a:a",
        ),
        (
            Method::POST,
            "knots",
            |a, _| json!({"id": "NEW", "code": "c", "parent_id": "NEW", "friends_ids": ["NEW", a]}),
            "a:-: b:-: c:c:ac",
        ),
        (
            Method::POST,
            "knots",
            |a, _| json!([{"code": "c", "friends_ids": ["NEW", a]}, {"id": "NEW", "code": "d", "parent_id": "NEW"}]),
            "a:-: b:-: c:-:ad d:d:",
        ),
        (
            Method::POST,
            "knots/upsert?on=code",
            |a, b| json!([{"code": "a", "parent_id": b, "friends_ids": [a, b]}, {"code": "c", "parent_id": a, "friends_ids": [a]}]),
            "a:b:ab b:-: c:a:a",
        ),
        (
            Method::POST,
            "batch",
            |a, b| json!({"operations": [{"method": "PATCH", "path": format!("/knots/{a}"), "body": {"friends_ids": [a, b]}}, {"method": "PATCH", "path": format!("/knots/{b}"), "body": {"friends_ids": [a, b]}}]}),
            "a:-:ab b:-:ab",
        ),
    ];
    for (method, path, body, expected) in cases {
        let (tenant, [a, b]) = knots().await;
        let path = format!("/api/v1/{}", path.replace('A', &a));
        let body = body(&a, &b).to_string().replace("NEW", new);
        let body = serde_json::from_str(&body).unwrap();
        let answer = tenant.send(method.clone(), &path, Some(body)).await;
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {}",
            answer.text
        );
        assert_eq!(links(&tenant).await, expected, "{method} {path}");
    }
}
