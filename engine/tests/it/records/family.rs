//! Links to records in the bin, and what becomes of records when the one they refer to goes there.

use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, query};
use std::time::Duration;
use tessera_compiler::query::tree::Deleted;
use tessera_compiler::write::{Action, Expected};
use tokio::time::sleep;

use super::events::{Event, events};
use crate::support::records::{Wanted, record_id};
use crate::support::world::{World, refused};

/// A project has milestones and tasks, a task subtasks and entries. Entries keep their task; notes do not mind.
async fn projects() -> World {
    let world = World::new().await;
    let relation = |name: &str, to: &str, on_delete: &str| json!({"api_name": name, "type": "relation", "settings": {"to": to, "on_delete": on_delete}});
    let title = || json!({"api_name": "title", "type": "text", "unique": true});
    for (object, fields) in [
        ("project", json!([title()])),
        (
            "milestone",
            json!([title(), relation("project", "project", "cascade")]),
        ),
        (
            "piece",
            json!([
                title(),
                relation("project", "project", "cascade"),
                relation("milestone", "milestone", "cascade"),
                relation("parent", "piece", "cascade"),
                {"api_name": "projects", "type": "many_to_many", "settings": {"to": "project"}},
            ]),
        ),
        (
            "entry",
            json!([title(), relation("piece", "piece", "restrict")]),
        ),
        (
            "memo",
            json!([title(), relation("project", "project", "set_null")]),
        ),
        // Nothing goes along with a memo.
        (
            "remark",
            json!([
                title(),
                relation("memo", "memo", "set_null"),
                {"api_name": "memos", "type": "many_to_many", "settings": {"to": "memo"}},
            ]),
        ),
    ] {
        let plural = if object == "entry" {
            "entries".to_owned()
        } else {
            format!("{object}s")
        };
        let definition = json!({"api_name": object, "plural_api_name": plural, "fields": fields});
        world.define(definition).await.unwrap();
    }
    world
}

/// The titles of an object's records in the bin or out of it.
async fn titles(world: &World, object: &str, deleted: Deleted) -> String {
    let wanted = Wanted {
        deleted,
        sort: "title".into(),
        ..Wanted::default()
    };
    let page = world.page(object, &wanted).await.unwrap();
    let titles = page["data"].as_array().unwrap().iter();
    let titles: Vec<&str> = titles
        .map(|record| record["title"].as_str().unwrap())
        .collect();
    titles.join(" ")
}

#[tokio::test]
async fn a_link_to_a_record_in_the_bin_is_not_made() {
    let world = projects().await;
    let create = async |object: &str, body: Json| world.create(object, body).await.unwrap();
    let project = create("project", json!({"title": "p"})).await;
    let live = create("project", json!({"title": "q"})).await;
    let piece = create("piece", json!({"title": "a"})).await;
    let (binned, other) = (project["id"].clone(), live["id"].clone());
    world.delete("project", &project).await.unwrap();
    let nobody = json!("01939f8e-0000-7000-8000-000000000001");
    for id in [&binned, &nobody] {
        let one = world.create("piece", json!({"project_id": id})).await;
        assert_eq!(refused(one), "422 /project_id not_found");
        let many = vec![
            json!({"project_id": other}),
            json!({"title": "x"}),
            json!({"project_id": id}),
        ];
        let many = world.create_many("piece", many).await;
        assert_eq!(refused(many), "422 /2/project_id not_found");
        let update = world
            .update("piece", &piece, json!({"project_id": id}))
            .await;
        assert_eq!(refused(update), "422 /project_id not_found");
        let links = world
            .create("piece", json!({"projects_ids": [other, id]}))
            .await;
        assert_eq!(refused(links), "422 /projects_ids not_found");
        let links = world
            .update("piece", &piece, json!({"projects_ids": [id]}))
            .await;
        assert_eq!(refused(links), "422 /projects_ids not_found");
        for upsert in [
            [
                json!({"title": "new"}),
                json!({"title": "newer", "project_id": id}),
            ],
            [
                json!({"title": "b"}),
                json!({"title": "a", "project_id": id}),
            ],
        ] {
            let upsert = world.upsert("piece", "title", &upsert).await;
            assert_eq!(refused(upsert), "422 /1/project_id not_found");
        }
    }
    assert_eq!(titles(&world, "piece", Deleted::Include).await, "a");
    assert_eq!(events(&world).await.len(), 4, "three made and one deleted");
    world.restore("project", &project).await.unwrap();
    let body = json!({"project_id": binned, "projects_ids": [binned, other]});
    world.update("piece", &piece, body).await.unwrap();
    let none = json!({"project_id": null, "projects_ids": []});
    world.update("piece", &piece, none).await.unwrap();
}

