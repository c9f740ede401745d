//! Records that are made or changed, whichever their key calls for.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

use super::events::events;
use crate::support::world::{World, places, refusal, refused};

/// A world of people, who are told apart by their addresses and their badges, and may know each other.
async fn people() -> World {
    let world = World::new().await;
    let fields = json!([
        {"api_name": "email", "type": "email", "unique": true},
        {"api_name": "badge", "type": "decimal", "unique": true},
        {"api_name": "name", "type": "text"},
        {"api_name": "score", "type": "integer", "default_value": 7},
        {"api_name": "fee", "type": "currency"},
        {"api_name": "friends", "type": "many_to_many", "settings": {"to": "contact"}},
    ]);
    let person = json!({"api_name": "person", "plural_api_name": "people", "fields": fields});
    world.define(person).await.unwrap();
    world
}

/// Upserts on `email`, as in `created updated`.
async fn outcomes(world: &World, records: &[Json]) -> String {
    let (_, created) = world.upsert("person", "email", records).await.unwrap();
    let words = created
        .iter()
        .map(|new| if *new { "created" } else { "updated" });
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn what_is_new_takes_defaults_and_what_is_not_keeps_what_was_left_out() {
    let world = people().await;
    let ann = json!({"email": "Ann@example.com", "name": "Ann", "fee": {"amount": "1.50", "currency_code": "EUR"}});
    let (made, created) = world
        .upsert("person", "email", std::slice::from_ref(&ann))
        .await
        .unwrap();
    assert_eq!(created, [true]);
    assert_eq!(
        (&made[0]["score"], &made[0]["version"]),
        (&json!(7), &json!(1))
    );
    world
        .update("person", &made[0], json!({"score": 9}))
        .await
        .unwrap();
    let both = [
        json!({"email": "bob@example.com", "name": null}),
        json!({"email": "ann@example.com"}),
        json!({"name": "nobody"}),
        json!({"name": "nobody"}),
        json!({"email": null, "score": null}),
    ];
    let (written, created) = world.upsert("person", "email", &both).await.unwrap();
    assert_eq!(created, [true, false, true, true, true]);
    let values = |index: usize| {
        json!([
            written[index]["name"],
            written[index]["score"],
            written[index]["fee"]["amount"]
        ])
    };
    assert_eq!(values(0), json!([null, 7, null]));
    assert_eq!(values(1), json!(["Ann", 9, "1.50"]));
    assert_eq!(values(4), json!([null, null, null]));
    assert_eq!(
        (&written[1]["id"], &written[1]["version"]),
        (&made[0]["id"], &json!(3))
    );
    let all = events(&world).await;
    let actions: Vec<&str> = all.iter().map(|event| event.3.as_str()).collect();
    assert_eq!(actions.len(), 7, "{actions:?}");
    let changed = all.iter().rfind(|event| event.3 == "updated").unwrap();
    let (before, after) = (changed.4.as_ref().unwrap(), changed.5.as_ref().unwrap());
    assert_eq!(
        (&before["version"], &after["version"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(
        (before["name"].clone(), before.get("email")),
        (json!("Ann"), None),
        "the key stays, so it is not told"
    );
    assert!(
        all.iter()
            .all(|event| (event.3 == "created") == event.4.is_none())
    );
}

#[tokio::test]
async fn what_lies_in_the_bin_is_not_matched() {
    let world = people().await;
    let ann = json!({"email": "ann@example.com", "name": "Ann"});
    let made = world.create("person", ann.clone()).await.unwrap();
    world.delete("person", &made).await.unwrap();
    assert_eq!(
        outcomes(&world, std::slice::from_ref(&ann)).await,
        "created"
    );
    assert_eq!(outcomes(&world, &[ann]).await, "updated");
    // An id stays taken.
    let taken = json!({"id": made["id"], "name": "Ann"});
    let again = world.upsert("person", "id", &[json!({}), taken]).await;
    assert_eq!(refused(again), "409 /1/id unique");
    assert_eq!(world.list("person", json!({}), "").await.len(), 1);
}

#[tokio::test]
async fn records_are_matched_by_ids_too() {
    let world = people().await;
    let made = world
        .create("person", json!({"name": "Ann"}))
        .await
        .unwrap();
    let new = uuid::Uuid::now_v7();
    let records = [
        json!({"id": made["id"], "badge": 1}),
        json!({"id": new, "badge": 2}),
        json!({"badge": 3}),
    ];
    let (written, created) = world.upsert("person", "id", &records).await.unwrap();
    assert_eq!(created, [false, true, true]);
    assert_eq!(
        (&written[0]["name"], &written[1]["id"]),
        (&json!("Ann"), &json!(new))
    );
    let (_, created) = world.upsert("person", "id", &records[..2]).await.unwrap();
    assert_eq!(created, [false, false]);
    // Where another value is the key, an id is for what is new, and must be free.
    let other = json!({"id": new, "badge": 1});
    let (written, created) = world.upsert("person", "badge", &[other]).await.unwrap();
    assert_eq!((&written[0]["id"], created), (&made["id"], vec![false]));
    let taken = json!({"id": new, "badge": 9});
    assert_eq!(
        refused(world.upsert("person", "badge", &[json!({}), taken]).await),
        "409 /1/id unique"
    );
}

#[tokio::test]
async fn one_key_stands_once() {
    let world = people().await;
    world.create("person", json!({"badge": 1})).await.unwrap();
    let records = [
        json!({"badge": "1.0"}),
        json!({"badge": 2}),
        json!({"badge": 1}),
        json!({"name": "x"}),
        json!({"badge": "2.00"}),
        json!({"badge": "1.00"}),
    ];
    let error = refusal(world.upsert("person", "badge", &records).await);
    assert_eq!(error.status(), 409);
    assert_eq!(
        places(&error),
        ["/2/badge unique", "/4/badge unique", "/5/badge unique"]
    );
    assert_eq!(events(&world).await.len(), 1);
    let clash = [
        json!({"email": "a@example.com", "badge": 3}),
        json!({"email": "b@example.com", "badge": 1}),
    ];
    assert_eq!(
        refused(world.upsert("person", "email", &clash).await),
        "409 /1/badge unique"
    );
    assert_eq!(world.list("person", json!({}), "").await.len(), 1);
}

#[tokio::test]
async fn every_record_must_be_fit_to_be_made() {
    let world = people().await;
    world
        .patch_field("person", "name", json!({"required": true}))
        .await
        .unwrap();
    let ann = json!({"email": "ann@example.com", "name": "Ann"});
    world.create("person", ann).await.unwrap();
    let nameless = json!({"email": "ann@example.com"});
    assert_eq!(
        refused(world.upsert("person", "email", &[nameless]).await),
        "422 /name required"
    );
}

#[tokio::test]
async fn lists_of_links_change_only_where_they_were_given() {
    let world = people().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(world.create("contact", json!({})).await.unwrap()["id"].clone());
    }
    let person = |email: &str, friends: &[usize]| {
        let friends: Vec<_> = friends.iter().map(|index| &ids[*index]).collect();
        json!({"email": email, "friends_ids": friends})
    };
    let first = [
        person("a@example.com", &[0, 1]),
        person("b@example.com", &[2]),
    ];
    world.upsert("person", "email", &first).await.unwrap();
    let second = [
        person("a@example.com", &[1, 2]),
        json!({"email": "b@example.com", "name": "B"}),
        person("c@example.com", &[0]),
        json!({"email": "d@example.com"}),
    ];
    let (written, _) = world.upsert("person", "email", &second).await.unwrap();
    let friends = |indexes: &[usize]| -> Json {
        indexes
            .iter()
            .map(|index| json!({"id": ids[*index]}))
            .collect()
    };
    let expected = [friends(&[1, 2]), friends(&[2]), friends(&[0]), friends(&[])];
    let shown: Vec<_> = written.iter().map(|record| &record["friends"]).collect();
    assert_eq!(shown, expected.iter().collect::<Vec<_>>());
    let listed = world.list("person", json!({}), "email").await;
    let shown: Vec<_> = listed.iter().map(|record| &record["friends"]).collect();
    assert_eq!(
        shown,
        expected.iter().collect::<Vec<_>>(),
        "as it is stored"
    );
    let emptied = [person("a@example.com", &[])];
    let (written, _) = world.upsert("person", "email", &emptied).await.unwrap();
    assert_eq!(written[0]["friends"], json!([]));
}

/// One of few addresses, none, or nothing said; a name and a score, none, or nothing said.
fn record() -> impl Strategy<Value = Json> {
    let email = prop_oneof![
        6 => (0..8u8).prop_map(|n| Some(json!(format!("p{n}@example.com")))),
        1 => Just(Some(Json::Null)),
        1 => Just(None),
    ];
    let name = prop_oneof![
        "[a-zй'\"\\\\{},]{0,6}".prop_map(|name| Some(json!(name))),
        Just(Some(Json::Null)),
        Just(None)
    ];
    let score = prop_oneof![
        any::<i32>().prop_map(|n| Some(json!(n))),
        Just(Some(Json::Null)),
        Just(None)
    ];
    (email, name, score).prop_map(|(email, name, score)| {
        let values = [("email", email), ("name", name), ("score", score)];
        let given = values
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Json::Object(given.collect())
    })
}

/// What of a record an upsert can change.
fn part(record: &Json) -> Json {
    json!({"email": record["email"], "name": record["name"], "score": record["score"], "version": record["version"]})
}

#[tokio::test]
async fn any_sequence_of_upserts_does_what_a_map_would_do() {
    let world = people().await;
    let mut runner = TestRunner::deterministic();
    let arrays = prop::collection::vec(record(), 0..7);
    let mut by_email: BTreeMap<String, Json> = BTreeMap::new();
    let mut keyless = 0;
    let mut written = 0;
    for _ in 0..60 {
        let input = arrays.new_tree(&mut runner).unwrap().current();
        let mut seen: Vec<&str> = Vec::new();
        let mut repeated = Vec::new();
        for (index, record) in input.iter().enumerate() {
            let Some(email) = record["email"].as_str() else {
                continue;
            };
            if seen.contains(&email) {
                repeated.push(format!("/{index}/email unique"));
            }
            seen.push(email);
        }
        let outcome = world.upsert("person", "email", &input).await;
        if !repeated.is_empty() {
            assert_eq!(places(&refusal(outcome)), repeated, "{input:?}");
            continue;
        }
        let (answer, created) = outcome.unwrap();
        let mut expected = Vec::new();
        for record in &input {
            let given = record.as_object().unwrap().clone();
            let there = record["email"]
                .as_str()
                .and_then(|email| by_email.get(email));
            let is_new = there.is_none();
            let mut next: Map<String, Json> = match there {
                Some(there) => there.as_object().unwrap().clone(),
                None => Map::from_iter([
                    ("score".to_owned(), json!(7)),
                    ("version".to_owned(), json!(0)),
                ]),
            };
            next.extend(given);
            next["version"] = json!(next["version"].as_i64().unwrap() + 1);
            let next = part(&Json::Object(next));
            match record["email"].as_str() {
                Some(email) => drop(by_email.insert(email.to_owned(), next.clone())),
                None => keyless += 1,
            }
            expected.push((next, is_new));
        }
        written += input.len();
        let answer: Vec<_> = answer.iter().map(part).zip(created).collect();
        assert_eq!(answer, expected, "{input:?}");
    }
    let keyed = json!({"email": {"is_null": false}});
    let listed = world.list("person", keyed, "email").await;
    let listed: Vec<_> = listed.iter().map(part).collect();
    assert_eq!(listed, by_email.into_values().collect::<Vec<_>>());
    let others = world
        .list("person", json!({"email": {"is_null": true}}), "")
        .await;
    assert_eq!(others.len(), keyless);
    let events = events(&world).await;
    assert_eq!(events.len(), written);
    for (.., action, before, after) in events {
        let version = after.unwrap()["version"].as_i64().unwrap();
        let before = before.map(|before| before["version"].as_i64().unwrap());
        assert_eq!(before, (action == "updated").then_some(version - 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_upserts_one_key_at_the_same_moment_is_told_what_happened() {
    let world = people().await;
    let mut writers = JoinSet::new();
    for writer in 0..6 {
        let world = world.clone();
        writers.spawn(async move {
            let mut created = 0;
            for round in 0..15 {
                let mut records: Vec<_> = (0..4)
                    .map(|n| json!({"email": format!("p{round}n{n}@example.com"), "name": format!("{writer}")}))
                    .collect();
                if writer % 2 == 0 {
                    records.reverse();
                }
                let (_, new) = world.upsert("person", "email", &records).await.unwrap();
                created += new.into_iter().filter(|new| *new).count();
            }
            created
        });
    }
    let created: usize = writers.join_all().await.into_iter().sum();
    assert_eq!(created, 60);
    let people = world.list("person", json!({}), "email").await;
    assert_eq!(people.len(), 60);
    assert!(people.iter().all(|person| person["version"] == 6));
    let events = events(&world).await;
    assert_eq!(events.len(), 360);
    let complete = |event: &super::events::Event| (event.3 == "created") == event.4.is_none();
    assert!(events.iter().all(complete));
}
