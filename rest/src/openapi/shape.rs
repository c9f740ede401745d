//! JSON Schemas of values, as they are given and as they are answered.
//!
//! A field type says what it takes; what is answered follows from its columns, since a value may be older than a setting.

use serde_json::{Map, Value as Json, json};
use tessera_schema::column::ColumnType;
use tessera_schema::naming::value_type;
use tessera_schema::object::Field;
use tessera_schema::scalar::{Output, Scalar};
use tessera_schema::storage::{Component, ValueForm};

use super::names::Names;

/// The same schema, and null.
pub(super) fn nullable(mut schema: Json) -> Json {
    let plain = schema.as_object().is_some_and(|map| {
        ["$ref", "const", "anyOf", "oneOf", "allOf", "not"]
            .iter()
            .all(|keyword| !map.contains_key(*keyword))
    });
    if !plain {
        return json!({"anyOf": [schema, {"type": "null"}]});
    }
    let types = match &schema["type"] {
        Json::String(one) => vec![json!(one)],
        Json::Array(several) => several.clone(),
        _ => Vec::new(),
    };
    if !types.is_empty() {
        let mut types = types;
        types.push(json!("null"));
        schema["type"] = Json::Array(types);
    }
    if let Some(values) = schema.get_mut("enum").and_then(Json::as_array_mut) {
        values.push(Json::Null);
    }
    schema
}

/// A value of a new record; null only where the field may be empty.
pub(super) fn given(field: &Field) -> Json {
    may_be_empty(field, field.value_schema())
}

/// As [`given`], of a record that is changed.
pub(super) fn changed(field: &Field) -> Json {
    may_be_empty(field, field.change_schema())
}

fn may_be_empty(field: &Field, schema: Json) -> Json {
    if field.definition.required {
        schema
    } else {
        nullable(schema)
    }
}

/// A value as it is answered under the field's `value_key`.
pub(super) fn answered(field: &Field, may_be_hidden: bool, names: &Names) -> Json {
    let schema = match field.form() {
        ValueForm::Column(column) => column_answered(field, column),
        ValueForm::Composite(_) => names.refer(&value_type(field.field_type.name())),
        ValueForm::Ids => json!({"type": "array", "items": Scalar::Uuid.json_schema()}),
    };
    let never_null = !may_be_hidden && field.columns.iter().any(|column| column.not_null);
    if never_null { schema } else { nullable(schema) }
}

/// A composite value as it is answered. `fields` may ask for some of its parts, so none has to be there.
pub(super) fn composite(components: &[Component]) -> Json {
    let part = |component: &Component| {
        let schema = scalar_answered(component.column_type.scalar);
        let schema = if component.required {
            schema
        } else {
            nullable(schema)
        };
        (component.name.to_string(), schema)
    };
    let parts: Map<_, _> = components.iter().map(part).collect();
    json!({"type": "object", "properties": parts, "additionalProperties": false})
}

fn column_answered(field: &Field, column: &ColumnType) -> Json {
    let mut one = scalar_answered(column.scalar);
    if let Some(options) = &column.one_of {
        one["enum"] = json!(options);
    }
    if column.list {
        return json!({"type": "array", "items": one});
    }
    // A format belongs to the type, not to its settings, so every stored value has it.
    let taken = field.field_type.value_schema(field.settings());
    if let Some(format) = taken.get("format").filter(|_| one["type"] == "string") {
        one["format"] = format.clone();
    }
    one
}

fn scalar_answered(scalar: Scalar) -> Json {
    match scalar.output() {
        Output::Text => json!({"type": "string", "pattern": scalar.json_schema()["pattern"]}),
        Output::SafeInteger | Output::Plain => {
            let mut schema = scalar.json_schema();
            if let Some(map) = schema.as_object_mut() {
                map.remove("examples");
            }
            schema
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nullable;
    use serde_json::json;

    #[test]
    fn null_is_added_to_whatever_a_schema_says() {
        for (schema, expected) in [
            (
                json!({"type": "string"}),
                json!({"type": ["string", "null"]}),
            ),
            (
                json!({"type": ["integer", "string"], "minimum": 1}),
                json!({"type": ["integer", "string", "null"], "minimum": 1}),
            ),
            (
                json!({"type": "string", "enum": ["a"]}),
                json!({"type": ["string", "null"], "enum": ["a", null]}),
            ),
            (json!({"enum": ["a"]}), json!({"enum": ["a", null]})),
            (json!({}), json!({})),
            (
                json!({"$ref": "#/a"}),
                json!({"anyOf": [{"$ref": "#/a"}, {"type": "null"}]}),
            ),
            (
                json!({"type": "string", "anyOf": [{"minLength": 1}]}),
                json!({"anyOf": [{"type": "string", "anyOf": [{"minLength": 1}]}, {"type": "null"}]}),
            ),
        ] {
            assert_eq!(nullable(schema.clone()), expected, "{schema}");
        }
    }
}
