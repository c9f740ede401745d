//! Fields made, changed and removed while records have values in them.

use serde_json::{Value as Json, json};

use crate::support::world::{World, places, refusal, refused};

/// A tenant with an object `thing`: two records, the second of which has no values.
async fn things(fields: Json, first: Json) -> (World, Json, Json) {
    let world = World::new().await;
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    let first = world.create("thing", first).await.unwrap();
    let second = world.create("thing", json!({})).await.unwrap();
    (world, first, second)
}

#[tokio::test]
async fn stored_values_stand_in_the_way_of_what_they_do_not_fit() {
    let option = |value: &str| json!({"value": value});
    let (world, first, second) = things(
        json!([
            {"api_name": "title", "type": "text"},
            {"api_name": "state", "type": "select", "settings": {"options": [option("a"), option("b")]}},
            {"api_name": "marks", "type": "multi_select", "settings": {"options": [option("a"), option("b")]}},
            {"api_name": "size", "type": "decimal", "settings": {"precision": 6, "scale": 2}},
            {"api_name": "other", "type": "relation", "settings": {"to": "contact"}},
        ]),
        json!({"title": "one", "state": "a", "marks": ["a", "b"], "size": "1234.56"}),
    )
    .await;
    let only_b = json!({"settings": {"options": [option("b")]}});
    for (field, patch, expected) in [
        (
            "title",
            json!({"required": true}),
            "409 /required has_empty",
        ),
        (
            "state",
            json!({"required": true}),
            "409 /required has_empty",
        ),
        (
            "other",
            json!({"required": true}),
            "409 /required has_empty",
        ),
        ("state", only_b.clone(), "409 /settings/options in_use"),
        ("marks", only_b.clone(), "409 /settings/options in_use"),
        (
            "size",
            json!({"settings": {"precision": 5, "scale": 2}}),
            "409 /settings/precision narrowing",
        ),
        (
            "size",
            json!({"settings": {"scale": 1}}),
            "409 /settings/precision narrowing",
        ),
        ("title", json!({"type": "long_text"}), "422 /type immutable"),
        (
            "title",
            json!({"api_name": "name"}),
            "422 /api_name immutable",
        ),
        (
            "title",
            json!({"settings": {"length": 3}}),
            "422 /settings/length unknown",
        ),
        (
            "state",
            json!({"default_value": "z"}),
            "422 /default_value option",
        ),
        (
            "other",
            json!({"settings": {"to": "company"}}),
            "422 /settings/to immutable",
        ),
        ("nothing", json!({}), "404 not_found"),
        ("version", json!({"name": "x"}), "404 not_found"),
    ] {
        let outcome = world.patch_field("thing", field, patch.clone()).await;
        assert_eq!(refused(outcome), expected, "{field} {patch}");
    }
    world.tables_are_those_of_the_model().await;

    // Once the records fit, so does the change.
    let values = json!({"title": "two", "state": "b", "marks": ["b"]});
    for record in [&first, &second] {
        world.update("thing", record, values.clone()).await.unwrap();
    }
    assert_eq!(
        refused(
            world
                .patch_field("thing", "title", json!({"unique": true}))
                .await
        ),
        "409 /unique has_duplicates"
    );
    world
        .update("thing", &first, json!({"title": "one"}))
        .await
        .unwrap();
    for (field, patch) in [
        (
            "title",
            json!({"required": true, "unique": true, "indexed": true}),
        ),
        (
            "state",
            json!({"required": true, "settings": only_b["settings"], "default_value": "b"}),
        ),
        ("marks", only_b.clone()),
        ("size", json!({"settings": {"precision": 8, "scale": 3}})),
    ] {
        world
            .patch_field("thing", field, patch.clone())
            .await
            .unwrap_or_else(|error| panic!("{field} {patch}: {error}"));
    }
    world.tables_are_those_of_the_model().await;
    assert_eq!(
        refused(world.create("thing", json!({"title": "one"})).await),
        "409 /title unique"
    );
    assert_eq!(
        refused(
            world
                .create("thing", json!({"title": "x", "state": "a"}))
                .await
        ),
        "422 /state option"
    );
    let third = world
        .create("thing", json!({"title": "three", "size": "12345.678"}))
        .await
        .unwrap();
    assert_eq!(
        (&third["state"], &third["size"]),
        (&json!("b"), &json!("12345.678"))
    );

    // And it can be taken back.
    for (field, patch) in [
        (
            "title",
            json!({"required": false, "unique": false, "indexed": false}),
        ),
        (
            "state",
            json!({"required": false, "default_value": null, "settings": {"options": [option("a"), option("b")]}}),
        ),
        (
            "size",
            json!({"settings": {"precision": null, "scale": null}}),
        ),
    ] {
        world
            .patch_field("thing", field, patch.clone())
            .await
            .unwrap_or_else(|error| panic!("{field} {patch}: {error}"));
    }
    world.tables_are_those_of_the_model().await;
    let fourth = world
        .create("thing", json!({"size": "1.23456789"}))
        .await
        .unwrap();
    assert_eq!(
        (&fourth["title"], &fourth["state"], &fourth["size"]),
        (&Json::Null, &Json::Null, &json!("1.23456789"))
    );
    world
        .create_many(
            "thing",
            vec![
                json!({"title": "one", "state": "a"}),
                json!({"title": "one"}),
            ],
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn a_field_that_becomes_unique_takes_empty_texts_for_no_value() {
    let fields = json!([
        {"api_name": "text", "type": "text"},
        {"api_name": "email", "type": "email", "required": true},
        {"api_name": "notes", "type": "long_text"},
    ]);
    let world = World::new().await;
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    let thing = |text: &str, n: usize| json!({"text": text, "email": format!("{n}@x.test")});
    let things = vec![thing("", 0), thing("", 1), thing("a", 2)];
    let things = world.create_many("thing", things).await.unwrap();
    world.delete("thing", &things[1]).await.unwrap();
    for field in ["text", "email"] {
        world
            .patch_field("thing", field, json!({"unique": true}))
            .await
            .unwrap();
    }
    world.tables_are_those_of_the_model().await;
    world.restore("thing", &things[1]).await.unwrap();
    let texts: Vec<Json> = world.list("thing", json!({}), "email").await;
    let texts: Vec<&Json> = texts.iter().map(|thing| &thing["text"]).collect();
    assert_eq!(texts, [&Json::Null, &Json::Null, &json!("a")]);
    world.create("thing", thing("", 3)).await.unwrap();
    assert_eq!(
        refused(world.create("thing", thing("a", 4)).await),
        "409 /text unique"
    );
}

/// A text that no compression makes short enough for an index.
fn long_text(length: usize) -> String {
    let mut state = 1_u64;
    let letters = (0..length).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b'!' + u8::try_from((state >> 33) % 90).unwrap())
    });
    letters.collect()
}