#[tokio::test]
async fn what_cascades_goes_to_the_bin_along_and_comes_back_along() {
    let world = projects().await;
    let create = async |object: &str, body: Json| world.create(object, body).await.unwrap();
    let project = create("project", json!({"title": "p"})).await;
    let of_project = |title: &str| json!({"title": title, "project_id": project["id"]});
    let milestone = create("milestone", of_project("m")).await;
    create("memo", of_project("n")).await;
    let mut below = create(
        "piece",
        json!({"title": "a", "milestone_id": milestone["id"], "project_id": project["id"]}),
    )
    .await;
    for title in ["b", "c"] {
        below = create("piece", json!({"title": title, "parent_id": below["id"]})).await;
    }
    let before = create("piece", of_project("gone")).await;
    world.delete("piece", &before).await.unwrap();
    create("piece", json!({"title": "other"})).await;
    let had = events(&world).await.len();

    world.delete("project", &project).await.unwrap();
    assert_eq!(titles(&world, "milestone", Deleted::Exclude).await, "");
    assert_eq!(titles(&world, "piece", Deleted::Exclude).await, "other");
    assert_eq!(titles(&world, "piece", Deleted::Only).await, "a b c gone");
    assert_eq!(titles(&world, "memo", Deleted::Exclude).await, "n");
    let moved = events(&world).await.split_off(had);
    assert_eq!(moved.len(), 5);
    let first = moved[0].5.as_ref().unwrap()["deleted_at"].clone();
    for (_, _, _, action, before, after) in &moved {
        let (before, after) = (before.as_ref().unwrap(), after.as_ref().unwrap());
        assert_eq!(action, "deleted");
        assert_eq!(
            (&before["deleted_at"], &after["deleted_at"]),
            (&Json::Null, &first)
        );
        assert_eq!(
            (&before["version"], &after["version"]),
            (&json!(1), &json!(2))
        );
    }

    world.restore("project", &project).await.unwrap();
    assert_eq!(titles(&world, "milestone", Deleted::Exclude).await, "m");
    assert_eq!(
        titles(&world, "piece", Deleted::Exclude).await,
        "a b c other"
    );
    assert_eq!(titles(&world, "piece", Deleted::Only).await, "gone");
    let moved = events(&world).await.split_off(had + 5);
    assert_eq!(moved.len(), 5);
    let is_restored = |(_, _, _, action, _, after): &Event| {
        action == "restored" && after.as_ref().unwrap()["version"] == 3
    };
    assert!(moved.iter().all(is_restored));

    // A name that was taken meanwhile.
    world.delete("project", &project).await.unwrap();
    create("milestone", json!({"title": "m"})).await;
    let restored = world.restore("project", &project).await;
    assert_eq!(refused(restored), "409  unique");
    assert_eq!(titles(&world, "piece", Deleted::Exclude).await, "other");
}

