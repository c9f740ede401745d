//! One setting of a field type: its name, its title, and the values it takes.

use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;

use crate::title::Title;

/// A setting of a field type.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    pub name: Cow<'static, str>,
    pub title: Title,
    /// JSON Schema of its values.
    pub schema: Json,
    /// A field without it cannot be defined. Its schema gives an example.
    pub required: bool,
}

impl Setting {
    /// A setting that may be left out.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, title: Title, schema: Json) -> Self {
        Self {
            name: name.into(),
            title,
            schema,
            required: false,
        }
    }

    #[must_use]
    pub fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// `searchable`, of every type that `q` and search can look through.
    #[must_use]
    pub fn searchable() -> Self {
        let title = Title::new("Found by search", "Участвует в поиске");
        Self::new("searchable", title, json!({"type": "boolean"}))
    }
}

/// The names of the settings that must be given.
#[must_use]
pub fn required_names(settings: &[Setting]) -> Vec<&str> {
    let required = settings.iter().filter(|setting| setting.required);
    required.map(|setting| &*setting.name).collect()
}

/// The JSON Schema that a field's settings must fit. Settings that are not listed are refused.
#[must_use]
pub fn schema(settings: &[Setting]) -> Json {
    let properties = settings
        .iter()
        .map(|setting| (setting.name.to_string(), setting.schema.clone()));
    json!({
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "required": required_names(settings),
        "additionalProperties": false,
    })
}