#[tokio::test]
async fn values_too_long_for_an_index_are_told_where_the_index_is_asked_for() {
    let text =
        |name: &str| json!({"api_name": name, "type": "text", "settings": {"max_length": 10000}});
    let world = World::new().await;
    let fields = json!([text("a"), text("b")]);
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    let long = json!({"a": long_text(4_000), "b": long_text(9_500)});
    world.create("thing", long).await.unwrap();
    for (patch, expected) in [
        (json!({"unique": true}), "409 /unique too_long"),
        (json!({"indexed": true}), "409 /indexed too_long"),
        (
            json!({"unique": true, "indexed": true}),
            "409 /unique too_long",
        ),
    ] {
        for field in ["a", "b"] {
            let outcome = world.patch_field("thing", field, patch.clone()).await;
            assert_eq!(refused(outcome), expected, "{field} {patch}");
        }
    }
}

#[tokio::test]
async fn a_new_field_fills_the_records_that_are_there_with_its_default() {
    let (world, first, _) = things(json!([]), json!({})).await;
    for (field, expected) in [
        (
            json!({"api_name": "a", "type": "text", "required": true, "default_value": "it's \\ \"so\" 😀"}),
            json!("it's \\ \"so\" 😀"),
        ),
        (
            json!({"api_name": "b", "type": "integer", "required": true, "default_value": 7}),
            json!(7),
        ),
        (
            json!({"api_name": "c", "type": "multi_select", "default_value": ["x'y", "z\""], "settings": {"options": [{"value": "x'y"}, {"value": "z\""}]}}),
            json!(["x'y", "z\""]),
        ),
        (
            json!({"api_name": "d", "type": "currency", "required": true, "default_value": {"amount": "1.50", "currency_code": "EUR"}}),
            json!({"amount": "1.50", "currency_code": "EUR"}),
        ),
        (
            json!({"api_name": "e", "type": "json", "default_value": {"k": [1, null, "'"]}}),
            json!({"k": [1, null, "'"]}),
        ),
        (
            json!({"api_name": "f", "type": "boolean", "default_value": false}),
            json!(false),
        ),
        (
            json!({"api_name": "g", "type": "text", "default_value": ""}),
            json!(""),
        ),
        (json!({"api_name": "h", "type": "integer"}), Json::Null),
    ] {
        world
            .add_field("thing", field.clone())
            .await
            .unwrap_or_else(|error| panic!("{field}: {error}"));
        let record = world
            .list("thing", json!({"id": {"eq": first["id"]}}), "")
            .await;
        assert_eq!(
            record[0][field["api_name"].as_str().unwrap()],
            expected,
            "{field}"
        );
    }
    world.tables_are_those_of_the_model().await;
    // The default is the engine's to give, also when it is changed.
    world
        .patch_field("thing", "b", json!({"default_value": 8}))
        .await
        .unwrap();
    assert_eq!(world.create("thing", json!({})).await.unwrap()["b"], 8);
    assert_eq!(
        world.update("thing", &first, json!({})).await.unwrap()["b"],
        7
    );

    for (field, expected) in [
        (
            json!({"api_name": "x", "type": "text", "required": true}),
            "409 /required has_empty",
        ),
        (
            json!({"api_name": "x", "type": "relation", "required": true, "settings": {"to": "contact"}}),
            "409 /required has_empty",
        ),
        (
            json!({"api_name": "x", "type": "text", "unique": true, "default_value": "same"}),
            "409 /unique has_duplicates",
        ),
        (
            json!({"api_name": "a", "type": "text"}),
            "409 /api_name unique",
        ),
        (
            json!({"api_name": "version", "type": "text"}),
            "422 /api_name reserved",
        ),
        (
            json!({"api_name": "x", "type": "integer", "default_value": "many"}),
            "422 /default_value pattern",
        ),
    ] {
        assert_eq!(
            refused(world.add_field("thing", field.clone()).await),
            expected,
            "{field}"
        );
    }
    world.tables_are_those_of_the_model().await;
}