#[tokio::test]
async fn what_is_destroyed_along_leaves_its_events() {
    let world = projects().await;
    let create = async |object: &str, body: Json| world.create(object, body).await.unwrap();
    let project = create("project", json!({"title": "p"})).await;
    let of_project = |title: &str| json!({"title": title, "project_id": project["id"]});
    let milestone = create("milestone", of_project("m")).await;
    let piece = create("piece", of_project("a")).await;
    let below = json!({"title": "b", "parent_id": piece["id"], "milestone_id": milestone["id"]});
    let below = create("piece", below).await;
    world.delete("piece", &below).await.unwrap();
    create("piece", json!({"title": "other"})).await;
    create("memo", of_project("n")).await;
    let had = events(&world).await.len();

    // None of it happened.
    let entry = create("entry", json!({"title": "e", "piece_id": piece["id"]})).await;
    assert_eq!(
        refused(world.destroy("project", &project).await),
        "409  restricted"
    );
    assert_eq!(events(&world).await.len(), had + 1);
    world.destroy("entry", &entry).await.unwrap();

    let had = events(&world).await.len();
    world.destroy("project", &project).await.unwrap();
    assert_eq!(titles(&world, "piece", Deleted::Include).await, "other");
    assert_eq!(titles(&world, "milestone", Deleted::Include).await, "");
    let gone = events(&world).await.split_off(had);
    let told = gone.iter().map(|(_, object, id, action, before, after)| {
        let before = before.as_ref().unwrap();
        if action == "updated" {
            return format!("{action} {object}");
        }
        assert_eq!(before["id"], json!(id));
        assert!(after.is_none());
        let title = before["title"].as_str().unwrap();
        format!("{action} {object} {title}")
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    assert_eq!(
        told,
        [
            "destroyed milestone m",
            "destroyed piece a",
            "destroyed piece b",
            "destroyed project p",
            "updated memo"
        ]
    );
}

/// A record, in the bin or out of it.
async fn record(world: &World, object: &str, id: &Json) -> Json {
    let wanted = Wanted {
        filter: json!({"id": {"eq": id}}),
        deleted: Deleted::Include,
        ..Wanted::default()
    };
    world.page(object, &wanted).await.unwrap()["data"][0].take()
}

/// The events of a world from a place on: what was done with which record by its title, and what became of its links.
async fn changes_since(world: &World, had: usize, column: &str) -> Vec<String> {
    let events = events(world).await.split_off(had).into_iter();
    let mut told = Vec::new();
    for (_, object, id, action, before, after) in events {
        let (before, after) = (before.unwrap().0, after.map(|after| after.0));
        if action == "destroyed" {
            told.push(format!(
                "destroyed {object} {}",
                before["title"].as_str().unwrap()
            ));
            continue;
        }
        let after = after.unwrap();
        assert_eq!(action, "updated");
        assert_eq!(
            after["version"].as_i64().unwrap(),
            before["version"].as_i64().unwrap() + 1
        );
        assert_ne!(after["updated_at"], before["updated_at"]);
        let record = record(world, &object, &json!(id)).await;
        assert_eq!(record["version"], after["version"]);
        let title = record["title"].as_str().unwrap();
        let moved = match before.get(column) {
            Some(was) => format!(" {} {}", was.is_null(), after[column].is_null()),
            None => String::new(),
        };
        told.push(format!("updated {object} {title}{moved}"));
    }
    told.sort();
    told
}

#[tokio::test]
async fn what_is_emptied_or_unlinked_has_a_new_version_and_an_event() {
    let world = projects().await;
    let create = async |object: &str, body: Json| world.create(object, body).await.unwrap();
    let project = create("project", json!({"title": "p"})).await;
    let other = create("project", json!({"title": "q"})).await;
    let of_project = |title: &str| json!({"title": title, "project_id": project["id"]});
    let linked = |title: &str, projects: &[&Json]| {
        let ids: Vec<&Json> = projects.iter().map(|project| &project["id"]).collect();
        json!({"title": title, "projects_ids": ids})
    };
    for title in ["n1", "n2"] {
        create("memo", of_project(title)).await;
    }
    let binned = create("memo", of_project("n3")).await;
    world.delete("memo", &binned).await.unwrap();
    create("memo", json!({"title": "n4", "project_id": other["id"]})).await;
    create("piece", linked("a", &[&project, &other])).await;
    create("piece", linked("b", &[&other])).await;
    // It goes along, so that nothing is left to be unlinked.
    let mut along = linked("c", &[&project]);
    along["project_id"] = project["id"].clone();
    create("piece", along).await;
    let had = events(&world).await.len();

    let stale = Action::Destroy {
        id: record_id(&project),
        expected: Some(Expected::IfMatch(vec![7])),
    };
    let stale = world.write("project", |_, _| Ok(stale.clone())).await;
    assert!(stale.is_err());
    assert_eq!(events(&world).await.len(), had);
    world.destroy("project", &project).await.unwrap();
    assert_eq!(
        changes_since(&world, had, "project_id").await,
        [
            "destroyed piece c",
            "destroyed project p",
            "updated memo n1 false true",
            "updated memo n2 false true",
            "updated memo n3 false true",
            "updated piece a",
        ]
    );
    let had = events(&world).await.len();
    world.destroy("project", &other).await.unwrap();
    assert_eq!(
        changes_since(&world, had, "project_id").await,
        [
            "destroyed project q",
            "updated memo n4 false true",
            "updated piece a",
            "updated piece b",
        ]
    );
    // Nothing refers to an entry.
    let entry = create("entry", json!({"title": "e"})).await;
    let had = events(&world).await.len();
    world.destroy("entry", &entry).await.unwrap();
    assert_eq!(changes_since(&world, had, "").await, ["destroyed entry e"]);
}

/// Relations of an object to itself, and several of one object to another.
#[tokio::test]
async fn a_record_that_loses_several_links_changes_once() {
    let world = World::new().await;
    let relation = |name: &str, to: &str, on_delete: &str| json!({"api_name": name, "type": "relation", "settings": {"to": to, "on_delete": on_delete}});
    let title = || json!({"api_name": "title", "type": "text"});
    let person = json!([
        title(),
        relation("boss", "person", "set_null"),
        relation("heir_of", "person", "cascade")
    ]);
    let definition = json!({"api_name": "person", "plural_api_name": "persons", "fields": person});
    world.define(definition).await.unwrap();
    let fields = json!([title(), relation("author", "person", "set_null"), relation("editor", "person", "set_null"),
                        {"api_name": "readers", "type": "many_to_many", "settings": {"to": "person"}}]);
    world
        .define(json!({"api_name": "paper", "fields": fields}))
        .await
        .unwrap();
    let create = async |object: &str, body: Json| world.create(object, body).await.unwrap();
    let root = create("person", json!({"title": "root"})).await;
    let id = root["id"].clone();
    // Its own boss.
    world
        .update("person", &root, json!({"boss_id": id}))
        .await
        .unwrap();
    let heir = create(
        "person",
        json!({"title": "heir", "heir_of_id": id, "boss_id": id}),
    )
    .await;
    let free = create("person", json!({"title": "free", "boss_id": heir["id"]})).await;
    let ids = json!([id, heir["id"], free["id"]]);
    let all = json!({"title": "all", "author_id": id, "editor_id": heir["id"], "readers_ids": ids});
    let all = create("paper", all).await;
    let some = json!({"title": "some", "author_id": free["id"], "editor_id": id});
    let some = create("paper", some).await;
    let had = events(&world).await.len();
    world.destroy("person", &root).await.unwrap();
    assert_eq!(
        changes_since(&world, had, "editor_id").await,
        [
            "destroyed person heir",
            "destroyed person root",
            "updated paper all false true",
            "updated paper some false true",
            "updated person free",
        ]
    );
    let kept = record(&world, "paper", &some["id"]).await;
    assert_eq!(
        (&kept["author_id"], &kept["editor_id"]),
        (&free["id"], &Json::Null)
    );
    let emptied = record(&world, "paper", &all["id"]).await;
    assert_eq!(
        (
            &emptied["author_id"],
            &emptied["editor_id"],
            &emptied["readers"]
        ),
        (&Json::Null, &Json::Null, &json!([{"id": free["id"]}]))
    );
}

#[tokio::test]
async fn a_link_that_is_made_at_the_same_moment_is_emptied_with_an_event() {
    let columns = "id, created_at, updated_at, version, title";
    let values = "gen_random_uuid(), now(), now(), 1, 'late'";
    for (target, link, had, told) in [
        (
            "project",
            format!("insert into memo ({columns}, project_id) values ({values}, '#')"),
            1,
            ["destroyed project t", "updated memo late false true"],
        ),
        (
            "memo",
            format!("insert into remark ({columns}, memo_id) values ({values}, '#')"),
            1,
            ["destroyed memo t", "updated remark late false true"],
        ),
        (
            "memo",
            "insert into _link__remark__memos select id, '#' from remark".to_owned(),
            2,
            ["destroyed memo t", "updated remark r true true"],
        ),
    ] {
        let world = projects().await;
        if had == 2 {
            world.create("remark", json!({"title": "r"})).await.unwrap();
        }
        let made = world.create(target, json!({"title": "t"})).await.unwrap();
        let begin = link.replace('#', made["id"].as_str().unwrap());
        let these = world.clone();
        let destroy = async move { these.destroy(target, &made).await.unwrap().to_string() };
        at_the_same_moment(&world, &begin, destroy).await;
        let column = format!("{target}_id");
        assert_eq!(changes_since(&world, had, &column).await, told, "{link}");
    }
}

#[tokio::test]
async fn what_is_restricted_stays_out_of_the_bin() {
    let world = projects().await;
    let create = async |object: &str, body: Json| world.create(object, body).await.unwrap();
    let project = create("project", json!({"title": "p"})).await;
    let piece = create("piece", json!({"title": "a", "project_id": project["id"]})).await;
    let entry = create("entry", json!({"title": "e", "piece_id": piece["id"]})).await;
    let had = events(&world).await.len();
    let by_title = |title: &str| json!({"title": {"eq": title}});
    for binned in [false, true] {
        if binned {
            world.delete("entry", &entry).await.unwrap();
        }
        assert_eq!(
            refused(world.delete("piece", &piece).await),
            "409  restricted"
        );
        assert_eq!(
            refused(world.delete_where("piece", by_title("a")).await),
            "409  restricted"
        );
        // It would have gone along.
        assert_eq!(
            refused(world.delete("project", &project).await),
            "409  restricted"
        );
        assert_eq!(
            refused(world.destroy("piece", &piece).await),
            "409  restricted"
        );
    }
    assert_eq!(events(&world).await.len(), had + 1);
    world.destroy("entry", &entry).await.unwrap();
    world.delete("project", &project).await.unwrap();
    assert_eq!(titles(&world, "piece", Deleted::Only).await, "a");
}

/// Holds rows of an object from a transaction of its own while `meanwhile` waits for them.
async fn at_the_same_moment(
    world: &World,
    begin: &str,
    meanwhile: impl Future<Output = String> + Send + 'static,
) -> String {
    let mut other = world.database.superuser().await;
    let begin = format!(
        "begin; set search_path to \"{}\"; {begin}",
        world.schema().await
    );
    sqlx::raw_sql(AssertSqlSafe(begin))
        .execute(&mut other)
        .await
        .unwrap();
    let waiting = tokio::spawn(meanwhile);
    sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished(), "it does not wait");
    query("commit").execute(&mut other).await.unwrap();
    waiting.await.unwrap()
}

#[tokio::test]
async fn a_target_that_goes_to_the_bin_at_the_same_moment_is_not_linked_to() {
    let world = projects().await;
    let project = world
        .create("project", json!({"title": "p"}))
        .await
        .unwrap();
    let id = project["id"].as_str().unwrap().to_owned();
    let body = json!({"title": "late", "project_id": id});
    let begin = format!(
        "select from project where id = '{id}' for update; update project set deleted_at = now() where id = '{id}'"
    );
    let these = world.clone();
    let create = async move { refused(these.create("piece", body).await) };
    let told = at_the_same_moment(&world, &begin, create).await;
    assert_eq!(told, "422 /project_id not_found");
}

#[tokio::test]
async fn a_link_that_is_made_at_the_same_moment_is_seen_by_the_bin() {
    for (object, column, target, told) in [
        ("entry", "piece_id", "piece", "409  restricted"),
        ("piece", "project_id", "project", "late"),
        ("piece", "parent_id", "piece", "late"),
    ] {
        let world = projects().await;
        let made = world.create(target, json!({"title": "t"})).await.unwrap();
        let id = made["id"].as_str().unwrap();
        let begin = format!(
            "insert into \"{object}\" (id, created_at, updated_at, version, title, {column}) values (gen_random_uuid(), now(), now(), 1, 'late', '{id}')"
        );
        let these = world.clone();
        let (target, object) = (target.to_owned(), object.to_owned());
        let delete = async move {
            match these.delete(&target, &made).await {
                Ok(_) => {
                    let binned = titles(&these, &object, Deleted::Only).await;
                    binned.trim_end_matches(" t").to_owned()
                }
                refusal => refused(refusal),
            }
        };
        assert_eq!(
            at_the_same_moment(&world, &begin, delete).await,
            told,
            "{column}"
        );
    }
}

#[tokio::test]
async fn a_link_that_is_made_at_the_same_moment_is_destroyed_along_with_its_event() {
    let world = projects().await;
    let made = world
        .create("project", json!({"title": "t"}))
        .await
        .unwrap();
    let id = made["id"].as_str().unwrap();
    let begin = format!(
        "insert into milestone (id, created_at, updated_at, version, title, project_id) values (gen_random_uuid(), now(), now(), 1, 'late', '{id}')"
    );
    let these = world.clone();
    let destroy = async move { these.destroy("project", &made).await.unwrap().to_string() };
    at_the_same_moment(&world, &begin, destroy).await;
    let events = events(&world).await.into_iter();
    let mut told: Vec<String> = events
        .map(|event| format!("{} {}", event.3, event.1))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "created project",
            "destroyed milestone",
            "destroyed project"
        ]
    );
    assert_eq!(titles(&world, "milestone", Deleted::Include).await, "");
}

