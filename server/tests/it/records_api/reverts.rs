//! Undoing: a record back to a version, and a change taken back.

use reqwest::Method;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::support::{Answer, Client, Tenant};

/// Keepers have things, which go to the bin with them; each thing has a number of its own.
async fn things() -> Tenant {
    let tenant = Tenant::new().await;
    tenant.object("keeper", json!([])).await;
    let fields = json!([
        {"api_name": "code", "type": "text", "unique": true},
        {"api_name": "score", "type": "integer", "default_value": 7},
        {"api_name": "place", "type": "address"},
        {"api_name": "price", "type": "currency"},
        {"api_name": "number", "type": "auto_number", "settings": {"format": "T-{000}"}},
        {"api_name": "keeper", "type": "relation", "settings": {"to": "keeper", "on_delete": "cascade"}},
        {"api_name": "other", "type": "relation", "settings": {"to": "thing"}},
    ]);
    tenant.object("thing", fields).await;
    tenant
}

/// A request under a change.
async fn under(client: &Client, change: &str, method: &str, path: &str, body: Json) -> Answer {
    let mut request = client
        .request(method.parse().unwrap(), &format!("/api/v1{path}"))
        .header("x-change-id", change);
    if !body.is_null() {
        request = request.json(&body);
    }
    let answer = Answer::to(request).await;
    assert!(answer.status < 300, "{method} {path}: {}", answer.text);
    answer
}

fn new_change() -> String {
    Uuid::new_v4().to_string()
}

/// Undoes a change; what it answers.
async fn undo(client: &Client, change: &str) -> Json {
    client
        .post(&format!("/api/v1/changes/{change}/revert"), Json::Null)
        .await
        .ok()
}

/// What a record is, the version and what stands for it apart; empty where there is none.
fn values(record: &Json) -> Json {
    let apart = [
        "version",
        "updated_at",
        "updated_by",
        "created_at",
        "created_by",
        "deleted_at",
    ];
    let mut values = record.as_object().cloned().unwrap_or_default();
    values.retain(|key, _| !apart.contains(&key.as_str()));
    values.insert("binned".to_owned(), json!(record["deleted_at"].is_string()));
    Json::Object(values)
}

/// All records of both objects, in the bin or not.
async fn all(tenant: &Tenant) -> BTreeMap<String, Json> {
    let mut all = BTreeMap::new();
    for plural in ["keepers", "things"] {
        let found = tenant
            .get(&format!("/api/v1/{plural}?deleted=include&limit=1000"))
            .await
            .ok();
        for record in found["data"].as_array().unwrap() {
            all.insert(record["id"].as_str().unwrap().to_owned(), values(record));
        }
    }
    all
}

#[tokio::test]
async fn a_record_gets_back_the_values_of_a_version() {
    let tenant = things().await;
    let keeper = tenant.id_of("keepers", json!({"name": "Ann"})).await;
    let made = tenant
        .create("things", json!({"name": "a", "code": "x", "place": {"city": "Riga", "street": "s"}, "keeper_id": keeper}))
        .await;
    let path = format!("/api/v1/things/{}", made["id"].as_str().unwrap());
    let revert = format!("{path}/revert");
    for changes in [
        json!({"name": "b", "place": {"city": "Oslo"}, "keeper_id": null}),
        json!({"price": {"amount": "5", "currency_code": "EUR"}, "place": null}),
    ] {
        tenant.patch(&path, changes).await.ok();
    }
    let tried = tenant
        .request(Method::POST, &revert)
        .header("prefer", "tx=rollback")
        .json(&json!({"version": 1}));
    let tried = Answer::to(tried).await;
    assert_eq!(tried.header("preference-applied"), "tx=rollback");
    assert_eq!(values(&tried.ok()), values(&made));
    assert_eq!(tenant.get(&path).await.ok()["version"], 3);

    let stale = tenant
        .request(Method::POST, &revert)
        .header("if-match", "\"2\"")
        .json(&json!({"version": 1}));
    assert_eq!(Answer::to(stale).await.status, 412);
    let fresh = tenant
        .request(Method::POST, &revert)
        .header("if-match", "\"3\"")
        .json(&json!({"version": 1}));
    let back = Answer::to(fresh).await;
    assert_eq!(back.header("etag"), "\"4\"");
    let change = back.header("x-change-id").to_owned();
    let back = back.ok();
    assert_eq!(
        (values(&back), &back["version"]),
        (values(&made), &json!(4))
    );
    let history = tenant.get(&format!("{path}/history")).await.ok();
    let last = &history["data"][0];
    assert_eq!(
        (&last["action"], &last["change_id"]),
        (&json!("updated"), &json!(change))
    );
    assert_eq!(last["before"]["place"], Json::Null);
    assert_eq!(last["after"]["place"], made["place"]);

    // Out of the bin, and with the part of the answer that is asked for.
    tenant.delete(&path).await.no_content();
    let out = tenant
        .post(
            &format!("{revert}?fields=name,deleted_at"),
            json!({"version": 2}),
        )
        .await
        .ok();
    assert_eq!(out, json!({"name": "b", "deleted_at": null}));

    for (body, refusal) in [
        (json!({"version": 99}), "422 /version unknown"),
        (json!({"version": "x"}), "400 /version type"),
        (json!({}), "400  type"),
        (json!({"version": 1, "x": 1}), "400 /x unknown_key"),
    ] {
        assert_eq!(
            tenant.post(&revert, body.clone()).await.refusal(),
            refusal,
            "{body}"
        );
    }
    tenant.patch(&path, json!({"code": "y"})).await.ok();
    tenant.create("things", json!({"code": "x"})).await;
    assert_eq!(
        tenant.post(&revert, json!({"version": 1})).await.refusal(),
        "409 /code unique"
    );
    tenant
        .delete(&format!("{path}?permanent=true"))
        .await
        .no_content();
    assert_eq!(
        tenant.post(&revert, json!({"version": 1})).await.status,
        404
    );
}

