//! The shape of a request's values: what a plan depends on of them.
//!
//! Keys, kinds, nulls, flags and variables are part of a shape; texts and numbers are not, nor how long a list of them is. Shapes are
//! written as bytes, two alike just where the shapes are.

use serde_json::Value as Json;
use tessera_schema::filter::variable::Variable;
use tessera_schema::scalar::MAX_SAFE_INTEGER;

/// Writes the shape of a value.
pub fn write(value: &Json, key: &mut Vec<u8>) {
    match value {
        Json::Object(map) => {
            key.push(b'{');
            for (name, value) in map {
                text(name, key);
                write(value, key);
            }
            key.push(b'}');
        }
        Json::Array(items) if items.iter().all(is_scalar) => {
            let kinds = items.iter().fold(0, |kinds, item| kinds | bit(kind(item)));
            key.extend([b'[', kinds]);
        }
        Json::Array(items) => {
            key.push(b'(');
            items.iter().for_each(|item| write(item, key));
            key.push(b')');
        }
        Json::Bool(flag) => key.push(if *flag { b't' } else { b'f' }),
        Json::String(name) if is_variable(name) => {
            key.push(b'$');
            text(name, key);
        }
        scalar => key.push(kind(scalar)),
    }
}

/// Writes the shape of a record, or of many: their keys and kinds, each combination once, however many records have it.
pub fn write_records(value: &Json, key: &mut Vec<u8>) {
    let write = |record: &Json, key: &mut Vec<u8>| match record {
        Json::Object(map) => {
            for (name, value) in map {
                text(name, key);
                match value {
                    Json::Bool(_) => key.push(b'b'),
                    value => write(value, key),
                }
            }
        }
        other => write(other, key),
    };
    match value {
        Json::Array(items) => each_once(items, key, write),
        one => {
            key.push(b'1');
            write(one, key);
        }
    }
}

/// As [`write_records`], for a record that is checked in full each time: its keys alone, and of an object how many it has. So
/// most composite values that leave parts out differ from whole ones, and documents make few shapes.
pub fn write_keys(record: &Json, key: &mut Vec<u8>) {
    const MOST: usize = 16;
    for (name, value) in record.as_object().into_iter().flatten() {
        text(name, key);
        let parts = value.as_object().map(|parts| parts.len().min(MOST));
        key.extend(parts.and_then(|parts| u8::try_from(parts).ok()));
    }
}

/// As [`write_keys`], of many records.
pub fn write_keys_of_each(records: &[Json], key: &mut Vec<u8>) {
    each_once(records, key, write_keys);
}

fn each_once(items: &[Json], key: &mut Vec<u8>, write: impl Fn(&Json, &mut Vec<u8>)) {
    key.push(b'*');
    let mut seen: Vec<Vec<u8>> = Vec::new();
    let mut own = Vec::new();
    for item in items {
        own.clear();
        write(item, &mut own);
        if !seen.contains(&own) {
            bytes(&own, key);
            seen.push(own.clone());
        }
    }
}

/// Writes a text whole: something that the plan depends on as it stands.
pub fn text(text: &str, key: &mut Vec<u8>) {
    bytes(text.as_bytes(), key);
}

/// With the length before it, so that what follows cannot be taken for a part of it.
fn bytes(bytes: &[u8], key: &mut Vec<u8>) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    key.extend(length.to_le_bytes());
    key.extend_from_slice(bytes);
}

/// A value of which only the kind matters.
fn is_scalar(value: &Json) -> bool {
    match value {
        Json::Array(_) | Json::Object(_) => false,
        Json::String(text) => !is_variable(text),
        _ => true,
    }
}

/// The statement has an expression for a variable.
fn is_variable(text: &str) -> bool {
    text.starts_with('$') && Variable::parse(text).is_some()
}

/// The kinds of scalars, as far apart as any face tells them: a number that fits `Int`, a greater one that is whole, any other;
/// a text that is a whole number no JSON reader keeps exact, one that reads as another number, any other.
fn kind(value: &Json) -> u8 {
    match value {
        Json::Null => b'n',
        Json::Bool(_) => b'b',
        Json::Number(number) => match number.as_i64().map(i32::try_from) {
            Some(Ok(_)) => b'i',
            Some(Err(_)) => b'l',
            None => b'd',
        },
        Json::String(text) if is_large_integer(text) => b'9',
        Json::String(text) if text.parse::<f64>().is_ok() => b'0',
        Json::String(_) => b's',
        Json::Array(_) | Json::Object(_) => b'?',
    }
}

fn is_large_integer(text: &str) -> bool {
    let number = text.parse::<i64>();
    number.is_ok_and(|number| number.unsigned_abs() > MAX_SAFE_INTEGER.unsigned_abs())
}

const fn bit(kind: u8) -> u8 {
    match kind {
        b'n' => 1,
        b'b' => 2,
        b'i' => 4,
        b'd' => 8,
        b'0' => 16,
        b'l' => 64,
        b'9' => 128,
        _ => 32,
    }
}

