//! Values written and read.

use serde_json::{Map, Value as Json, json};
use tessera_schema::object::Field;

use super::{record, thing};

/// The key under which the helpers show a value, and the value as they do.
fn shown(field: &Field, value: &Json) -> (String, Json) {
    match field.linked() {
        Some(_) => {
            let ids = value.as_array().unwrap().iter();
            (
                field.api_name().to_string(),
                ids.map(|id| json!({"id": id})).collect(),
            )
        }
        None => (field.value_key(), value.clone()),
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
    let many = vec![
        record(&fields, 0),
        record(&fields, 1),
        json!({}),
        record(&fields, 2),
    ];
    let many = world.create_many("thing", many).await.unwrap();
    for (index, place) in [(0, 0), (1, 1), (3, 2)] {
        has(&many[index], place);
    }
    let changed = world
        .update("thing", &one, record(&fields, 1))
        .await
        .unwrap();
    has(&changed, 1);
    let read = world
        .list("thing", json!({"id": {"eq": one["id"]}}), "")
        .await;
    has(&read[0], 1);
    // What was read can be written back; null empties.
    let back: Map<_, _> = fields
        .iter()
        .filter(|(field, _)| field.writable() && field.linked().is_none())
        .map(|(field, _)| (field.value_key(), read[0][field.value_key()].clone()))
        .collect();
    has(&world.update("thing", &one, back.into()).await.unwrap(), 1);
    let nothing: Map<_, _> = record(&fields, 0)
        .as_object()
        .unwrap()
        .keys()
        .map(|key| (key.clone(), Json::Null))
        .collect();
    let emptied = world.update("thing", &one, nothing.into()).await.unwrap();
    for (field, _) in fields.iter().filter(|(field, _)| field.writable()) {
        let (key, _) = shown(field, &json!([]));
        assert_eq!(emptied[&key], many[2][&key], "{key}");
    }
}
