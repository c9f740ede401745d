//! Cursors hold a position: what happens to the record that stood there changes nothing.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use tessera_compiler::cursor::Cursor;
use tessera_compiler::query::position;
use tessera_compiler::query::tree::{Connection, Deleted, End, Shape, Window};
use tessera_schema::sort::Sort;

use crate::support::records::{Wanted, cursor, parsed};
use crate::support::world::World;

/// A field of each type that has an order, and values that are hard to carry: many digits, near neighbours, strange texts.
fn fields() -> Vec<(Json, &'static str, Vec<Json>)> {
    let field = |name: &str, kind: &str, settings: Json| json!({"api_name": name, "type": kind, "settings": settings});
    let plain = |name: &str| field(name, name, json!({}));
    vec![
        (
            plain("text"),
            "text",
            vec![
                json!("a\tb"),
                json!("\"q\"\\"),
                json!("ё😀{},'"),
                json!("NULL"),
                json!("Z"),
            ],
        ),
        (
            plain("long_text"),
            "long_text",
            vec![json!("a\nb\r"), json!("x".repeat(900)), json!("\u{1}")],
        ),
        (
            field(
                "integer",
                "integer",
                json!({"max": i64::MAX, "min": i64::MIN}),
            ),
            "integer",
            vec![json!(i64::MAX), json!(i64::MAX - 1), json!(-5)],
        ),
        (
            plain("decimal"),
            "decimal",
            vec![
                json!("123456789123456.12345"),
                json!("123456789123456.12346"),
                json!("-0.5"),
            ],
        ),
        (
            plain("float"),
            "float",
            vec![
                json!(0.1),
                json!(0.300_000_000_000_000_04),
                json!(0.3),
                json!(1e300),
                json!(-5e-324),
            ],
        ),
        (plain("percent"), "percent", vec![json!(12.5), json!(3)]),
        (plain("boolean"), "boolean", vec![json!(true), json!(false)]),
        (
            plain("date"),
            "date",
            vec![
                json!("0001-01-01"),
                json!("9999-12-31"),
                json!("2024-02-29"),
            ],
        ),
        (
            plain("datetime"),
            "datetime",
            vec![
                json!("2024-01-01T00:00:00.000001Z"),
                json!("2024-01-01T00:00:00.000002Z"),
                json!("0001-01-01T00:00:00Z"),
            ],
        ),
        (
            plain("time"),
            "time",
            vec![
                json!("23:59:59.999999"),
                json!("00:00:00"),
                json!("00:00:00.000001"),
            ],
        ),
        (
            plain("duration"),
            "duration",
            vec![json!("P1M"), json!("P30DT0.000001S"), json!("-PT1H")],
        ),
        (
            field(
                "select",
                "select",
                json!({"options": [{"value": "a"}, {"value": "b"}]}),
            ),
            "select",
            vec![json!("a"), json!("b")],
        ),
        (
            plain("email"),
            "email",
            vec![json!("a@x.test"), json!("b@x.test")],
        ),
        (
            plain("uuid"),
            "uuid",
            vec![
                json!("01900000-0000-7000-8000-000000000001"),
                json!("ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ],
        ),
        (
            plain("currency"),
            "currency.amount",
            vec![
                json!({"amount": "0.10", "currency_code": "EUR"}),
                json!({"amount": "99999999999.99", "currency_code": "EUR"}),
            ],
        ),
        (
            plain("full_name"),
            "full_name.last",
            vec![json!({"first": "A", "last": "O'B"}), json!({"last": "Ö"})],
        ),
        (
            plain("address"),
            "address.city",
            vec![json!({"city": "Rīga"}), json!({"city": "Bonn"})],
        ),
        (plain("rating"), "rating", vec![json!(1), json!(5)]),
    ]
}

/// Things with and without values, of three companies and none.
async fn things() -> (World, Vec<String>) {
    let world = World::new().await;
    let fields = fields();
    let mut definitions: Vec<Json> = fields.iter().map(|(field, ..)| field.clone()).collect();
    for definition in &mut definitions {
        let name = definition["api_name"].as_str().unwrap();
        let indexed = ["text", "integer", "datetime", "select", "email"].contains(&name);
        definition["indexed"] = json!(indexed);
    }
    definitions
        .push(json!({"api_name": "company", "type": "relation", "settings": {"to": "company"}}));
    world
        .define(json!({"api_name": "thing", "fields": definitions}))
        .await
        .unwrap();
    let companies = [json!({"name": "A", "city": "Riga"}), json!({"name": "B"})];
    let companies = world
        .create_many("company", companies.into())
        .await
        .unwrap();
    let things = (0..40).map(|n: usize| {
        let mut thing = json!({"company_id": companies.get(n % 3).map(|c| c["id"].clone())});
        for (place, (field, _, values)) in fields.iter().enumerate() {
            let value = values.get((n + place) % (values.len() + 1));
            thing[field["api_name"].as_str().unwrap()] = value.cloned().unwrap_or(Json::Null);
        }
        thing
    });
    world.create_many("thing", things.collect()).await.unwrap();
    let mut sorts: Vec<String> = fields
        .iter()
        .map(|(_, sort, _)| (*sort).to_owned())
        .collect();
    sorts.extend(
        [
            "id",
            "created_at",
            "updated_at",
            "version",
            "company.city",
            "company_id",
        ]
        .map(str::to_owned),
    );
    (world, sorts)
}

fn ids(page: &Json) -> Vec<String> {
    let records = page["data"].as_array().unwrap();
    let id = |record: &Json| record["id"].as_str().unwrap().to_owned();
    records.iter().map(id).collect()
}

/// Walks from one end to the other; between two pages the record at the cursor meets its `fate`. Gives all records met.
pub(super) async fn walk(
    world: &World,
    sort: &str,
    from: End,
    mut fate: impl AsyncFnMut(&str),
) -> Vec<String> {
    let (onward, ahead) = match from {
        End::Start => ("next", true),
        End::End => ("previous", false),
    };
    let mut at: Option<Cursor> = None;
    let mut met = Vec::new();
    loop {
        let given = at.map(Into::into);
        let window = Window {
            limit: 7,
            from,
            after: given.clone().filter(|_| ahead),
            before: given.filter(|_| !ahead),
            offset: 0,
        };
        let wanted = Wanted {
            sort: sort.into(),
            window,
            ..Wanted::default()
        };
        let page = world.page("thing", &wanted).await.unwrap();
        let mut here = ids(&page);
        if !ahead {
            here.reverse();
        }
        met.extend(here);
        at = cursor(&page, onward);
        if at.is_none() {
            return met;
        }
        fate(met.last().unwrap()).await;
    }
}

#[tokio::test]
async fn who_stays_is_met_once_in_every_order_whatever_becomes_of_the_record_at_the_cursor() {
    let (world, sorts) = things().await;
    let all: BTreeSet<String> = ids(&world.page("thing", &Wanted::default()).await.unwrap())
        .into_iter()
        .collect();
    assert_eq!(all.len(), 40);
    for sort in &sorts {
        for sort in [sort.clone(), format!("-{sort}")] {
            let whole = walk(&world, &sort, End::Start, async |_: &str| {}).await;
            let mut back = walk(&world, &sort, End::End, async |_: &str| {}).await;
            back.reverse();
            assert_eq!(whole, back, "{sort}");
            let met: BTreeSet<String> = whole.iter().cloned().collect();
            assert_eq!((met, whole.len()), (all.clone(), 40), "{sort}");
        }
    }
    // Each of these changes the record's place, or takes it away.
    for sort in [
        "updated_at",
        "-updated_at",
        "text",
        "-text",
        "-decimal",
        "company.city",
        "-company.city",
        "-version",
    ] {
        for from in [End::Start, End::End] {
            let (world, sort) = (&world, &sort);
            let before: BTreeSet<String> =
                ids(&world.page("thing", &Wanted::default()).await.unwrap())
                    .into_iter()
                    .collect();
            let (mut touched, mut turn) = (BTreeSet::new(), 0);
            let met = walk(world, sort, from, async |id: &str| {
                let record = json!(id);
                match turn % 2 {
                    0 => {
                        let other = json!({"text": "m", "decimal": "7", "company_id": null});
                        world.update("thing", &record, other).await.unwrap();
                    }
                    _ => {
                        world.delete("thing", &record).await.unwrap();
                        world.restore("thing", &record).await.unwrap();
                    }
                }
                turn += 1;
                touched.insert(id.to_owned());
            })
            .await;
            for id in before.difference(&touched) {
                let times = met.iter().filter(|other| *other == id).count();
                assert_eq!(times, 1, "{sort} {from:?}");
            }
        }
    }
    let mut left = all.clone();
    for from in [End::Start, End::End] {
        let gone = walk(&world, "-datetime", from, async |id: &str| {
            world.delete("thing", &json!(id)).await.unwrap();
            world.destroy("thing", &json!(id)).await.unwrap();
            left.remove(id);
        })
        .await;
        let met: BTreeSet<String> = gone.iter().cloned().collect();
        assert!(
            met.is_superset(&left) && met.len() == gone.len(),
            "{from:?}"
        );
    }
}

#[tokio::test]
async fn random_orders_are_walked_as_they_are_listed() {
    let (world, sorts) = things().await;
    let keys = prop::collection::vec((prop::sample::select(sorts), any::<bool>()), 1..4);
    let mut runner = TestRunner::default();
    for _ in 0..40 {
        let keys = keys.new_tree(&mut runner).unwrap().current();
        let sort = keys.iter().map(|(key, down)| {
            if *down {
                format!("-{key}")
            } else {
                key.clone()
            }
        });
        let sort = sort.collect::<Vec<_>>().join(",");
        let wanted = Wanted {
            sort: sort.clone(),
            ..Wanted::default()
        };
        let whole = ids(&world.page("thing", &wanted).await.unwrap());
        assert_eq!(
            walk(&world, &sort, End::Start, async |_: &str| {}).await,
            whole,
            "{sort}"
        );
        let mut back = walk(&world, &sort, End::End, async |_: &str| {}).await;
        back.reverse();
        assert_eq!(back, whole, "{sort}");
    }
}

#[tokio::test]
async fn a_cursor_fits_one_list() {
    let (world, _) = things().await;
    let elsewhere = world.another_tenant("elsewhere").await;
    let snapshot = world.model().await;
    let object = |name: &str| snapshot.whole().object(name).cloned().unwrap();
    let window = Window::first(2);
    let wanted = Wanted {
        sort: "text".into(),
        filter: json!({"integer": {"gte": -5}}),
        window,
        ..Wanted::default()
    };
    let page = world.page("thing", &wanted).await.unwrap();
    let at = cursor(&page, "next").unwrap();
    let check = |world_model: &tessera_compiler::snapshot::Snapshot,
                 name: &str,
                 sort: &str,
                 filter: Json,
                 deleted,
                 at: &Cursor| {
        let object = object(name);
        let connection = Connection {
            filter: parsed(world_model, &object, &filter).unwrap(),
            search: None,
            sort: Sort::parse(world_model.whole(), &object, sort).unwrap(),
            window: Window {
                after: Some(at.clone().into()),
                ..Window::first(9)
            },
            deleted,
            shape: Shape::Object(Vec::new()),
        };
        let checked = position::check(
            world_model,
            &world_model.view(world.admin.principal.roles()),
            &object,
            &connection,
            None,
            &serde_json::Map::new(),
        );
        checked.map_err(|violations| {
            violations
                .iter()
                .map(|v| format!("{} {}", v.pointer, v.code))
                .collect::<String>()
        })
    };
    let filter = || json!({"integer": {"gte": -5}});
    let live = Deleted::Exclude;
    assert_eq!(
        check(&snapshot, "thing", "text", filter(), live, &at),
        Ok(())
    );
    let other = Err("/after other_list".to_owned());
    assert_eq!(
        check(&snapshot, "thing", "-text", filter(), live, &at),
        other
    );
    assert_eq!(
        check(&snapshot, "thing", "text,date", filter(), live, &at),
        other
    );
    assert_eq!(
        check(&snapshot, "thing", "text", json!({}), live, &at),
        other
    );
    assert_eq!(
        check(
            &snapshot,
            "thing",
            "text",
            json!({"integer": {"gte": -6}}),
            live,
            &at
        ),
        other
    );
    assert_eq!(
        check(
            &snapshot,
            "thing",
            "text",
            json!({"integer": {"gt": -5}}),
            live,
            &at
        ),
        other
    );
    assert_eq!(
        check(&snapshot, "thing", "text", filter(), Deleted::Only, &at),
        other
    );
    assert_eq!(check(&snapshot, "company", "", json!({}), live, &at), other);
    let forged = Err("/after cursor".to_owned());
    let cut = Cursor(at.0[..at.0.len() - 4].to_owned());
    assert_eq!(
        check(&snapshot, "thing", "text", filter(), live, &cut),
        forged
    );
    let theirs = elsewhere.model().await;
    assert_eq!(check(&theirs, "company", "", json!({}), live, &at), forged);
}
