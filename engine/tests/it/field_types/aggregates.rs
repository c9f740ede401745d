//! What each type says can be reckoned over its values and grouped by, reckoned and grouped by.

use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use tessera_schema::column::Column;
use tessera_schema::function::Function;
use tessera_schema::object::Field;
use tessera_schema::scalar::Scalar;
use tessera_schema::storage::ValueForm;

use super::{in_order, record, thing};
use crate::support::world::World;

/// A world with three things, and what is there with each column: its path, and its values in the order of the things.
async fn world() -> (World, Vec<(String, Column, Vec<Json>, Arc<Field>)>) {
    let (world, fields) = thing().await;
    let records = (0..3).map(|place| record(&fields, place)).collect();
    world.create_many("thing", records).await.unwrap();
    let mut columns = Vec::new();
    for (field, values) in &fields {
        let parts: Vec<Option<&str>> = match field.form() {
            ValueForm::Composite(components) => components.iter().map(|c| Some(&*c.name)).collect(),
            ValueForm::Ids => continue,
            ValueForm::Column(_) => vec![None],
        };
        for (part, column) in parts.into_iter().zip(&field.columns) {
            let key = field.value_key();
            let (path, values) = match part {
                Some(part) => (
                    format!("{key}.{part}"),
                    values.iter().map(|value| value[part].clone()).collect(),
                ),
                None => (key, values.to_vec()),
            };
            columns.push((path, column.clone(), values, Arc::clone(field)));
        }
    }
    (world, columns)
}

#[tokio::test]
async fn everything_that_can_be_is_reckoned() {
    let (world, columns) = world().await;
    for (path, column, values, field) in columns {
        let possible = field.field_type.aggregates(&column.column_type);
        // What has a unit is reckoned in groups by the unit, or as a whole.
        let alone = field.measure() != Some(&column);
        let possible: Vec<Function> = possible
            .iter()
            .copied()
            .filter(|function| alone || !function.has_unit())
            .collect();
        let aggregates = possible.iter().map(|function| {
            let name = function.name();
            (name.to_owned(), json!({name: path}))
        });
        let body = json!({"aggregates": aggregates.collect::<Map<_, _>>()});
        let groups = world.groups("thing", &body).await;
        let found = groups.unwrap_or_else(|error| panic!("{body}: {error}"))[0].take();
        let there: Vec<&Json> = values.iter().filter(|value| !value.is_null()).collect();
        assert_eq!(found["count"], there.len(), "{path}");
        let empty = (3 - there.len()) as f64 / 3.0;
        assert_eq!(found["empty_share"].as_f64(), Some(empty), "{path}");
        if possible.contains(&Function::CountDistinct) {
            let mut different: Vec<String> = there.iter().map(ToString::to_string).collect();
            different.sort();
            different.dedup();
            assert_eq!(found["count_distinct"], different.len(), "{path}");
        }
        if possible.contains(&Function::Max) {
            let mut ordered = there.clone();
            // The samples are in order, text apart.
            if column.column_type.scalar == Scalar::Text {
                let texts = there.iter().map(|value| value.as_str().unwrap());
                let places = in_order(&world, &column.column_type, texts).await;
                ordered = places.into_iter().map(|place| there[place]).collect();
            }
            let ends = [ordered.first(), ordered.last()];
            let ends = ends.map(|end| end.map_or(Json::Null, |value| (*value).clone()));
            assert_eq!(
                [&found["min"], &found["max"]],
                [&ends[0], &ends[1]],
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn what_cannot_be_reckoned_is_refused() {
    let (world, columns) = world().await;
    for (path, column, _, field) in columns {
        let possible = field.field_type.aggregates(&column.column_type);
        for function in Function::ALL {
            let body = json!({"aggregates": {"it": {function.name(): path}}});
            let done = world.groups("thing", &body).await.is_ok();
            // An amount is not reckoned over without its unit.
            let apart = field.measure() == Some(&column) && function.has_unit();
            assert_eq!(done, possible.contains(&function) && !apart, "{body}");
        }
    }
}

#[tokio::test]
async fn groups_are_made_by_whatever_can_be() {
    let (world, columns) = world().await;
    for (path, column, values, _) in columns {
        let wanted = |key: Json| json!({"group_by": [key], "aggregates": {"n": {"count": "*"}}, "time_zone": "Asia/Kolkata"});
        let groups = world.groups("thing", &wanted(json!(path))).await;
        assert_eq!(groups.is_ok(), column.column_type.groupable(), "{path}");
        if let Ok(groups) = groups {
            let groups = groups.as_array().unwrap();
            let count: i64 = groups
                .iter()
                .map(|group| group["n"].as_i64().unwrap())
                .sum();
            assert_eq!(count, 3, "{path}");
            assert!(
                groups.iter().all(|group| values.contains(&group[&path])),
                "{path}: {groups:?}"
            );
        }
        for part in column.column_type.scalar.parts() {
            let body = wanted(json!({"field": path, "by": part.name()}));
            let groups = world.groups("thing", &body).await;
            let groups = groups.unwrap_or_else(|error| panic!("{body}: {error}"));
            assert!(!groups[0][&path].is_null(), "{body}: {groups}");
        }
    }
}
