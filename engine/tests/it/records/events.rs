//! Events: each change of a record leaves one, in the same statement.

use serde_json::{Value as Json, json};
use sqlx::AssertSqlSafe;
use sqlx::types::Json as JsonColumn;
use tessera_compiler::write::{Action, Write};
use uuid::Uuid;

use crate::support::records::everything;
use crate::support::world::{World, refused};

pub(super) type Event = (
    Uuid,
    String,
    Uuid,
    String,
    Option<JsonColumn<Json>>,
    Option<JsonColumn<Json>>,
);

pub(super) async fn events(world: &World) -> Vec<Event> {
    let text = format!(
        "select actor, object, record_id, action, before, after from {}._events order by seq",
        world.schema().await
    );
    sqlx::query_as(AssertSqlSafe(text))
        .fetch_all(&world.database.pool)
        .await
        .unwrap()
}

/// What each event holds, in order: the action and both sides, with the times of the server told from null only.
fn held(all: &[Event]) -> Vec<Json> {
    let side = |side: &Option<JsonColumn<Json>>| {
        let mut side = side.as_ref().map_or(Json::Null, |side| side.0.clone());
        for name in ["created_at", "updated_at", "deleted_at"] {
            if let Some(time) = side.get_mut(name).filter(|time| time.is_string()) {
                *time = json!("then");
            }
        }
        side
    };
    let held = all
        .iter()
        .map(|(_, _, _, action, before, after)| json!([action, side(before), side(after)]));
    held.collect()
}

/// A world of things that have a place, a keeper, and friends.
async fn things() -> World {
    let world = World::new().await;
    let fields = json!([
        {"api_name": "code", "type": "text", "unique": true},
        {"api_name": "score", "type": "integer", "default_value": 7},
        {"api_name": "number", "type": "auto_number", "settings": {"format": "T-{0}"}},
        {"api_name": "note", "type": "text"},
        {"api_name": "place", "type": "address"},
        {"api_name": "keeper", "type": "relation", "settings": {"to": "contact"}},
        {"api_name": "friends", "type": "many_to_many", "settings": {"to": "contact"}},
    ]);
    let thing = json!({"api_name": "thing", "fields": fields});
    world.define(thing).await.unwrap();
    world
}

#[tokio::test]
async fn every_verb_says_who_did_what_and_what_changed() {
    let world = things().await;
    let ann = world.create("contact", json!({})).await.unwrap();
    let before = events(&world).await.len();
    let thing = json!({"code": "a", "place": {"city": "Riga"}, "keeper_id": ann["id"], "friends_ids": [ann["id"]]});
    let made = world.create("thing", thing).await.unwrap();
    for changes in [
        json!({"code": "b", "score": 7}),
        json!({"place": {"city": "Cēsis"}, "keeper_id": null}),
        json!({"friends_ids": []}),
    ] {
        world.update("thing", &made, changes).await.unwrap();
    }
    let all = || json!({});
    world
        .update_where("thing", all(), json!({"note": "x"}))
        .await
        .unwrap();
    world.delete("thing", &made).await.unwrap();
    world.restore("thing", &made).await.unwrap();
    world.delete_where("thing", all()).await.unwrap();
    world.destroy("thing", &made).await.unwrap();

    let all = &events(&world).await[before..];
    for (actor, object, record, ..) in all {
        assert_eq!(
            (*actor, object.as_str()),
            (world.admin.principal.user.0, "thing")
        );
        assert_eq!(json!(record), made["id"]);
    }
    let (id, ann, admin) = (&made["id"], &ann["id"], world.admin.principal.user.0);
    let server =
        |version: u32| json!({"updated_at": "then", "updated_by": admin, "version": version});
    let bin = |deleted_at: Json, version| with(json!({"deleted_at": deleted_at}), server(version));
    let (then, live) = (|| json!("then"), || Json::Null);
    let place = |city: &str| {
        json!({"place__street": null, "place__street2": null, "place__city": city, "place__region": null, "place__postcode": null,
               "place__country": null, "place__latitude": null, "place__longitude": null})
    };
    let given = json!({"id": id, "code": "a", "score": 7, "number": "T-1", "keeper_id": ann, "created_at": "then", "created_by": admin});
    let last = json!({"id": id, "code": "b", "score": 7, "number": "T-1", "note": "x", "keeper_id": null, "created_at": "then", "created_by": admin});
    let expected = [
        json!(["created", null, with(with(given, place("Riga")), server(1))]),
        json!([
            "updated",
            with(json!({"code": "a", "score": 7}), server(1)),
            with(json!({"code": "b", "score": 7}), server(2))
        ]),
        json!([
            "updated",
            with(json!({"keeper_id": ann, "place__city": "Riga"}), server(2)),
            with(
                json!({"keeper_id": null, "place__city": "Cēsis"}),
                server(3)
            )
        ]),
        json!(["updated", server(3), server(4)]),
        json!([
            "updated",
            with(json!({"note": null}), server(4)),
            with(json!({"note": "x"}), server(5))
        ]),
        json!(["deleted", bin(live(), 5), bin(then(), 6)]),
        json!(["restored", bin(then(), 6), bin(live(), 7)]),
        json!(["deleted", bin(live(), 7), bin(then(), 8)]),
        json!([
            "destroyed",
            with(with(last, place("Cēsis")), bin(then(), 8)),
            null
        ]),
    ];
    assert_eq!(held(all), expected);
}

/// An object with the members of another too.
fn with(mut object: Json, more: Json) -> Json {
    let Json::Object(more) = more else {
        panic!("no object: {more}")
    };
    object.as_object_mut().unwrap().extend(more);
    object
}

