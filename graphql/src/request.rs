//! A GraphQL request as HTTP carries it.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use tessera_error::UserError;
use tessera_schema::violation::Pointer;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GraphQlRequest {
    pub(crate) query: String,
    #[serde(default)]
    pub(crate) operation_name: Option<String>,
    #[serde(default, deserialize_with = "map")]
    pub(crate) variables: Map<String, Json>,
    /// Checked for its form only: no extension is known here.
    #[serde(default, deserialize_with = "map", rename = "extensions")]
    _extensions: Map<String, Json>,
}

impl GraphQlRequest {
    /// The body of a `POST`.
    pub(crate) fn from_body(body: &[u8]) -> Result<Self, UserError> {
        // serde would take an array for a struct, its items for the fields in their order.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(malformed(
                "it is an object, not an array: several operations are several requests",
            ));
        }
        serde_json::from_slice(body).map_err(|error| malformed(&error.to_string()))
    }

    /// The parameters of a `GET`.
    pub(crate) fn from_parameters(parameters: Vec<(String, String)>) -> Result<Self, UserError> {
        let mut body = Map::new();
        for (name, text) in parameters {
            let value = match name.as_str() {
                "query" | "operationName" => Json::String(text),
                "variables" | "extensions" if text.is_empty() => Json::Null,
                "variables" | "extensions" => serde_json::from_str(&text)
                    .map_err(|error| malformed(&format!("`{name}` is not JSON: {error}")))?,
                _ => continue,
            };
            body.insert(name, value);
        }
        Self::deserialize(Json::Object(body)).map_err(|error| malformed(&error.to_string()))
    }
}

/// A map, or null for an empty one.
fn map<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Map<String, Json>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn malformed(reason: &str) -> UserError {
    let message = format!("this is not a GraphQL request: {reason}");
    UserError::malformed(Pointer::root(), "malformed", message)
}
