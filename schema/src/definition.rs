//! Definitions: objects and fields as an admin, a built-in file or the metadata tables write them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::sync::LazyLock;

use crate::ident::ApiName;
use crate::settings::Settings;
use crate::translations::Translations;
use crate::validator::Validator;
use crate::violation::{Pointer, Violation};

/// The most fields one object may have; a Postgres table ends at 1,600 columns, dropped ones included.
pub const MAX_FIELDS: usize = 500;

/// An object without its fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectHead {
    pub api_name: ApiName,
    pub plural_api_name: ApiName,
    pub name: String,
    pub plural_name: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub icon: Option<String>,
    /// The field that titles a record; the id where there is none.
    #[serde(default)]
    pub label_field: Option<ApiName>,
    #[serde(default)]
    pub translations: Translations,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectDefinition {
    #[serde(flatten)]
    pub head: ObjectHead,
    #[serde(default)]
    pub fields: Vec<FieldDefinition>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldDefinition {
    pub api_name: ApiName,
    pub name: String,
    #[serde(rename = "type")]
    pub field_type: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub unique: bool,
    #[serde(default)]
    pub indexed: bool,
    #[serde(default)]
    pub default_value: Option<Json>,
    #[serde(default)]
    pub settings: Settings,
    #[serde(default)]
    pub translations: Translations,
}

/// The way back along a relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InverseDefinition {
    pub api_name: ApiName,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub translations: Translations,
}

/// Which parts of an object or a field a change names. Absent parts stay as they are; null empties.
pub type Patch = Map<String, Json>;

impl ObjectDefinition {
    /// Reads a definition, with what may be left out filled in.
    ///
    /// # Errors
    /// Everything wrong with its form.
    pub fn parse(mut body: Json) -> Result<Self, Vec<Violation>> {
        let mut violations = OBJECT.check(&body);
        check_names(
            &body,
            &["api_name", "plural_api_name", "label_field"],
            &mut violations,
        );
        let fields = body.get("fields").and_then(Json::as_array);
        for (index, field) in fields.into_iter().flatten().enumerate() {
            let mut inner = Vec::new();
            check_names(field, &["api_name"], &mut inner);
            violations.extend(inner.into_iter().map(|v| v.below(index).below("fields")));
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        fill_object(&mut body);
        // A plural that was made of the name may have become too long.
        check_names(&body, &["plural_api_name"], &mut violations);
        if !violations.is_empty() {
            return Err(violations);
        }
        Self::deserialize(body).map_err(|error| unreadable(&error))
    }
}

impl FieldDefinition {
    /// Reads a field's definition, with what may be left out filled in.
    ///
    /// # Errors
    /// Everything wrong with its form.
    pub fn parse(mut body: Json) -> Result<Self, Vec<Violation>> {
        let mut violations = FIELD.check(&body);
        check_names(&body, &["api_name"], &mut violations);
        if !violations.is_empty() {
            return Err(violations);
        }
        fill_name(&mut body);
        Self::deserialize(body).map_err(|error| unreadable(&error))
    }

