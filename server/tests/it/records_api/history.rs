//! The history of a record, and the record as it was.

use reqwest::Method;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::support::{Answer, Tenant};

/// An object with a field of every kind of value.
async fn gadgets() -> Tenant {
    let tenant = Tenant::new().await;
    let fields = json!([
        {"api_name": "count", "type": "integer"},
        {"api_name": "big", "type": "integer", "settings": {"max": 9_000_000_000_000_000_000_i64}},
        {"api_name": "size", "type": "decimal", "settings": {"precision": 30, "scale": 4}},
        {"api_name": "ratio", "type": "float"},
        {"api_name": "price", "type": "currency"},
        {"api_name": "share", "type": "percent"},
        {"api_name": "active", "type": "boolean"},
        {"api_name": "day", "type": "date"},
        {"api_name": "moment", "type": "datetime"},
        {"api_name": "hour", "type": "time"},
        {"api_name": "length", "type": "duration"},
        {"api_name": "stage", "type": "select", "settings": {"options": [{"value": "new", "label": "New"}, {"value": "old", "label": "Old"}]}},
        {"api_name": "tags", "type": "multi_select", "settings": {"options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}},
        {"api_name": "mail", "type": "email"},
        {"api_name": "document", "type": "json"},
        {"api_name": "place", "type": "address"},
        {"api_name": "person", "type": "full_name"},
        {"api_name": "number", "type": "auto_number", "settings": {"format": "G-{000}"}},
        {"api_name": "owner", "type": "relation", "settings": {"to": "contact"}},
    ]);
    tenant.object("gadget", fields).await;
    tenant
}

/// Some values for each of the fields, by a number.
fn values(n: u64, owner: &str) -> Vec<(&'static str, Json)> {
    let pick = |all: &[Json]| all[usize::try_from(n).unwrap() % all.len()].clone();
    vec![
        (
            "name",
            pick(&[json!("Ann"), json!("a \"b\" \\ ü\n"), Json::Null]),
        ),
        ("count", pick(&[json!(n), Json::Null, json!(-7)])),
        (
            "big",
            pick(&[json!("9000000000000000000"), json!(12), Json::Null]),
        ),
        (
            "size",
            pick(&[json!("12345678901234567890.1234"), json!("1.5"), Json::Null]),
        ),
        ("ratio", pick(&[json!(0.1), json!(1e300), Json::Null])),
        (
            "price",
            pick(&[
                json!({"amount": "12.50", "currency_code": "EUR"}),
                json!({"amount": n, "currency_code": "USD"}),
                Json::Null,
            ]),
        ),
        ("share", pick(&[json!(12.5), Json::Null])),
        ("active", pick(&[json!(true), json!(false), Json::Null])),
        (
            "day",
            pick(&[json!("2026-02-28"), json!("0001-01-01"), Json::Null]),
        ),
        (
            "moment",
            pick(&[
                json!("2026-02-28T10:30:00.123456Z"),
                json!("1999-12-31T23:59:59+02:00"),
                Json::Null,
            ]),
        ),
        (
            "hour",
            pick(&[json!("14:30:00.5"), json!("00:00"), Json::Null]),
        ),
        (
            "length",
            pick(&[
                json!("P1DT2H"),
                json!("-PT1.5S"),
                json!("P1Y2M"),
                Json::Null,
            ]),
        ),
        ("stage", pick(&[json!("new"), json!("old"), Json::Null])),
        ("tags", pick(&[json!(["a", "b"]), json!([]), Json::Null])),
        ("mail", pick(&[json!("a@example.com"), Json::Null])),
        (
            "document",
            pick(&[
                json!({"b": [1, 2.50, null], "a": {}}),
                json!("text"),
                Json::Null,
            ]),
        ),
        (
            "place",
            pick(&[
                json!({"city": "Riga", "latitude": 56.95}),
                json!({"street": "x", "city": null}),
                Json::Null,
            ]),
        ),
        (
            "person",
            pick(&[
                json!({"first": "Ada", "last": "Lovelace"}),
                json!({"last": "B"}),
                Json::Null,
            ]),
        ),
        ("owner_id", pick(&[json!(owner), Json::Null])),
    ]
}

/// The same small numbers in the same order each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

async fn as_of(tenant: &Tenant, path: &str, time: &Json) -> Answer {
    tenant
        .find(
            path,
            &[("as_of", time.as_str().unwrap()), ("deleted", "include")],
        )
        .await
}

#[tokio::test]
async fn each_version_reads_as_it_was_read_then_and_the_history_tells_the_differences() {
    let tenant = gadgets().await;
    let owner = tenant.id_of("contacts", json!({"last_name": "Ann"})).await;
    for seed in 0..4 {
        let mut dice = Dice(seed);
        let id = tenant
            .id_of("gadgets", json!({"name": "new", "place": {"city": "Bonn"}}))
            .await;
        let path = format!("/api/v1/gadgets/{id}");
        let read = async || tenant.get(&format!("{path}?deleted=include")).await.ok();
        let mut versions = vec![read().await];
        for _ in 0..25 {
            let binned = versions[versions.len() - 1]["deleted_at"].is_string();
            let answer = match dice.roll(6) {
                0 if !binned => tenant.delete(&path).await,
                _ if binned => tenant.post(&format!("{path}/restore"), json!({})).await,
                _ => {
                    let mut body = Map::new();
                    for (key, value) in values(dice.roll(12), &owner) {
                        if dice.roll(4) == 0 {
                            body.insert(key.to_owned(), value);
                        }
                    }
                    tenant.patch(&path, Json::Object(body)).await
                }
            };
            assert!(answer.status < 300, "{}", answer.text);
            versions.push(read().await);
        }
        for version in &versions {
            let then = as_of(&tenant, &path, &version["updated_at"]).await.ok();
            assert_eq!(then, *version);
        }
        let mut entries = history(&tenant, &path, 7).await;
        entries.reverse();
        assert_eq!(entries.len(), versions.len());
        for (index, entry) in entries.iter().enumerate() {
            let (was, is) = (
                index.checked_sub(1).map(|before| &versions[before]),
                &versions[index],
            );
            assert_eq!(entry["version"], is["version"]);
            assert_eq!(entry["at"], is["updated_at"]);
            let Some(was) = was else {
                assert_eq!(entry["before"], Json::Null);
                assert_eq!(entry["after"]["place"], is["place"]);
                assert_eq!(entry["after"]["number"], is["number"]);
                continue;
            };
            let told = ["version", "updated_at", "updated_by"];
            let changed = |side: &Json, other: &Json| -> Map<String, Json> {
                let pairs = side.as_object().unwrap().iter();
                let pairs = pairs
                    .filter(|(key, value)| !told.contains(&key.as_str()) && other[*key] != **value);
                pairs
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect()
            };
            assert_eq!(entry["before"], Json::Object(changed(was, is)));
            assert_eq!(entry["after"], Json::Object(changed(is, was)));
        }
    }
}

/// The whole history, page by page.
async fn history(tenant: &Tenant, path: &str, limit: usize) -> Vec<Json> {
    let mut entries = Vec::new();
    let mut after = String::new();
    loop {
        let page = tenant
            .get(&format!("{path}/history?limit={limit}{after}"))
            .await
            .ok();
        let data = page["data"].as_array().unwrap();
        assert!(data.len() <= limit);
        entries.extend(data.iter().cloned());
        match page["page"]["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return entries,
        }
    }
}

#[tokio::test]
async fn a_history_says_who_did_what_under_which_change_and_outlives_the_record() {
    let tenant = Tenant::new().await;
    let member = tenant.member().await;
    let change = Uuid::now_v7().to_string();
    let create = tenant
        .request(Method::POST, "/api/v1/contacts")
        .header("x-change-id", &change)
        .json(&json!({"last_name": "Ann", "city": "Riga"}));
    let made = Answer::to(create).await.created();
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/contacts/{id}");
    let me = tenant.get("/api/v1/auth/me").await.ok();
    let changed = member
        .patch(&path, json!({"city": "Oslo", "last_name": "Ann"}))
        .await;
    tenant.delete(&path).await.no_content();
    tenant
        .delete(&format!("{path}?permanent=true"))
        .await
        .no_content();

    let history = member.get(&format!("{path}/history")).await.ok();
    assert_eq!(history["page"], json!({"next": null}));
    let entries = history["data"].as_array().unwrap();
    let actions: Vec<_> = entries
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["destroyed", "deleted", "updated", "created"]);
    let versions: Vec<_> = entries
        .iter()
        .map(|entry| entry["version"].as_i64().unwrap())
        .collect();
    assert_eq!(versions, [3, 3, 2, 1]);
    let [destroyed, deleted, updated, created] = &entries[..] else {
        unreachable!("there are four")
    };
    assert_eq!(created["change_id"], change);
    assert_eq!(
        created["by"],
        json!({"id": me["user"]["id"], "name": me["user"]["name"], "email": me["user"]["email"]})
    );
    assert_eq!(created["before"], Json::Null);
    assert_eq!(created["after"]["last_name"], "Ann");
    assert_eq!(updated["change_id"], changed.header("x-change-id"));
    assert_ne!(updated["by"]["id"], created["by"]["id"]);
    assert_eq!(updated["before"], json!({"city": "Riga"}));
    assert_eq!(updated["after"], json!({"city": "Oslo"}));
    assert_eq!(deleted["before"], json!({"deleted_at": null}));
    assert!(deleted["after"]["deleted_at"].is_string());
    assert_eq!(destroyed["before"]["city"], "Oslo");
    assert_eq!(destroyed["after"], Json::Null);

    let then = |time: &Json| vec![("as_of".to_owned(), time.as_str().unwrap().to_owned())];
    let at = async |time: &Json, more: &[(&str, &str)]| {
        let time = then(time);
        let mut parameters: Vec<(&str, &str)> = vec![("as_of", &time[0].1)];
        parameters.extend(more);
        tenant.find(&path, &parameters).await
    };
    assert_eq!(at(&json!("2020-01-01T00:00:00Z"), &[]).await.status, 404);
    assert_eq!(
        at(&created["at"], &[("fields", "city,version")]).await.ok(),
        json!({"city": "Riga", "version": 1})
    );
    assert_eq!(
        at(&updated["at"], &[("fields", "city")]).await.ok(),
        json!({"city": "Oslo"})
    );
    assert_eq!(at(&deleted["at"], &[]).await.status, 404);
    assert_eq!(
        at(&deleted["at"], &[("deleted", "only"), ("fields", "city")])
            .await
            .ok(),
        json!({"city": "Oslo"})
    );
    assert_eq!(
        at(&destroyed["at"], &[("deleted", "include")]).await.status,
        404
    );

    // An unencoded plus sign is read as one.
    let raw = format!(
        "{path}?as_of={}&fields=city",
        created["at"].as_str().unwrap()
    );
    assert_eq!(tenant.get(&raw).await.ok(), json!({"city": "Riga"}));
    for (query, refusal) in [
        ("as_of=yesterday", "400 /as_of format"),
        ("as_of=2020-01-01", "400 /as_of format"),
        (
            "as_of=&fields=nonsense",
            "400 /fields unknown /as_of format",
        ),
    ] {
        assert_eq!(
            tenant.get(&format!("{path}?{query}")).await.refusal(),
            refusal
        );
    }
    assert_eq!(
        tenant
            .get(&format!("{path}/history?after=!&limit=0"))
            .await
            .refusal(),
        "400 /limit range /after cursor"
    );
    let never = format!("/api/v1/contacts/{}/history", Uuid::now_v7());
    assert_eq!(tenant.get(&never).await.status, 404);
}

#[tokio::test]
async fn fields_that_have_gone_or_become_others_are_left_out() {
    let tenant = Tenant::new().await;
    tenant
        .object(
            "thing",
            json!([{"api_name": "size", "type": "text"}, {"api_name": "note", "type": "text"}]),
        )
        .await;
    let id = tenant
        .id_of("things", json!({"name": "a", "size": "large", "note": "x"}))
        .await;
    let path = format!("/api/v1/things/{id}");
    let made = tenant.get(&path).await.ok();
    tenant
        .patch(&path, json!({"size": "small", "note": "y", "name": "b"}))
        .await
        .ok();
    for field in ["size", "note"] {
        let field = format!("/api/v1/metadata/objects/thing/fields/{field}?confirm={field}");
        assert!(tenant.delete(&field).await.status < 300);
    }
    let number =
        json!({"api_name": "size", "type": "decimal", "settings": {"precision": 4, "scale": 2}});
    tenant
        .post("/api/v1/metadata/objects/thing/fields", number)
        .await
        .created();
    let entries = history(&tenant, &path, 50).await;
    assert_eq!(entries[0]["before"], json!({"name": "a"}));
    assert_eq!(entries[0]["after"], json!({"name": "b"}));
    assert_eq!(entries[1]["after"], json!({"name": "a"}));
    let then = as_of(&tenant, &path, &made["updated_at"]).await.ok();
    assert_eq!((&then["name"], &then["size"]), (&json!("a"), &Json::Null));
    assert_eq!(then.get("note"), None);
}

#[tokio::test]
async fn a_relation_of_the_past_leads_to_the_record_as_it_is() {
    let tenant = Tenant::new().await;
    let company = tenant.id_of("companies", json!({"name": "Acme"})).await;
    let id = tenant
        .id_of(
            "contacts",
            json!({"last_name": "Ann", "company_id": company}),
        )
        .await;
    let path = format!("/api/v1/contacts/{id}");
    let made = tenant.get(&path).await.ok();
    tenant.patch(&path, json!({"company_id": null})).await.ok();
    tenant
        .patch(
            &format!("/api/v1/companies/{company}"),
            json!({"name": "Acme 2"}),
        )
        .await
        .ok();
    let time = made["updated_at"].as_str().unwrap();
    let then = tenant
        .find(
            &path,
            &[("as_of", time), ("fields", "company_id,company.name")],
        )
        .await
        .ok();
    assert_eq!(
        then,
        json!({"company_id": company, "company": {"name": "Acme 2"}})
    );
    let batch = json!({"operations": [{"method": "GET", "path": format!("/contacts/{id}?as_of=2026-01-01T00:00:00Z")}]});
    assert_eq!(
        tenant.post("/api/v1/batch", batch).await.refusal(),
        "400 /operations/0/path/as_of not_possible"
    );
}
