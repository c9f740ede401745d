//! Two clients replace the same list of links at once: one of the lists stays.

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Tenant};

#[tokio::test]
async fn one_of_two_lists_stays() {
    let tenant = Tenant::new().await;
    let mut contacts = Vec::new();
    for number in 0..6 {
        let name = json!({"last_name": format!("Guest {number}")});
        contacts.push(tenant.id_of("contacts", name).await);
    }
    let activity = json!({"kind": "call", "subject": "x", "happened_at": "2024-01-01T00:00:00Z"});
    let id = tenant.id_of("activities", activity).await;
    let path = format!("/api/v1/activities/{id}");
    let (one, other) = contacts.split_at(3);
    for _ in 0..20 {
        let replace = |list: &[String]| {
            let body = json!({"attendees_ids": list});
            Answer::to(tenant.request(Method::PATCH, &path).json(&body))
        };
        let (first, second) = tokio::join!(replace(one), replace(other));
        assert_eq!((first.status, second.status), (200, 200), "{}", first.text);
        let shown = tenant.get(&format!("{path}?fields=attendees.id")).await;
        let mut ids: Vec<String> = shown.ok()["attendees"]
            .as_array()
            .unwrap()
            .iter()
            .map(|contact: &Json| contact["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        let sorted = |list: &[String]| {
            let mut list = list.to_vec();
            list.sort();
            list
        };
        assert!(ids == sorted(one) || ids == sorted(other), "{ids:?}");
    }
}
