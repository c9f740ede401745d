//! A GraphQL request as HTTP carries it.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use tessera_error::UserError;
use tessera_schema::time_zone::TimeZone;
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
    /// Where the days of variables in filters begin: the parameter `time_zone` of the address.
    #[serde(skip)]
    pub(crate) time_zone: Option<TimeZone>,
}

const TIME_ZONE: &str = "time_zone";

impl GraphQlRequest {
    /// The body of a `POST`, and the parameters of its address.
    pub(crate) fn from_body(
        body: &[u8],
        parameters: &[(String, String)],
    ) -> Result<Self, UserError> {
        // serde would take an array for a struct, its items for the fields in their order.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(malformed(
                "it is an object, not an array: several operations are several requests",
            ));
        }
        let request: Self =
            serde_json::from_slice(body).map_err(|error| malformed(&error.to_string()))?;
        request.with_parameters(parameters)
    }

    /// The parameters of a `GET`.
    pub(crate) fn from_parameters(parameters: &[(String, String)]) -> Result<Self, UserError> {
        let mut body = Map::new();
        for (name, text) in parameters {
            let value = match name.as_str() {
                "query" | "operationName" => Json::String(text.clone()),
                "variables" | "extensions" if text.is_empty() => Json::Null,
                "variables" | "extensions" => serde_json::from_str(text)
                    .map_err(|error| malformed(&format!("`{name}` is not JSON: {error}")))?,
                _ => continue,
            };
            body.insert(name.clone(), value);
        }
        let request =
            Self::deserialize(Json::Object(body)).map_err(|error| malformed(&error.to_string()))?;
        request.with_parameters(parameters)
    }

    /// Reads what is a parameter of the address in every request.
    fn with_parameters(mut self, parameters: &[(String, String)]) -> Result<Self, UserError> {
        for (name, text) in parameters {
            if name == TIME_ZONE {
                let zone = TimeZone::parse(text).map_err(|mismatch| {
                    let place = Pointer::root().key(TIME_ZONE);
                    UserError::malformed(place, mismatch.code, mismatch.message)
                })?;
                self.time_zone = Some(zone);
            }
        }
        Ok(self)
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
