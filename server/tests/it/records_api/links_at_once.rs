//! Two clients replace the same list of links at once: one of the lists stays.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Tenant};

#[tokio::test]
async fn one_of_two_lists_stays() {
    let tenant = Tenant::new().await;
    tenant.object("tag", json!([])).await;
    let code = json!({"api_name": "code", "type": "integer", "unique": true});
    let links = json!({"api_name": "tags", "type": "many_to_many", "settings": {"to": "tag"}});
    tenant.object("part", json!([code, links])).await;
    let mut tags = Vec::new();
    for name in 0..6 {
        let tag = json!({"name": name.to_string()});
        tags.push(tenant.id_of("tags", tag).await);
    }
    let id = tenant.id_of("parts", json!({"code": 1})).await;
    let path = format!("/api/v1/parts/{id}");
    let (one, other) = tags.split_at(3);
    for (method, path, as_array) in [
        (Method::PATCH, path.as_str(), false),
        (Method::POST, "/api/v1/parts/upsert?on=code", false),
        (Method::POST, "/api/v1/parts/upsert?on=code", true),
        (Method::POST, "/api/v1/parts/upsert?on=id", true),
    ] {
        for _ in 0..20 {
            let replace = |list: &[String]| {
                let mut body = json!({"code": 1, "tags_ids": list});
                if path.ends_with("on=id") {
                    body["id"] = json!(id);
                }
                if as_array {
                    body = json!([body]);
                }
                Answer::to(tenant.request(method.clone(), path).json(&body))
            };
            let (first, second) = tokio::join!(replace(one), replace(other));
            assert_eq!((first.status, second.status), (200, 200), "{}", first.text);
            let shown = tenant
                .get(&format!("/api/v1/parts/{id}?fields=tags.id"))
                .await;
            let mut ids: Vec<String> = shown.ok()["tags"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tag: &Json| tag["id"].as_str().unwrap().to_owned())
                .collect();
            ids.sort();
            let sorted = |list: &[String]| {
                let mut list = list.to_vec();
                list.sort();
                list
            };
            assert!(
                ids == sorted(one) || ids == sorted(other),
                "{method} {path}: {ids:?}"
            );
        }
    }
}