#[tokio::test]
async fn a_removed_field_takes_its_values_with_it() {
    let fields = json!([
        {"api_name": "title", "type": "text", "unique": true, "required": true},
        {"api_name": "spot", "type": "address"},
        {"api_name": "friends", "type": "many_to_many", "settings": {"to": "contact", "inverse": {"api_name": "things"}}},
        {"api_name": "number", "type": "auto_number"},
    ]);
    let world = World::new().await;
    world
        .define(json!({"api_name": "thing", "label_field": "title", "fields": fields}))
        .await
        .unwrap();
    let made = world
        .create("thing", json!({"title": "one", "spot": {"city": "Riga"}}))
        .await
        .unwrap();
    assert_eq!(
        refused(world.remove_field("thing", "title", None).await),
        "422 /confirm required"
    );
    assert_eq!(
        refused(world.remove_field("thing", "title", Some("Title")).await),
        "422 /confirm required"
    );
    assert_eq!(
        refused(world.remove_field("thing", "title", Some("title")).await),
        "409  in_use",
        "it is the label"
    );
    world
        .patch_object("thing", json!({"label_field": null}))
        .await
        .unwrap();
    for field in ["title", "spot", "friends", "number"] {
        world
            .remove_field("thing", field, Some(field))
            .await
            .unwrap();
        assert_eq!(
            refused(
                world
                    .find("thing", json!({field: {"is_null": true}}), "")
                    .await
            ),
            format!("400 /{field} unknown")
        );
        assert_eq!(
            refused(world.update("thing", &made, json!({field: null})).await),
            format!("422 /{field} unknown")
        );
    }
    world.tables_are_those_of_the_model().await;
    // Its name comes back with nothing of the old one.
    for field in fields.as_array().unwrap().iter().skip(1) {
        world.add_field("thing", field.clone()).await.unwrap();
    }
    world.tables_are_those_of_the_model().await;
    let now = world.update("thing", &made, json!({})).await.unwrap();
    assert_eq!(
        (&now["spot"], &now["friends"], &now["number"]),
        (&Json::Null, &json!([]), &json!("1"))
    );
}

