//! Every field type against the database: what is written is read, found and sorted.

mod aggregates;
mod operators;
mod orders;
mod same_bytes;
mod values;

use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use tessera_schema::column::{Collation, ColumnType};
use tessera_schema::field_types::FieldTypes;
use tessera_schema::object::Field;

use crate::support::world::World;

/// A type's settings and three values of it, in rising order where the type has one.
fn sample(field_type: &str, world: &World, contacts: &[Json]) -> (Json, [Json; 3]) {
    let options = json!({"options": [{"value": "a%"}, {"value": "b'\\"}, {"value": "c, \"d\""}]});
    let id = |index: usize| contacts[index]["id"].clone();
    let user = json!(world.admin.principal.user);
    match field_type {
        "text" => (
            json!({}),
            [json!("Ada"), json!("a_%\\'\""), json!("Ünï 😀")],
        ),
        "long_text" => (json!({}), [json!("a\nb"), json!("b\tc"), json!("c\r\nd")]),
        "integer" => (
            json!({"max": 9_007_199_254_740_991_i64}),
            [json!(-5), json!(0), json!(9_007_199_254_740_991_i64)],
        ),
        "decimal" => (
            json!({}),
            [
                json!("-0.10"),
                json!("2"),
                json!("12345678901234567890.123456789"),
            ],
        ),
        "float" => (json!({}), [json!(-1.5e-300), json!(0.1), json!(1e300)]),
        "currency" => {
            let money = |amount: &str| json!({"amount": amount, "currency_code": "EUR"});
            (
                json!({}),
                [
                    money("-1.0000"),
                    money("0.0000"),
                    money("9999999999999999.9999"),
                ],
            )
        }
        "percent" => (json!({}), [json!(0.5), json!(12.25), json!(99.5)]),
        "boolean" => (json!({}), [json!(false), json!(true), json!(true)]),
        "date" => (
            json!({}),
            [
                json!("0001-01-01"),
                json!("2024-02-29"),
                json!("9999-12-31"),
            ],
        ),
        "datetime" => (
            json!({}),
            [
                json!("0001-01-01T00:00:00+00:00"),
                json!("2026-11-22T10:30:00.123456+00:00"),
                json!("9999-12-31T23:59:59+00:00"),
            ],
        ),
        "time" => (
            json!({}),
            [json!("00:00:00"), json!("14:30:00.5"), json!("23:59:59")],
        ),
        "duration" => (
            json!({}),
            [json!("PT0.5S"), json!("PT36H"), json!("P1Y2M10DT2H30M")],
        ),
        "select" => (options, [json!("a%"), json!("b'\\"), json!("c, \"d\"")]),
        "multi_select" => (
            options,
            [json!(["a%"]), json!(["b'\\", "c, \"d\""]), json!([])],
        ),
        "email" => (
            json!({}),
            [json!("a@x.test"), json!("b+c@x.test"), json!("z@x.test")],
        ),
        "phone" => (
            json!({}),
            [
                json!("+37120000000"),
                json!("+442079460958"),
                json!("+79991234567"),
            ],
        ),
        "url" => (
            json!({}),
            [
                json!("http://a.test/?q=%25"),
                json!("https://b.test/_"),
                json!("https://c.test/#x"),
            ],
        ),
        "uuid" => (
            json!({}),
            [1, 2, 3].map(|n| json!(format!("0000000{n}-0000-4000-8000-000000000000"))),
        ),
        "json" => (
            json!({}),
            [json!({"a": [1, null]}), json!([true, "x"]), json!("text")],
        ),
        "address" => {
            let city = |city: &str| json!({"street": null, "street2": null, "city": city, "region": null, "postcode": "1", "country": null, "latitude": 1.5, "longitude": null});
            (json!({}), [city("A"), city("B"), city("C")])
        }
        "full_name" => (
            json!({}),
            [
                json!({"first": "A", "last": "Z"}),
                json!({"first": "B", "last": null}),
                json!({"first": "C", "last": ""}),
            ],
        ),
        "rating" => (json!({"max": 10}), [json!(0), json!(5), json!(10)]),
        "auto_number" => (
            json!({"format": "N-{00}"}),
            [json!("N-01"), json!("N-02"), json!("N-03")],
        ),
        "user" => (json!({}), [user.clone(), user.clone(), user]),
        "relation" => (json!({"to": "contact"}), [id(0), id(1), id(2)]),
        "many_to_many" => (
            json!({"to": "contact"}),
            [json!([id(0)]), json!([id(1), id(2)]), json!([])],
        ),
        other => panic!("a new field type needs a sample here: {other}"),
    }
}

/// A tenant with an object that has a field of every type, called as the type, and three values for each.
async fn thing() -> (World, Vec<(Arc<Field>, [Json; 3])>) {
    let world = World::new().await;
    let contacts = world
        .create_many("contact", vec![json!({}); 3])
        .await
        .unwrap();
    let types = FieldTypes::builtin();
    let samples: Vec<_> = types
        .names()
        .into_iter()
        .map(|name| (name, sample(name, &world, &contacts)))
        .collect();
    let fields: Vec<Json> = samples
        .iter()
        .map(|(name, (settings, _))| json!({"api_name": name, "type": name, "settings": settings}))
        .collect();
    let snapshot = world
        .define(json!({"api_name": "thing", "fields": fields}))
        .await
        .unwrap();
    let object = snapshot.whole().object("thing").unwrap();
    let fields = samples
        .into_iter()
        .map(|(name, (_, values))| (Arc::clone(&object.fields[name]), values));
    (world, fields.collect())
}

/// The record with the values of one place, without those that the server gives.
fn record(fields: &[(Arc<Field>, [Json; 3])], place: usize) -> Json {
    let writable = fields.iter().filter(|(field, _)| field.writable());
    writable
        .map(|(field, values)| (field.value_key(), values[place].clone()))
        .collect::<Map<_, _>>()
        .into()
}

/// The places of texts in the order of a column's collation, or of their bytes, as Postgres itself has it.
async fn in_order(
    world: &World,
    column_type: &ColumnType,
    texts: impl Iterator<Item = &str>,
) -> Vec<usize> {
    let collation = match column_type.collation {
        Some(Collation::Words) => r#""und-x-icu""#,
        Some(Collation::Natural) => r#"platform."natural""#,
        Some(Collation::Bytes) => r#"pg_catalog."C""#,
        None => r#""C""#,
    };
    let order = format!(
        "select place - 1 from unnest($1::text[]) with ordinality _ (text, place) order by text collate {collation}"
    );
    let places: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(order))
        .bind(texts.collect::<Vec<_>>())
        .fetch_all(&world.database.pool)
        .await
        .unwrap();
    let places = places.into_iter().map(usize::try_from);
    places.collect::<Result<_, _>>().unwrap()
}