    /// The field with a patch applied. Settings are merged key by key.
    ///
    /// # Errors
    /// Keys that cannot be changed, or values of a wrong form.
    pub fn patched(&self, patch: &Patch) -> Result<Self, Vec<Violation>> {
        let body = serde_json::to_value(self).map_err(|error| unreadable(&error))?;
        let mut merged = merge(body, patch, &["api_name", "type"])?;
        if let Some(settings) = patch.get("settings").and_then(Json::as_object) {
            let mut all = self.settings.0.clone();
            all.extend(settings.clone());
            all.retain(|_, value| !value.is_null());
            merged["settings"] = Json::Object(all);
        }
        Self::parse(merged)
    }
}

impl ObjectHead {
    /// The object with a patch applied.
    ///
    /// # Errors
    /// Keys that cannot be changed, or values of a wrong form.
    pub fn patched(&self, patch: &Patch) -> Result<Self, Vec<Violation>> {
        let body = serde_json::to_value(self).map_err(|error| unreadable(&error))?;
        let merged = merge(body, patch, &["api_name", "plural_api_name", "fields"])?;
        ObjectDefinition::parse(merged).map(|definition| definition.head)
    }
}

/// Lays a patch over a definition. A key in `fixed` may only repeat what is.
fn merge(mut body: Json, patch: &Patch, fixed: &[&str]) -> Result<Json, Vec<Violation>> {
    let mut violations = Vec::new();
    for (key, value) in patch {
        if fixed.contains(&key.as_str()) && body.get(key) != Some(value) {
            let message = format!("`{key}` cannot be changed here");
            violations.push(Violation::new(
                Pointer::root().key(key),
                "immutable",
                message,
            ));
        }
        body[key] = value.clone();
    }
    if let Json::Object(map) = &mut body {
        // What is null is as good as left out, and the form has no nulls for most keys.
        map.retain(|_, value| !value.is_null());
    }
    if violations.is_empty() {
        Ok(body)
    } else {
        Err(violations)
    }
}

fn check_names(body: &Json, keys: &[&str], violations: &mut Vec<Violation>) {
    for key in keys {
        if let Some(Err(error)) = body.get(key).and_then(Json::as_str).map(ApiName::parse) {
            violations.push(Violation::new(
                Pointer::root().key(key),
                error.code(),
                error.to_string(),
            ));
        }
    }
}

fn fill_object(body: &mut Json) {
    if body.get("plural_api_name").is_none() {
        let plural = format!("{}s", body["api_name"].as_str().unwrap_or_default());
        body["plural_api_name"] = json!(plural);
    }
    fill_name(body);
    if body.get("plural_name").is_none() {
        let plural = titled(body["plural_api_name"].as_str().unwrap_or_default());
        body["plural_name"] = json!(plural);
    }
    for field in body
        .get_mut("fields")
        .and_then(Json::as_array_mut)
        .into_iter()
        .flatten()
    {
        fill_name(field);
    }
}

fn fill_name(body: &mut Json) {
    if body.get("name").is_none() {
        let name = titled(body["api_name"].as_str().unwrap_or_default());
        body["name"] = json!(name);
    }
}

/// `close_date` → `Close date`.
fn titled(api_name: &str) -> String {
    let mut words = api_name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

fn unreadable(error: &serde_json::Error) -> Vec<Violation> {
    vec![Violation::new(
        Pointer::root(),
        "invalid",
        error.to_string(),
    )]
}

static OBJECT: LazyLock<Validator> =
    LazyLock::new(|| Validator::new(&object_schema()).expect("our own JSON Schema compiles"));
static FIELD: LazyLock<Validator> =
    LazyLock::new(|| Validator::new(&field_schema()).expect("our own JSON Schema compiles"));

/// JSON Schema of an object's definition.
#[must_use]
pub fn object_schema() -> Json {
    json!({
        "type": "object",
        "properties": {
            "api_name": {"type": "string"},
            "plural_api_name": {"type": "string"},
            "name": {"type": "string", "minLength": 1, "maxLength": 200},
            "plural_name": {"type": "string", "minLength": 1, "maxLength": 200},
            "description": {"type": ["string", "null"], "maxLength": 2000},
            "icon": {"type": ["string", "null"], "maxLength": 100},
            "label_field": {"type": ["string", "null"]},
            "translations": translations_schema(),
            "fields": {"type": "array", "maxItems": MAX_FIELDS, "items": field_schema()},
        },
        "required": ["api_name"],
        "additionalProperties": false,
    })
}

/// JSON Schema of a field's definition.
#[must_use]
pub fn field_schema() -> Json {
    json!({
        "type": "object",
        "properties": {
            "api_name": {"type": "string"},
            "name": {"type": "string", "minLength": 1, "maxLength": 200},
            "type": {"type": "string"},
            "description": {"type": ["string", "null"], "maxLength": 2000},
            "required": {"type": "boolean"},
            "unique": {"type": "boolean"},
            "indexed": {"type": "boolean"},
            "default_value": {},
            "settings": {"type": "object"},
            "translations": translations_schema(),
        },
        "required": ["api_name", "type"],
        "additionalProperties": false,
    })
}

fn translations_schema() -> Json {
    let words = |most: u32| json!({"type": "string", "minLength": 1, "maxLength": most});
    json!({
        "type": "object",
        "maxProperties": 50,
        "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
        "additionalProperties": {
            "type": "object",
            "properties": {"name": words(200), "plural_name": words(200), "description": words(2000)},
            "additionalProperties": false,
        },
    })
}
