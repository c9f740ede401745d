//! Every field type against the database: what is written is read, found and sorted.

use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use tessera_schema::field_type::{FieldTypes, Storage};
use tessera_schema::object::Field;
use tessera_schema::operator::{Operand, Operator};
use tessera_schema::scalar::Scalar;

use crate::support::world::World;

/// A type's settings and three values of it, in rising order where the type has one.
fn sample(field_type: &str, world: &World, contacts: &[Json]) -> (Json, [Json; 3]) {
    let options = json!({"options": [{"value": "a%"}, {"value": "b'\\"}, {"value": "c, \"d\""}]});
    let id = |index: usize| contacts[index]["id"].clone();
    let user = json!(world.admin.user);
    match field_type {
        "text" => (json!({}), [json!("Ada"), json!("a_%\\'\""), json!("Ünï 😀")]),
        "long_text" => (json!({}), [json!("a\nb"), json!("b\tc"), json!("c\r\nd")]),
        "integer" => (json!({}), [json!(-5), json!(0), json!(9_007_199_254_740_991_i64)]),
        "decimal" => (json!({}), [json!("-0.10"), json!("2"), json!("12345678901234567890.123456789")]),
        "float" => (json!({}), [json!(-1.5e-300), json!(0.1), json!(1e300)]),
        "currency" => {
            let money = |amount: &str| json!({"amount": amount, "currency_code": "EUR"});
            (json!({}), [money("-1.0000"), money("0.0000"), money("9999999999999999.9999")])
        }
        "percent" => (json!({}), [json!(0.5), json!(12.25), json!(99.5)]),
        "boolean" => (json!({}), [json!(false), json!(true), json!(true)]),
        "date" => (json!({}), [json!("0001-01-01"), json!("2024-02-29"), json!("9999-12-31")]),
        "datetime" => (
            json!({}),
            [json!("0001-01-01T00:00:00+00:00"), json!("2026-11-22T10:30:00.123456+00:00"), json!("9999-12-31T23:59:59+00:00")],
        ),
        "time" => (json!({}), [json!("00:00:00"), json!("14:30:00.5"), json!("23:59:59")]),
        "duration" => (json!({}), [json!("PT0.5S"), json!("PT36H"), json!("P1Y2M10DT2H30M")]),
        "select" => (options, [json!("a%"), json!("b'\\"), json!("c, \"d\"")]),
        "multi_select" => (options, [json!(["a%"]), json!(["b'\\", "c, \"d\""]), json!([])]),
        "email" => (json!({}), [json!("a@x.test"), json!("b+c@x.test"), json!("z@x.test")]),
        "phone" => (json!({}), [json!("+37120000000"), json!("+442079460958"), json!("+79991234567")]),
        "url" => (json!({}), [json!("http://a.test/?q=%25"), json!("https://b.test/_"), json!("https://c.test/#x")]),
        "uuid" => (json!({}), [1, 2, 3].map(|n| json!(format!("0000000{n}-0000-4000-8000-000000000000")))),
        "json" => (json!({}), [json!({"a": [1, null]}), json!([true, "x"]), json!("text")]),
        "address" => {
            let city = |city: &str| {
                json!({"street": null, "street2": null, "city": city, "region": null, "postcode": "1", "country": null, "latitude": 1.5, "longitude": null})
            };
            (json!({}), [city("A"), city("B"), city("C")])
        }
        "full_name" => (json!({}), [json!({"first": "A", "last": "Z"}), json!({"first": "B", "last": null}), json!({"first": "C", "last": ""})]),
        "rating" => (json!({"max": 10}), [json!(0), json!(5), json!(10)]),
        "auto_number" => (json!({"format": "N-{00}"}), [json!("N-01"), json!("N-02"), json!("N-03")]),
        "user" => (json!({}), [user.clone(), user.clone(), user]),
        "relation" => (json!({"to": "contact"}), [id(0), id(1), id(2)]),
        "many_to_many" => (json!({"to": "contact"}), [json!([id(0)]), json!([id(1), id(2)]), json!([])]),
        other => panic!("a new field type needs a sample here: {other}"),
    }
}