#[tokio::test]
async fn what_is_no_longer_valid_is_not_written_back() {
    let tenant = Tenant::new().await;
    let stages = |values: &[&str]| -> Vec<Json> {
        values
            .iter()
            .map(|value| json!({"value": value, "label": value}))
            .collect()
    };
    tenant
        .object("job", json!([{"api_name": "stage", "type": "select", "settings": {"options": stages(&["new", "old"])}}]))
        .await;
    let id = tenant
        .id_of("jobs", json!({"name": "a", "stage": "old"}))
        .await;
    let path = format!("/api/v1/jobs/{id}");
    let change = new_change();
    under(
        &tenant,
        &change,
        "PATCH",
        &format!("/jobs/{id}"),
        json!({"stage": "new", "name": "b"}),
    )
    .await;
    let fewer = json!({"settings": {"options": stages(&["new"])}});
    tenant
        .patch("/api/v1/metadata/objects/job/fields/stage", fewer)
        .await
        .ok();
    let refused = tenant
        .post(&format!("{path}/revert"), json!({"version": 1}))
        .await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert_eq!(tenant.get(&path).await.ok()["name"], "b");
    // Of a change, only the value that the record cannot have is left out.
    let undone = undo(&tenant, &change).await;
    assert_eq!(undone["reverted"], 1);
    assert_eq!(tenant.get(&path).await.ok()["name"], "a");
    assert_eq!(
        undone["conflicts"],
        json!([{"object": "job", "id": id, "fields": ["stage"]}])
    );
}