#[cfg(test)]
mod tests {
    use super::{write, write_keys, write_keys_of_each, write_records};
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    fn shape(value: &Json) -> Vec<u8> {
        let mut key = Vec::new();
        write(value, &mut key);
        key
    }

    #[test]
    fn texts_numbers_and_lengths_are_no_part_of_it() {
        let alike = [
            (json!({"a": "x"}), json!({"a": "other"})),
            (json!({"a": 1}), json!({"a": -7})),
            (json!({"in": ["x"]}), json!({"in": ["y", "z"]})),
            (json!({"or": [{"a": 1}]}), json!({"or": [{"a": 2}]})),
        ];
        for (one, other) in alike {
            assert_eq!(shape(&one), shape(&other), "{one} {other}");
        }
    }

    #[test]
    fn keys_kinds_nulls_and_flags_are() {
        let apart = [
            (json!({"a": 1}), json!({"b": 1})),
            (json!({"a": 1}), json!({"a": "1"})),
            (json!({"a": "x"}), json!({"a": "1"})),
            (json!({"a": 1}), json!({"a": 3_000_000_000_u32})),
            (json!({"a": 1}), json!({"a": 1.5})),
            (json!({"a": 3_000_000_000_u32}), json!({"a": 1.0})),
            (json!({"a": "9007199254740993"}), json!({"a": "1"})),
            (
                json!({"in": [1, 3_000_000_000_u32]}),
                json!({"in": [1, 1.0]}),
            ),
            (json!({"in": ["9007199254740993"]}), json!({"in": ["1"]})),
            (json!({"a": null}), json!({"a": 1})),
            (json!({"a": true}), json!({"a": false})),
            (json!({"a": "$today"}), json!({"a": "x"})),
            (json!({"a": "$today"}), json!({"a": "$today-7d"})),
            (json!({"in": ["$user.id", "x"]}), json!({"in": ["x", "y"]})),
            (json!({"in": [1]}), json!({"in": [1, null]})),
            (json!({"in": [1]}), json!({"in": 1})),
            (
                json!({"or": [{"a": 1}]}),
                json!({"or": [{"a": 1}, {"a": 1}]}),
            ),
            (
                json!({"a": {"b": 1}, "c": 1}),
                json!({"a": {"b": 1, "c": 1}}),
            ),
        ];
        for (one, other) in apart {
            assert_ne!(shape(&one), shape(&other), "{one} {other}");
        }
    }

    #[test]
    fn records_count_once() {
        let records = |value: &Json| {
            let mut key = Vec::new();
            write_records(value, &mut key);
            key
        };
        let keys = |value: &Json| {
            let mut key = Vec::new();
            write_keys(value, &mut key);
            key
        };
        let few = json!([{"a": 1, "on": true}, {"b": "x"}]);
        let many = json!([{"a": 5, "on": false}, {"a": 6, "on": true}, {"b": "y"}]);
        assert_eq!(records(&few), records(&many));
        assert_ne!(
            records(&few),
            records(&json!([{"a": 1, "on": true}, {"b": null}]))
        );
        assert_eq!(keys(&json!({"a": 1})), keys(&json!({"a": null})));
        let each = |records: &[Json]| {
            let mut key = Vec::new();
            write_keys_of_each(records, &mut key);
            key
        };
        let one = [json!({"a": 1})];
        assert_eq!(each(&one), each(&[json!({"a": 2}), json!({"a": null})]));
        assert_ne!(each(&one), each(&[json!({"a": 2}), json!({})]));
    }

    fn values() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            "[a-c0-9{}]{0,3}".prop_map(Json::from),
            prop::sample::select(&["$now", "$today", "$today-7d", "$toda"]).prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
                prop::collection::vec(("[a-c]", inner), 0..3)
                    .prop_map(|pairs| Json::Object(pairs.into_iter().collect())),
            ]
        })
    }

    /// What a shape may forget.
    fn blurred(value: &Json) -> Json {
        match value {
            Json::Object(map) => {
                let pairs = map.iter().map(|(key, value)| (key.clone(), blurred(value)));
                json!({"object": pairs.collect::<Vec<_>>()})
            }
            Json::Array(items) if items.iter().all(super::is_scalar) => {
                let mut kinds: Vec<u8> = items.iter().map(super::kind).collect();
                kinds.sort_unstable();
                kinds.dedup();
                json!({"scalars": kinds})
            }
            Json::Array(items) => items.iter().map(blurred).collect(),
            Json::Bool(flag) => json!(flag),
            Json::String(text) if super::is_variable(text) => json!({ "variable": text }),
            scalar => json!(super::kind(scalar)),
        }
    }

    proptest! {
        #[test]
        fn shapes_are_alike_just_where_they_should_be(one in values(), other in values()) {
            prop_assert_eq!(shape(&one) == shape(&other), blurred(&one) == blurred(&other));
        }
    }
}