#[tokio::test]
async fn upserts_are_made_or_changed_by_the_same_rules() {
    let world = things().await;
    let one = |record: Json| [record];
    world
        .upsert("thing", "code", &one(json!({"code": "a", "note": "x"})))
        .await
        .unwrap();
    world
        .upsert("thing", "code", &one(json!({"code": "a", "note": "y"})))
        .await
        .unwrap();
    // The second is new, and leaves out what the first names; nobody leaves out the note, nobody gives the score.
    let both = [
        json!({"code": "a", "note": "z", "place": {"city": "Riga"}}),
        json!({"code": "b", "note": "n"}),
    ];
    let (written, _) = world.upsert("thing", "code", &both).await.unwrap();
    let all = events(&world).await;
    let keys = |side: &Json| -> Vec<String> {
        let keys = side
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| !key.starts_with("place__") || *key == "place__city");
        keys.cloned().collect()
    };
    let mut held = held(&all);
    held[2..].sort_by_key(|event| event[0].to_string());
    let actions: Vec<&Json> = held.iter().map(|event| &event[0]).collect();
    assert_eq!(actions, ["created", "updated", "created", "updated"]);
    let of_new = [
        "id",
        "code",
        "score",
        "number",
        "note",
        "created_at",
        "updated_at",
        "created_by",
        "updated_by",
        "version",
    ];
    assert_eq!(keys(&held[0][2]), of_new);
    assert_eq!(
        (&held[0][1], &held[0][2]["score"]),
        (&Json::Null, &json!(7))
    );
    let of_known = ["note", "updated_at", "updated_by", "version"];
    assert_eq!(
        (keys(&held[1][1]), keys(&held[1][2])),
        (
            of_known.map(String::from).into(),
            of_known.map(String::from).into()
        )
    );
    assert_eq!(
        (&held[1][1]["note"], &held[1][2]["note"]),
        (&json!("x"), &json!("y"))
    );

    let (made, changed) = (&held[2], &held[3]);
    assert_eq!((&made[1], &made[2]["id"]), (&Json::Null, &written[1]["id"]));
    let values = |side: &Json| {
        json!([
            side["code"],
            side["score"],
            side["note"],
            side["place__city"],
            side["version"]
        ])
    };
    assert_eq!(values(&made[2]), json!(["b", 7, "n", null, 1]));
    let of_known = ["note", "place__city", "updated_at", "updated_by", "version"];
    assert_eq!(
        (keys(&changed[1]), keys(&changed[2])),
        (
            of_known.map(String::from).into(),
            of_known.map(String::from).into()
        )
    );
    assert_eq!(values(&changed[1]), json!([null, null, "y", null, 2]));
    assert_eq!(values(&changed[2]), json!([null, null, "z", "Riga", 3]));
}

#[tokio::test]
async fn hundreds_of_columns_are_held() {
    let world = World::new().await;
    let names: Vec<String> = (0..300).map(|n| format!("f{n}")).collect();
    let fields: Vec<Json> = names
        .iter()
        .map(|name| json!({"api_name": name, "type": "text"}))
        .collect();
    let wide = json!({"api_name": "wide", "plural_api_name": "wides", "fields": fields});
    world.define(wide).await.unwrap();
    let record = |value: &str| -> Json {
        names
            .iter()
            .map(|name| (name.clone(), json!(value)))
            .collect()
    };
    let made = world.create("wide", record("x")).await.unwrap();
    world.update("wide", &made, record("y")).await.unwrap();
    world.destroy("wide", &made).await.unwrap();
    let held = held(&events(&world).await);
    let values = [json!(null), json!("x"), json!("y"), json!(null)];
    for (event, sides) in values.windows(2).enumerate() {
        for name in &names {
            assert_eq!(
                (&held[event][1][name], &held[event][2][name]),
                (&sides[0], &sides[1]),
                "{name} of event {event}"
            );
        }
    }
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_event() {
    let world = World::new().await;
    let fields = json!([{"api_name": "code", "type": "text", "unique": true}]);
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    world
        .create_many("thing", vec![json!({"code": "a"}), json!({"code": "b"})])
        .await
        .unwrap();
    assert_eq!(events(&world).await.len(), 2);
    let nobody = json!("01900000-0000-7000-8000-000000000000");
    assert_eq!(
        refused(world.update("thing", &nobody, json!({})).await),
        "404 not_found"
    );
    assert_eq!(
        refused(
            world
                .create_many("thing", vec![json!({"code": "c"}), json!({"code": "a"})])
                .await
        ),
        "409 /1/code unique"
    );
    assert_eq!(
        refused(
            world
                .update_where("thing", json!({}), json!({"code": "z"}))
                .await
        ),
        "409 /code unique"
    );
    assert_eq!(
        world
            .delete_where("thing", json!({"code": {"eq": "z"}}))
            .await
            .unwrap(),
        0
    );
    assert_eq!(events(&world).await.len(), 2);
}

#[tokio::test]
async fn a_write_that_is_only_tried_answers_and_writes_nothing() {
    let world = World::new().await;
    let snapshot = world.model().await;
    let object = snapshot.whole().object("contact").cloned().unwrap();
    let record = tessera_schema::record::Record::create(
        &object,
        &json!({"first_name": "Ada"}),
        tessera_schema::naming::Spelling::Snake,
    )
    .unwrap();
    let write = Write {
        selection: everything(&snapshot, &object),
        object,
        action: Action::Create(record),
        rollback: true,
    };
    let written = world
        .engine
        .write(&world.admin, &snapshot, &write)
        .await
        .unwrap();
    let answer: Json = serde_json::from_slice(&written.body).unwrap();
    assert_eq!(
        (&answer["first_name"], written.version),
        (&json!("Ada"), Some(1))
    );
    assert!(world.list("contact", json!({}), "").await.is_empty());
    assert!(events(&world).await.is_empty());
}