#[tokio::test]
async fn a_change_of_every_kind_is_undone_redone_and_undone() {
    let tenant = things().await;
    let mut ids = Map::new();
    for name in ["updated", "deleted", "restored", "destroyed", "kept"] {
        let thing = json!({"name": name, "code": name, "place": {"city": "Riga"}, "price": {"amount": "1.50", "currency_code": "EUR"}});
        ids.insert(name.to_owned(), json!(tenant.id_of("things", thing).await));
    }
    let id = |name: &str| ids[name].as_str().unwrap().to_owned();
    let keeper = tenant
        .id_of("keepers", json!({"name": "gone with things"}))
        .await;
    for name in ["kept", "updated"] {
        tenant
            .patch(
                &format!("/api/v1/things/{}", id(name)),
                json!({"keeper_id": keeper, "other_id": id("destroyed")}),
            )
            .await
            .ok();
    }
    tenant
        .delete(&format!("/api/v1/things/{}", id("restored")))
        .await
        .no_content();
    let before = all(&tenant).await;

    let change = new_change();
    let made = under(
        &tenant,
        &change,
        "POST",
        "/things",
        json!([{"name": "new"}, {"code": "other"}]),
    )
    .await
    .created();
    let steps = [
        (
            "PATCH",
            format!("/things/{}", id("updated")),
            json!({"place": {"city": "Oslo"}, "keeper_id": null, "score": 1}),
        ),
        (
            "PATCH",
            format!("/things/{}", id("updated")),
            json!({"score": 2, "code": "again"}),
        ),
        ("DELETE", format!("/things/{}", id("deleted")), Json::Null),
        (
            "POST",
            format!("/things/{}/restore", id("restored")),
            Json::Null,
        ),
        (
            "DELETE",
            format!("/things/{}?permanent=true", id("destroyed")),
            Json::Null,
        ),
        ("DELETE", format!("/keepers/{keeper}"), Json::Null),
    ];
    for (method, path, body) in steps {
        under(&tenant, &change, method, &path, body).await;
    }
    let after = all(&tenant).await;
    assert_ne!(after, before);

    let tried = tenant
        .request(Method::POST, &format!("/api/v1/changes/{change}/revert"))
        .header("prefer", "tx=rollback");
    let tried = Answer::to(tried).await;
    assert_eq!(tried.header("preference-applied"), "tx=rollback");
    let tried = tried.ok();
    assert_eq!(all(&tenant).await, after);

    let undone = undo(&tenant, &change).await;
    assert_eq!(undone["conflicts"], json!([]));
    assert_eq!(undone["reverted"], tried["reverted"]);
    let new: Vec<&str> = made["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["id"].as_str().unwrap())
        .collect();
    let mut now = all(&tenant).await;
    for id in &new {
        assert_eq!(now.remove(*id).unwrap()["binned"], true);
    }
    assert_eq!(now, before);

    let redone = undo(&tenant, undone["change_id"].as_str().unwrap()).await;
    assert_eq!(redone["conflicts"], json!([]));
    let mut again = all(&tenant).await;
    // What was destroyed and made again goes no further than the bin.
    assert_eq!(again.remove(&id("destroyed")).unwrap()["binned"], true);
    let mut wanted = after.clone();
    for records in [&mut wanted, &mut again] {
        // It refers to the record that is in the bin now, and was destroyed then.
        for name in ["kept", "updated"] {
            records.get_mut(&id(name)).unwrap()["other_id"] = Json::Null;
        }
    }
    assert_eq!(again, wanted);
    let last = undo(&tenant, redone["change_id"].as_str().unwrap()).await;
    assert_eq!(last["conflicts"], json!([]));
    let mut now = all(&tenant).await;
    now.retain(|id, _| !new.contains(&id.as_str()));
    assert_eq!(now, before);
}

#[tokio::test]
async fn what_was_changed_since_is_left_alone_and_named() {
    let tenant = things().await;
    let keeper = tenant.id_of("keepers", json!({"name": "Ann"})).await;
    let mut ids = Vec::new();
    for name in ["fields", "others", "gone", "binned", "back"] {
        ids.push(
            tenant
                .id_of(
                    "things",
                    json!({"name": name, "place": {"city": "Riga", "street": "s"}}),
                )
                .await,
        );
    }
    let path = |at: usize| format!("/api/v1/things/{}", ids[at]);
    let change = new_change();
    for id in &ids {
        let body = json!({"score": 1, "place": {"city": "Oslo"}, "keeper_id": keeper});
        under(&tenant, &change, "PATCH", &format!("/things/{id}"), body).await;
    }
    let made = under(
        &tenant,
        &change,
        "POST",
        "/things",
        json!([{"name": "touched"}, {"name": "untouched"}]),
    )
    .await
    .created();
    let made: Vec<&str> = made["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["id"].as_str().unwrap())
        .collect();

    tenant
        .patch(&path(0), json!({"score": 2, "place": {"street": "t"}}))
        .await
        .ok();
    tenant.patch(&path(1), json!({"name": "x"})).await.ok();
    tenant
        .delete(&format!("{}?permanent=true", path(2)))
        .await
        .no_content();
    tenant.delete(&path(3)).await.no_content();
    tenant
        .patch(
            &path(4),
            json!({"score": 7, "place": {"city": "Riga"}, "keeper_id": null}),
        )
        .await
        .ok();
    tenant
        .patch(
            &format!("/api/v1/things/{}", made[0]),
            json!({"code": "mine"}),
        )
        .await
        .ok();

    let undone = undo(&tenant, &change).await;
    let conflict = |id: &str, fields: &[&str]| {
        (
            id.to_owned(),
            json!({"object": "thing", "id": id, "fields": fields}),
        )
    };
    let expected: BTreeMap<String, Json> = [
        conflict(&ids[0], &["score"]),
        conflict(&ids[2], &["score", "place", "keeper_id"]),
        conflict(&ids[3], &["score", "place", "keeper_id"]),
        conflict(made[0], &["code"]),
    ]
    .into();
    let told = undone["conflicts"].as_array().unwrap().iter();
    let told: BTreeMap<String, Json> = told
        .map(|conflict| {
            (
                conflict["id"].as_str().unwrap().to_owned(),
                conflict.clone(),
            )
        })
        .collect();
    assert_eq!(told, expected);
    assert_eq!(undone["reverted"], 3);
    let first = tenant.get(&path(0)).await.ok();
    assert_eq!(
        (&first["score"], &first["keeper_id"]),
        (&json!(2), &Json::Null)
    );
    assert_eq!(
        (&first["place"]["city"], &first["place"]["street"]),
        (&json!("Riga"), &json!("t"))
    );
    let second = tenant.get(&path(1)).await.ok();
    assert_eq!(
        (&second["score"], &second["name"]),
        (&json!(7), &json!("x"))
    );
    assert_eq!(
        tenant
            .get(&format!("/api/v1/things/{}", made[0]))
            .await
            .status,
        200
    );
    assert_eq!(
        tenant
            .get(&format!("/api/v1/things/{}", made[1]))
            .await
            .status,
        404
    );
    // A second time there is nothing more to undo.
    let again = undo(&tenant, &change).await;
    assert_eq!(again["reverted"], 0);

    for (request, status) in [
        (
            tenant.request(
                Method::POST,
                &format!("/api/v1/changes/{}/revert", Uuid::now_v7()),
            ),
            404,
        ),
        (
            tenant.request(Method::POST, "/api/v1/changes/x/revert"),
            404,
        ),
        (
            tenant
                .request(Method::POST, &format!("/api/v1/changes/{change}/revert"))
                .header("x-change-id", &change),
            400,
        ),
    ] {
        assert_eq!(Answer::to(request).await.status, status);
    }
}

/// The same small numbers in the same order each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

#[tokio::test]
async fn a_random_change_leaves_nothing_once_it_is_undone() {
    let tenant = things().await;
    let mut dice = Dice(11);
    let mut ids: Vec<(&str, String)> = Vec::new();
    for n in 0..4 {
        ids.push((
            "keepers",
            tenant
                .id_of("keepers", json!({"name": format!("k{n}")}))
                .await,
        ));
    }
    for n in 0..10 {
        let thing =
            json!({"name": format!("t{n}"), "code": format!("c{n}"), "keeper_id": ids[n % 4].1});
        ids.push(("things", tenant.id_of("things", thing).await));
    }
    for round in 0..12 {
        let before = all(&tenant).await;
        let change = new_change();
        let mut done = Vec::new();
        for step in 0..8 {
            let (plural, id) = ids[dice.roll(ids.len())].clone();
            // A keeper takes its things along to the bin, also those that came out of it alone.
            let kinds = if plural == "keepers" { 2..5 } else { 0..5 };
            let keeper = ids[dice.roll(4)].1.clone();
            let thing = json!({"name": format!("n{round}-{step}"), "score": dice.roll(5), "keeper_id": keeper, "place": {"city": format!("x{}", dice.roll(3))}});
            let body = if plural == "keepers" {
                json!({"name": format!("k{}", dice.roll(9))})
            } else {
                thing
            };
            let (method, path, body) = match kinds.start + dice.roll(kinds.len()) {
                0 => ("DELETE", format!("/{plural}/{id}"), Json::Null),
                1 => ("POST", format!("/{plural}/{id}/restore"), Json::Null),
                2 => ("POST", format!("/{plural}"), body),
                _ => ("PATCH", format!("/{plural}/{id}"), body),
            };
            let mut request = tenant
                .request(method.parse().unwrap(), &format!("/api/v1{path}"))
                .header("x-change-id", &change);
            if !body.is_null() {
                request = request.json(&body);
            }
            let answer = Answer::to(request).await;
            done.push(format!("{method} {path} {body} {}", answer.status));
        }
        let mut undone = change.clone();
        // Undone, redone, and undone again.
        for _ in 0..3 {
            let answer = tenant
                .post(&format!("/api/v1/changes/{undone}/revert"), Json::Null)
                .await;
            if answer.status == 404 {
                break;
            }
            let answer = answer.ok();
            assert_eq!(answer["conflicts"], json!([]), "{done:#?}");
            undone = answer["change_id"].as_str().unwrap().to_owned();
        }
        let mut now = all(&tenant).await;
        now.retain(|id, record| before.contains_key(id) || record["binned"] != true);
        assert_eq!(now, before, "{done:#?}");
    }
}

#[tokio::test]
async fn a_thousand_records_go_back_together_and_only_once() {
    let tenant = things().await;
    let things: Vec<Json> = (0..1_000)
        .map(|n| json!({"name": format!("t{n}"), "code": format!("c{n}")}))
        .collect();
    tenant.post("/api/v1/things", json!(things)).await.created();
    let change = new_change();
    let made: Vec<Json> = (0..1_000)
        .map(|n| json!({"name": format!("new{n}")}))
        .collect();
    under(&tenant, &change, "POST", "/things", json!(made)).await;
    under(
        &tenant,
        &change,
        "PATCH",
        "/things?filter={\"code\":{\"starts_with\":\"c\"}}",
        json!({"score": 1}),
    )
    .await;
    under(
        &tenant,
        &change,
        "DELETE",
        "/things?filter={\"code\":{\"starts_with\":\"c9\"}}",
        Json::Null,
    )
    .await;
    let (one, other) = tokio::join!(undo(&tenant, &change), undo(&tenant, &change));
    let both = [&one, &other].map(|undone| undone["reverted"].as_u64().unwrap());
    assert_eq!(both.iter().sum::<u64>(), 2_000, "{both:?}");
    let count = async |filter: &str| {
        let found = tenant
            .find(
                "/api/v1/things",
                &[("filter", filter), ("count", "exact"), ("limit", "1")],
            )
            .await;
        found.ok()["total"].clone()
    };
    assert_eq!(count("{}").await, 1_000);
    assert_eq!(count(r#"{"score":{"eq":7}}"#).await, 1_000);
}

#[tokio::test]
async fn changes_are_listed_by_user_and_page() {
    let tenant = things().await;
    let member = tenant.member().await;
    let me = tenant.get("/api/v1/auth/me").await.ok();
    let mut mine = Vec::new();
    for n in 0..5 {
        let change = new_change();
        let id = under(
            &tenant,
            &change,
            "POST",
            "/things",
            json!({"name": n.to_string()}),
        )
        .await
        .created()["id"]
            .clone();
        under(&tenant, &change, "POST", "/keepers", json!([{}, {}])).await;
        under(
            &tenant,
            &change,
            "PATCH",
            &format!("/things/{}", id.as_str().unwrap()),
            json!({"score": n}),
        )
        .await;
        mine.insert(0, change);
    }
    let theirs = new_change();
    under(&member, &theirs, "POST", "/keepers", json!({})).await;
    let list = tenant.get("/api/v1/changes?by=me").await.ok();
    let ids = |list: &Json| -> Vec<Json> {
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| change["id"].clone())
            .collect()
    };
    assert_eq!(ids(&list), mine);
    let first = &list["data"][0];
    assert_eq!(first["by"]["email"], me["user"]["email"]);
    assert_eq!(first["objects"], json!(["keeper", "thing"]));
    assert_eq!(first["counts"], json!({"created": 3, "updated": 1}));
    assert!(first["at"].is_string());

    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let page = tenant
            .get(&format!("/api/v1/changes?limit=2{after}"))
            .await
            .ok();
        paged.extend(ids(&page));
        match page["page"]["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let everybody: Vec<Json> = std::iter::once(&theirs)
        .chain(&mine)
        .map(|id| json!(id))
        .collect();
    assert_eq!(paged, everybody);
    let by = format!("/api/v1/changes?by={}", me["user"]["id"].as_str().unwrap());
    assert_eq!(ids(&member.get(&by).await.ok()), mine);
    assert_eq!(
        ids(&member.get("/api/v1/changes?by=me").await.ok()),
        [json!(theirs)]
    );
    assert_eq!(
        tenant.get("/api/v1/changes?by=x&limit=0&y=1").await.status,
        400
    );
}