#[tokio::test]
async fn records_in_the_bin_that_stand_in_the_way_are_counted_apart() {
    let options = json!([{"value": "a"}, {"value": "b"}, {"value": "c"}]);
    let fields = json!([
        {"api_name": "title", "type": "text"},
        {"api_name": "state", "type": "select", "settings": {"options": options}},
        {"api_name": "marks", "type": "multi_select", "settings": {"options": options}},
    ]);
    let world = World::new().await;
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    for (record, binned) in [
        (json!({"state": "a", "marks": ["a"]}), false),
        (json!({"state": "b", "marks": ["a", "b"]}), false),
        (json!({"state": "b", "marks": ["b"]}), true),
        (json!({"state": "c"}), true),
    ] {
        let made = world.create("thing", record).await.unwrap();
        if binned {
            world.delete("thing", &made).await.unwrap();
        }
    }
    let only_a = json!({"settings": {"options": [{"value": "a"}]}});
    for (field, patch, place, message) in [
        (
            "state",
            &only_a,
            "409 /settings/options in_use",
            "records have options that would go: `b` (2 records, 1 of them in the bin), `c` (1 record in the bin); \
             `deleted=only` lists those in the bin: restore and change them, or destroy them",
        ),
        (
            "marks",
            &only_a,
            "409 /settings/options in_use",
            "records have options that would go: `b` (2 records, 1 of them in the bin); \
             `deleted=only` lists those in the bin: restore and change them, or destroy them",
        ),
        (
            "title",
            &json!({"required": true}),
            "409 /required has_empty",
            "4 records, 2 of them in the bin have no value here; \
             `deleted=only` lists those in the bin: restore and change them, or destroy them",
        ),
    ] {
        let error = refusal(world.patch_field("thing", field, patch.clone()).await);
        assert_eq!(places(&error), [&place[4..]], "{field}");
        assert_eq!(error.violations()[0].message, message, "{field}");
    }
    world.tables_are_those_of_the_model().await;
}

#[tokio::test]
async fn columns_of_removed_fields_are_given_back() {
    let world = World::new().await;
    let fields = json!([
        {"api_name": "title", "type": "text", "unique": true, "indexed": true},
        {"api_name": "state", "type": "select", "settings": {"options": [{"value": "a"}]}},
        {"api_name": "number", "type": "auto_number"},
        {"api_name": "part_of", "type": "relation", "settings": {"to": "thing"}},
        {"api_name": "company", "type": "relation", "settings": {"to": "company", "on_delete": "restrict"}},
        {"api_name": "friends", "type": "many_to_many", "settings": {"to": "contact", "inverse": {"api_name": "things"}}},
        {"api_name": "twins", "type": "many_to_many", "settings": {"to": "thing"}},
    ]);
    world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    let pointing = json!([
        {"api_name": "thing", "type": "relation", "settings": {"to": "thing", "on_delete": "cascade"}},
        {"api_name": "things", "type": "many_to_many", "settings": {"to": "thing"}},
    ]);
    world
        .define(json!({"api_name": "other", "fields": pointing}))
        .await
        .unwrap();
    let first = world
        .create("thing", json!({"title": "one", "state": "a"}))
        .await
        .unwrap();
    let id = &first["id"];
    let second = json!({"title": "two", "part_of_id": id, "twins_ids": [id]});
    world.create("thing", second).await.unwrap();
    let other = json!({"thing_id": id, "things_ids": [id]});
    world.create("other", other).await.unwrap();

    // As if somebody had added and removed fields for years.
    let schema = world.schema().await;
    let used_up = format!(
        "do $$ begin for n in 1..1580 loop
             execute format('alter table {schema}.thing add column gone_%s int', n);
             execute format('alter table {schema}.thing drop column gone_%s', n);
         end loop; end $$"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(used_up))
        .execute(&world.database.pool)
        .await
        .unwrap();
    for number in 0..3 {
        let spot = json!({"api_name": format!("spot_{number}"), "type": "address"});
        world.add_field("thing", spot).await.unwrap();
    }
    world.tables_are_those_of_the_model().await;
    let records = world.list("thing", json!({}), "title").await;
    assert_eq!(records.len(), 2);
    assert_eq!(&records[0]["id"], id);
    assert_eq!(&records[1]["part_of_id"], id);
    let third = world
        .create("thing", json!({"title": "three"}))
        .await
        .unwrap();
    assert_eq!(third["number"], "3", "numbers go on");
    assert_eq!(
        refused(world.create("thing", json!({"title": "one"})).await),
        "409 /title unique"
    );
    world.destroy("thing", &first).await.unwrap();
    assert!(world.list("other", json!({}), "").await.is_empty());
}
