//! Examples that the server would accept.

use serde_json::{Map, Value as Json, json};
use tessera_schema::object::Field;

use super::shape;

/// More fields than this only hide how a record is written.
const SHOWN: usize = 6;
/// Stands for the id of a record that is there.
pub(super) const SOME_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A new record: what it must have, and some of what it may have. `None` where no value of a required field can be thought of.
pub(super) fn create<'f>(fields: impl Iterator<Item = &'f Field>) -> Option<Json> {
    let mut record = Map::new();
    for field in fields {
        let required = field.definition.required && field.definition.default_value.is_none();
        if !required && (field.is_relation() || record.len() >= SHOWN) {
            continue;
        }
        match of(field) {
            Some(value) => {
                record.insert(field.value_key(), value);
            }
            None if required => return None,
            None => {}
        }
    }
    Some(Json::Object(record))
}

/// A change: the first plain field that one can think of a value for.
pub(super) fn update<'f>(fields: impl Iterator<Item = &'f Field>) -> Option<Json> {
    let mut plain = fields.filter(|field| !field.is_relation());
    let found = plain.find_map(|field| Some((field.value_key(), of(field)?)))?;
    Some(Json::Object(Map::from_iter([found])))
}

fn of(field: &Field) -> Option<Json> {
    match &field.definition.default_value {
        Some(default) if !default.is_null() => Some(default.clone()),
        _ => value(&shape::given(field)),
    }
}

/// A value that fits a schema; `None` where that takes more than these few keywords.
pub(super) fn value(schema: &Json) -> Option<Json> {
    let first = |keyword: &str| schema.get(keyword)?.get(0).cloned();
    if let Some(known) = first("examples").or_else(|| first("enum")) {
        return Some(known);
    }
    if let Some(branch) = schema.get("anyOf").and_then(|any| any.get(0)) {
        return value(branch);
    }
    let kind = match schema.get("type") {
        Some(Json::Array(types)) => types.first().and_then(Json::as_str),
        Some(kind) => kind.as_str(),
        None => return Some(json!({"any": "JSON"})),
    };
    match kind? {
        "string" => text(schema),
        "integer" | "number" => Some(number(within(schema, 1.0))),
        "boolean" => Some(json!(true)),
        "array" => {
            let item = value(schema.get("items")?)?;
            Some(json!([item]))
        }
        "object" => {
            let parts = schema.get("properties").and_then(Json::as_object)?;
            let parts = parts
                .iter()
                .map(|(key, part)| Some((key.clone(), value(part)?)));
            parts.collect::<Option<Map<_, _>>>().map(Json::Object)
        }
        _ => None,
    }
}

fn text(schema: &Json) -> Option<Json> {
    let known = match schema.get("format").and_then(Json::as_str) {
        Some("uuid") => SOME_ID,
        Some("date") => "2026-11-22",
        Some("date-time") => "2026-11-22T10:30:00Z",
        Some("idn-email") => "ada@example.com",
        Some("iri") => "https://example.com/",
        Some(_) => return None,
        // What fits a tenant's pattern only the tenant knows.
        None if schema.get("pattern").is_some() => return None,
        None => "Example",
    };
    let length = |keyword: &str| {
        let length = schema.get(keyword)?.as_u64()?;
        usize::try_from(length).ok()
    };
    let most = length("maxLength").unwrap_or(usize::MAX);
    let least = length("minLength").unwrap_or(0);
    let repeated = known.chars().cycle().take(known.len().max(least).min(most));
    Some(Json::String(repeated.collect()))
}

fn number(number: f64) -> Json {
    if number.fract() == 0.0 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "bounds of a model's fields are small"
        )]
        let whole = number as i64;
        json!(whole)
    } else {
        json!(number)
    }
}

/// The number nearest to `wanted` that the schema's bounds allow.
fn within(schema: &Json, wanted: f64) -> f64 {
    let bound = |keyword: &str| schema.get(keyword).and_then(Json::as_f64);
    let least = bound("minimum").unwrap_or(f64::NEG_INFINITY);
    let most = bound("maximum").unwrap_or(f64::INFINITY);
    wanted.max(least).min(most)
}

#[cfg(test)]
mod tests {
    use super::value;
    use serde_json::{Value as Json, json};

    #[test]
    fn an_example_fits_its_schema() {
        for (schema, expected) in [
            (json!({}), json!({"any": "JSON"})),
            (json!({"type": "string", "maxLength": 3}), json!("Exa")),
            (
                json!({"type": "string", "minLength": 9}),
                json!("ExampleEx"),
            ),
            (
                json!({"type": ["integer", "string", "null"], "minimum": 10}),
                json!(10),
            ),
            (json!({"type": "number"}), json!(1)),
            (json!({"type": "number", "maximum": -0.5}), json!(-0.5)),
            (json!({"type": "string", "enum": ["b", "a"]}), json!("b")),
            (
                json!({"type": "array", "items": {"type": "boolean"}}),
                json!([true]),
            ),
            (
                json!({"type": "string", "pattern": "^x$", "examples": ["x"]}),
                json!("x"),
            ),
        ] {
            assert_eq!(value(&schema), Some(expected), "{schema}");
        }
        for unknowable in [
            json!({"type": "string", "pattern": "^[A-Z]{3}$"}),
            json!({"type": "string", "format": "iban"}),
        ] {
            assert_eq!(value(&unknowable), None::<Json>, "{unknowable}");
        }
    }
}
