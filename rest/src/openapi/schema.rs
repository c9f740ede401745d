//! JSON Schemas of what is no record: the building blocks.

use serde_json::{Value as Json, json};
use tessera_schema::access::area::Area;

pub(super) fn names_of(description: &str) -> Json {
    json!({"type": "array", "items": text(), "description": description})
}

pub(super) fn list_of(item: Json) -> Json {
    let mut properties = json!({"data": {"type": "array"}});
    properties["data"]["items"] = item;
    object(properties, &["data"])
}

pub(super) fn object(properties: Json, required: &[&str]) -> Json {
    let mut schema = json!({"type": "object", "required": required});
    schema["properties"] = properties;
    schema
}

pub(super) fn closed(properties: Json, required: &[&str]) -> Json {
    let mut schema = object(properties, required);
    schema["additionalProperties"] = json!(false);
    schema
}

pub(super) fn with_example(mut schema: Json, example: Json) -> Json {
    schema["examples"] = Json::Array(vec![example]);
    schema
}

pub(super) fn id(name: &str) -> Json {
    json!({"name": name, "in": "path", "required": true, "schema": uuid()})
}

pub(super) fn text() -> Json {
    json!({"type": "string"})
}

pub(super) fn uuid() -> Json {
    json!({"type": "string", "format": "uuid"})
}

pub(super) fn time() -> Json {
    json!({"type": "string", "format": "date-time"})
}

/// An area of administration.
pub(super) fn area() -> Json {
    json!({"type": "string", "enum": Area::ALL.map(Area::name)})
}