/// An operand with which an operator finds a record that has `value`.
fn operand_that_finds(operator: &Operator, value: &Json) -> Json {
    let text = || value.as_str().unwrap();
    let escaped = || text().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    match (operator.name, operator.operand) {
        ("like" | "ilike", _) => json!(format!("%{}", escaped())),
        ("starts_with", _) => json!(text().chars().take(3).collect::<String>()),
        ("ends_with", _) => json!(text().chars().rev().take(3).collect::<Vec<_>>().iter().rev().collect::<String>()),
        (_, Operand::Flag) => json!(false),
        (_, Operand::Pair) => json!([value, value]),
        (_, Operand::Many) if value.is_array() => value.clone(),
        (_, Operand::Many) => json!([value]),
        (_, Operand::One) => value.clone(),
    }
}

/// A tenant with an object that has a field of every type, called as the type, and three values for each.
async fn thing() -> (World, Vec<(Arc<Field>, [Json; 3])>) {
    let world = World::new().await;
    let contacts = world.create_many("contact", vec![json!({}); 3]).await.unwrap();
    let types = FieldTypes::builtin();
    let samples: Vec<_> = types.names().into_iter().map(|name| (name, sample(name, &world, &contacts))).collect();
    let fields: Vec<Json> = samples.iter().map(|(name, (settings, _))| json!({"api_name": name, "type": name, "settings": settings})).collect();
    let snapshot = world.define(json!({"api_name": "thing", "fields": fields})).await.unwrap();
    let object = snapshot.model.object("thing").unwrap();
    let fields = samples.into_iter().map(|(name, (_, values))| (Arc::clone(&object.fields[name]), values));
    (world, fields.collect())
}

/// The record with the values of one place, without those that the server gives.
fn record(fields: &[(Arc<Field>, [Json; 3])], place: usize) -> Json {
    let writable = fields.iter().filter(|(field, _)| field.writable());
    writable.map(|(field, values)| (field.value_key(), values[place].clone())).collect::<Map<_, _>>().into()
}

/// The key under which the helpers show a value, and the value as they do.
fn shown(field: &Field, value: &Json) -> (String, Json) {
    match &field.storage {
        Storage::ManyToMany(_) => {
            let ids = value.as_array().unwrap().iter();
            (field.api_name().to_string(), ids.map(|id| json!({"id": id})).collect())
        }
        _ => (field.value_key(), value.clone()),
    }
}

#[tokio::test]
async fn a_value_of_every_type_is_read_as_it_was_written() {
    let (world, fields) = thing().await;
    let has = |found: &Json, place: usize| {
        for (field, values) in fields.iter().filter(|(field, _)| field.writable()) {
            let (key, value) = shown(field, &values[place]);
            assert_eq!(found[&key], value, "{key}");
        }
    };
    let one = world.create("thing", record(&fields, 0)).await.unwrap();
    has(&one, 0);
    // In bulk values travel as arrays; one record has none.
    let many = vec![record(&fields, 0), record(&fields, 1), json!({}), record(&fields, 2)];
    let many = world.create_many("thing", many).await.unwrap();
    for (index, place) in [(0, 0), (1, 1), (3, 2)] {
        has(&many[index], place);
    }
    let changed = world.update("thing", &one, record(&fields, 1)).await.unwrap();
    has(&changed, 1);
    let read = world.list("thing", json!({"id": {"eq": one["id"]}}), "").await;
    has(&read[0], 1);
    // What was read can be written back; null empties.
    let back: Map<_, _> = fields
        .iter()
        .filter(|(field, _)| field.writable() && !matches!(field.storage, Storage::ManyToMany(_)))
        .map(|(field, _)| (field.value_key(), read[0][field.value_key()].clone()))
        .collect();
    has(&world.update("thing", &one, back.into()).await.unwrap(), 1);
    let nothing: Map<_, _> = record(&fields, 0).as_object().unwrap().keys().map(|key| (key.clone(), Json::Null)).collect();
    let emptied = world.update("thing", &one, nothing.into()).await.unwrap();
    for (field, _) in fields.iter().filter(|(field, _)| field.writable()) {
        let (key, _) = shown(field, &json!([]));
        assert_eq!(emptied[&key], many[2][&key], "{key}");
    }
}

