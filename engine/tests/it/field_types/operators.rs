//! Operators, with operands that find and with operands that make no sense.

use serde_json::{Value as Json, json};
use tessera_schema::operator::{Operand, Operator};
use tessera_schema::storage::ValueForm;

use super::{record, thing};
use crate::support::records::parsed;

/// An operand with which an operator finds a record that has `value`.
fn operand_that_finds(operator: &Operator, value: &Json) -> Json {
    let text = || value.as_str().unwrap();
    let escaped = || {
        text()
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_")
    };
    match (operator.name, operator.operand) {
        ("like" | "ilike", _) => json!(format!("%{}", escaped())),
        ("starts_with", _) => json!(text().chars().take(3).collect::<String>()),
        ("ends_with", _) => json!(
            text()
                .chars()
                .rev()
                .take(3)
                .collect::<Vec<_>>()
                .iter()
                .rev()
                .collect::<String>()
        ),
        (_, Operand::Flag) => json!(false),
        (_, Operand::Pair) => json!([value, value]),
        (_, Operand::Many) if value.is_array() => value.clone(),
        (_, Operand::Many) => json!([value]),
        (_, Operand::One) => value.clone(),
    }
}

#[tokio::test]
async fn every_operator_of_every_type_finds_what_it_should() {
    let (world, fields) = thing().await;
    let made = world
        .create_many(
            "thing",
            (0..3).map(|place| record(&fields, place)).collect(),
        )
        .await
        .unwrap();
    for (field, values) in &fields {
        let parts: Vec<_> = match field.form() {
            ValueForm::Composite(components) => components
                .iter()
                .map(|component| Some(&*component.name))
                .collect(),
            ValueForm::Ids => continue,
            ValueForm::Column(_) => vec![None],
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
                let found = world
                    .find("thing", filter.clone(), "")
                    .await
                    .unwrap_or_else(|error| panic!("{filter}: {error}"));
                let has_it = found.iter().any(|record| record["id"] == made[place]["id"]);
                assert_eq!(
                    has_it,
                    !matches!(operator.name, "neq" | "not_in" | "gt" | "lt"),
                    "{filter}"
                );
            }
        }
    }
}

/// Operands that somebody may try.
fn junk() -> Vec<Json> {
    let texts = [
        "",
        " ",
        "\\",
        "%",
        "_%",
        "'",
        "\"",
        "{}",
        "{a,b}",
        "NULL",
        "0",
        "-1",
        "1e5",
        "NaN",
        "Infinity",
        "-0.0",
        "9223372036854775807",
        "9223372036854775808",
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.999999999Z",
        "23:59:59.999999999",
        "PT999999H",
        "P999999Y999999M",
        "-P999999W",
        "01900000-0000-7000-8000-000000000000",
        "😀",
        "a\u{0}",
    ];
    let mut all: Vec<Json> = texts.into_iter().map(Json::from).collect();
    all.extend([
        json!(null),
        json!(true),
        json!(1e308),
        json!(5e-324),
        json!(-0.0),
        json!(i64::MIN),
        json!(u64::MAX),
        json!({"a": [null]}),
    ]);
    all.push(json!("9".repeat(131)));
    all.push(json!(format!("0.{}", "9".repeat(1000))));
    all
}

#[tokio::test]
async fn no_operand_that_is_taken_is_one_that_the_database_refuses() {
    let (world, fields) = thing().await;
    world.create("thing", record(&fields, 0)).await.unwrap();
    let snapshot = world.model().await;
    let object = snapshot.whole().object("thing").unwrap();
    for (field, _) in &fields {
        let parts: Vec<Option<&str>> = match field.form() {
            ValueForm::Composite(components) => components
                .iter()
                .map(|component| Some(&*component.name))
                .collect(),
            ValueForm::Ids => continue,
            ValueForm::Column(_) => vec![None],
        };
        let mut taken = Vec::new();
        for (part, column) in parts.into_iter().zip(&field.columns) {
            for operator in field.field_type.operators(&column.column_type) {
                for value in junk() {
                    let operand = match operator.operand {
                        Operand::One | Operand::Flag => value,
                        Operand::Many => json!([value]),
                        Operand::Pair => json!([value, value]),
                    };
                    let condition = json!({operator.name: operand});
                    let condition = part.map_or(condition.clone(), |part| json!({part: condition}));
                    let filter = json!({field.value_key(): condition});
                    if parsed(&snapshot, object, &filter).is_ok() {
                        taken.push(filter);
                    }
                }
            }
        }
        assert!(!taken.is_empty(), "{}", field.api_name());
        for some in taken.chunks(100) {
            if world.find("thing", json!({"or": some}), "").await.is_ok() {
                continue;
            }
            for filter in some {
                let outcome = world.find("thing", filter.clone(), "").await;
                assert!(outcome.is_ok(), "{filter}: {outcome:?}");
            }
        }
    }
}