#[tokio::test]
async fn records_made_together_may_link_to_each_other() {
    let world = World::new().await;
    let fields = json!([
        {"api_name": "code", "type": "text", "unique": true},
        {"api_name": "part_of", "type": "relation", "settings": {"to": "piece"}},
        {"api_name": "twins", "type": "many_to_many", "settings": {"to": "piece"}},
    ]);
    world
        .define(json!({"api_name": "piece", "fields": fields}))
        .await
        .unwrap();
    let id = || uuid::Uuid::now_v7().to_string();
    let [first, second, alone, absent] = [id(), id(), id(), id()];
    // Each to the other, whichever comes first.
    let pair = vec![
        json!({"id": first, "part_of_id": second, "twins_ids": [second]}),
        json!({"id": second, "part_of_id": first, "twins_ids": [second, first]}),
    ];
    let made = world.create_many("piece", pair).await.unwrap();
    assert_eq!(made[0]["part_of_id"], second.as_str());
    let itself = json!({"id": alone, "part_of_id": alone});
    let made = world.create("piece", itself).await.unwrap();
    assert_eq!(made["part_of_id"], alone.as_str());
    let stray = vec![json!({"id": id()}), json!({"part_of_id": absent})];
    assert_eq!(
        refused(world.create_many("piece", stray).await),
        "422 /1/part_of_id not_found"
    );
}