#[tokio::test]
async fn every_operator_of_every_type_finds_what_it_should() {
    let (world, fields) = thing().await;
    let made = world.create_many("thing", (0..3).map(|place| record(&fields, place)).collect()).await.unwrap();
    for (field, values) in &fields {
        let parts: Vec<_> = match &field.storage {
            Storage::Components(components) => components.iter().map(|component| Some(component.name)).collect(),
            Storage::ManyToMany(_) => continue,
            _ => vec![None],
        };
        for (part, column) in parts.into_iter().zip(&field.columns) {
            let key = field.value_key();
            for operator in field.field_type.operators(&column.column_type) {
                let place = operator.name.len() % 3;
                let value = part.map_or(&values[place], |part| &values[place][part]);
                if *value == json!([]) || value.is_null() {
                    continue;
                }
                let operand = operand_that_finds(operator, value);
                let condition = json!({operator.name: operand});
                let filter = json!({key.as_str(): part.map_or(condition.clone(), |part| json!({part: condition}))});
                let found = world.find("thing", filter.clone(), "").await.unwrap_or_else(|error| panic!("{filter}: {error}"));
                let has_it = found.iter().any(|record| record["id"] == made[place]["id"]);
                assert_eq!(has_it, !matches!(operator.name, "neq" | "not_in" | "gt" | "lt"), "{filter}");
            }
        }
    }
}

#[tokio::test]
async fn every_type_that_has_an_order_is_sorted_by_it() {
    let (world, fields) = thing().await;
    let made = world.create_many("thing", (0..3).map(|place| record(&fields, place)).collect()).await.unwrap();
    let ids: Vec<&Json> = made.iter().map(|record| &record["id"]).collect();
    for (field, values) in &fields {
        let Some(column) = field.columns.first().filter(|c| c.column_type.scalar.sortable() && !c.column_type.list) else {
            continue;
        };
        // An address and a contact's id are in order by the sample; text is by its code points.
        let path = match field.api_name().as_str() {
            "address" => "address.city".to_owned(),
            "currency" => "currency.amount".to_owned(),
            "full_name" => "full_name.first".to_owned(),
            _ => field.value_key(),
        };
        let mut expected: Vec<usize> = vec![0, 1, 2];
        if column.column_type.scalar == Scalar::Text && !matches!(field.storage, Storage::Components(_)) {
            expected.sort_by_key(|place| values[*place].as_str().unwrap());
        }
        for sort in [format!("{path},id"), format!("-{path},-id")] {
            let found = world.list("thing", json!({}), &sort).await;
            let found: Vec<usize> = found.iter().map(|record| ids.iter().position(|id| **id == record["id"]).unwrap()).collect();
            assert_eq!(found, expected, "{sort}");
            expected.reverse();
        }
    }
}

#[tokio::test]
async fn filters_tell_no_value_from_any_value() {
    let world = World::new().await;
    let contacts = [json!({"first_name": "Ada", "lead_score": 1}), json!({"first_name": "Bob", "lead_score": 2}), json!({})];
    world.create_many("contact", contacts.into()).await.unwrap();
    for (filter, expected) in [
        (json!({"lead_score": {"is_null": true}}), 1),
        (json!({"lead_score": {"is_null": false}}), 2),
        (json!({"lead_score": {"eq": 1}}), 1),
        (json!({"lead_score": {"neq": 1}}), 2),
        (json!({"lead_score": {"not_in": [1]}}), 2),
        (json!({"lead_score": {"not_in": []}}), 3),
        (json!({"lead_score": {"in": []}}), 0),
        (json!({"not": {"lead_score": {"eq": 1}}}), 2),
        (json!({"not": {"lead_score": {"gt": 1}}}), 2),
        (json!({"not": {"not": {"lead_score": {"gt": 1}}}}), 1),
        (json!({"not": {}}), 0),
        (json!({"or": []}), 0),
        (json!({"and": []}), 3),
        (json!({"or": [{"lead_score": {"eq": 1}}, {"first_name": {"eq": "Bob"}}]}), 2),
        (json!({"lead_score": {"gte": 1, "lt": 2}}), 1),
        (json!({"lead_score": {"between": [2, 1]}}), 0),
        (json!({"first_name": {"contains": "A"}}), 1),
        (json!({"first_name": {"contains": "_"}}), 0),
        (json!({"first_name": {"like": "_da"}}), 1),
        (json!({"first_name": {"like": "ada"}}), 0),
        (json!({"company": {}}), 0),
        (json!({"company_id": {"is_null": true}}), 3),
        (json!({"not": {"company": {"city": {"eq": "Riga"}}}}), 3),
        (json!({"opportunities": {"none": {}}}), 3),
        (json!({"opportunities": {"every": {"stage": {"in": []}}}}), 3),
    ] {
        assert_eq!(world.list("contact", filter.clone(), "").await.len(), expected, "{filter}");
    }
}
