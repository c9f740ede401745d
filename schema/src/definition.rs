//! Definitions: objects and fields as an admin, a built-in file or the metadata tables write them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::sync::LazyLock;

use crate::ident::ApiName;
use crate::settings::Settings;
use crate::text;
use crate::translations::Translations;
use crate::validator::Validator;
use crate::violation::{Pointer, Violation};

/// The most fields one object may have; a Postgres table ends at 1,600 columns, dropped ones included.
pub const MAX_FIELDS: usize = 500;
/// The most sections of one form.
const MAX_SECTIONS: usize = 50;

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
    /// Menus do not offer it.
    #[serde(default)]
    pub hidden: bool,
    /// The sections of its form, in order. Fields that none names come after them.
    #[serde(default)]
    pub form: Vec<FormSection>,
}

/// Fields that stand together on a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FormSection {
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub fields: Vec<ApiName>,
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

/// A field's definition as it was sent: its well-formed part, and the violations of the rest.
///
/// The rules are checked on the well-formed part too, so that one answer names every fault.
#[derive(Debug, Clone)]
pub struct FieldDraft {
    /// The definition without the faulty parts, under a stand-in where its name is one of them; `None` where nothing is left.
    pub sound: Option<FieldDefinition>,
    pub violations: Vec<Violation>,
}

/// An object's definition as it was sent; see [`FieldDraft`].
#[derive(Debug, Clone)]
pub struct ObjectDraft {
    /// The definition without the faulty parts, under stand-ins where names are among them; `None` where nothing is left.
    pub sound: Option<ObjectDefinition>,
    /// For each field of the sound definition, its index among the fields that were sent.
    pub places: Vec<usize>,
    pub violations: Vec<Violation>,
}

impl ObjectDefinition {
    /// Reads a definition and fills in the optional parts.
    ///
    /// # Errors
    /// Everything wrong with its form.
    pub fn parse(body: Json) -> Result<Self, Vec<Violation>> {
        let draft = Self::draft(body);
        complete(draft.sound, draft.violations)
    }

    /// Reads as much of a definition as is well formed.
    #[must_use]
    pub fn draft(mut body: Json) -> ObjectDraft {
        let mut violations = text::compose_all(&mut body);
        violations.extend(OBJECT.check(&body));
        check_names(
            &body,
            &["api_name", "plural_api_name", "label_field"],
            &mut violations,
        );
        check_form_names(&body, &mut violations);
        let fields = body.get("fields").and_then(Json::as_array);
        for (index, field) in fields.into_iter().flatten().enumerate() {
            let mut inner = Vec::new();
            check_names(field, &["api_name"], &mut inner);
            violations.extend(inner.into_iter().map(|v| v.below(index).below("fields")));
        }
        let fields = body
            .as_object_mut()
            .and_then(|map| map.shift_remove("fields"));
        let plural_is_sent = body.get("plural_api_name").is_some();
        strip(&mut body, &violations);
        let mut places = Vec::new();
        let mut definition = head(body, plural_is_sent, &mut violations);
        for (index, field) in listed(fields).into_iter().enumerate() {
            let Some(definition) = &mut definition else {
                break;
            };
            if let Some(field) = sound_field(field, &below_field(&violations, index), index) {
                places.push(index);
                definition.fields.push(field);
            }
        }
        ObjectDraft {
            sound: definition,
            places,
            violations,
        }
    }
}

impl From<ObjectDefinition> for ObjectDraft {
    fn from(definition: ObjectDefinition) -> Self {
        Self {
            places: (0..definition.fields.len()).collect(),
            sound: Some(definition),
            violations: Vec::new(),
        }
    }
}

impl From<FieldDefinition> for FieldDraft {
    fn from(definition: FieldDefinition) -> Self {
        Self {
            sound: Some(definition),
            violations: Vec::new(),
        }
    }
}

impl FieldDefinition {
    /// Reads a field's definition and fills in the optional parts.
    ///
    /// # Errors
    /// Everything wrong with its form.
    pub fn parse(body: Json) -> Result<Self, Vec<Violation>> {
        let draft = Self::draft(body);
        complete(draft.sound, draft.violations)
    }

    /// Reads as much of a field's definition as is well formed.
    #[must_use]
    pub fn draft(mut body: Json) -> FieldDraft {
        let mut violations = text::compose_all(&mut body);
        violations.extend(FIELD.check(&body));
        check_names(&body, &["api_name"], &mut violations);
        FieldDraft {
            sound: sound_field(body, &violations, 0),
            violations,
        }
    }

    /// The field without the parts that violations point at, under the stand-in of this number where its name is one of them.
    #[must_use]
    pub fn without(&self, violations: &[Violation], number: usize) -> Option<Self> {
        let mut body = serde_json::to_value(self).ok()?;
        if let Some(members) = body.as_object_mut()
            && self.api_name.is_stand_in()
        {
            members.shift_remove("api_name");
        }
        sound_field(body, violations, number)
    }

    /// The field with a patch applied. Settings are merged key by key.
    #[must_use]
    pub fn patched(&self, patch: &Patch) -> FieldDraft {
        let (mut merged, mut violations) = merge(json!(self), patch, &["api_name", "type"]);
        if let Some(settings) = patch.get("settings").and_then(Json::as_object) {
            let mut all = self.settings.0.clone();
            all.extend(settings.clone());
            all.retain(|_, value| !value.is_null());
            merged["settings"] = Json::Object(all);
        }
        let draft = Self::draft(merged);
        violations.extend(draft.violations);
        FieldDraft {
            violations,
            ..draft
        }
    }
}

impl ObjectHead {
    /// The object with a patch applied, without its fields.
    #[must_use]
    pub fn patched(&self, patch: &Patch) -> ObjectDraft {
        let fixed = ["api_name", "plural_api_name", "fields"];
        let (merged, mut violations) = merge(json!(self), patch, &fixed);
        let draft = ObjectDefinition::draft(merged);
        violations.extend(draft.violations);
        ObjectDraft {
            violations,
            ..draft
        }
    }
}

/// A definition that nothing is wrong with.
fn complete<T>(sound: Option<T>, violations: Vec<Violation>) -> Result<T, Vec<Violation>> {
    match sound {
        Some(definition) if violations.is_empty() => Ok(definition),
        _ => Err(violations),
    }
}

/// A well-formed name, where one has to stand while a body is read.
const UNNAMED: &str = "unnamed";

/// An object without its fields, from a body without faults. A stand-in is the name that it lacks, and the plural that was
/// refused.
fn head(
    mut body: Json,
    plural_is_sent: bool,
    violations: &mut Vec<Violation>,
) -> Option<ObjectDefinition> {
    let members = body.as_object_mut()?;
    let is_named = members.contains_key("api_name");
    let mut has_plural = members.contains_key("plural_api_name") || (is_named && !plural_is_sent);
    members.entry("api_name").or_insert_with(|| json!(UNNAMED));
    fill_object(&mut body);
    // A plural that was made of the name may have become too long.
    let mut made = Vec::new();
    check_names(&body, &["plural_api_name"], &mut made);
    if !made.is_empty() {
        violations.extend(made);
        has_plural = false;
        body["plural_api_name"] = json!(UNNAMED);
    }
    let mut definition: ObjectDefinition = readable(body, violations)?;
    if !is_named {
        definition.head.api_name = ApiName::stand_in(0);
    }
    if !has_plural {
        definition.head.plural_api_name = ApiName::stand_in(1);
    }
    Some(definition)
}

/// A field from a body without the parts that violations point at, under the stand-in of this number where it has no name. Of
/// one without a type there is only the name to check.
fn sound_field(mut body: Json, violations: &[Violation], number: usize) -> Option<FieldDefinition> {
    strip(&mut body, violations);
    let members = body.as_object_mut()?;
    let is_named = members.contains_key("api_name");
    members.entry("api_name").or_insert_with(|| json!(UNNAMED));
    if !members.contains_key("type") {
        members.retain(|key, _| key == "api_name");
        members.insert("type".to_owned(), json!("text"));
    }
    fill_name(&mut body);
    let mut definition = FieldDefinition::deserialize(body).ok()?;
    if !is_named {
        definition.api_name = ApiName::stand_in(number);
    }
    Some(definition)
}

/// Takes out of a body each part that a violation points at: a whole key, of the settings one setting.
fn strip(body: &mut Json, violations: &[Violation]) {
    for violation in violations {
        let mut keys = violation.pointer.keys();
        let (Some(first), second) = (keys.next(), keys.next()) else {
            *body = Json::Null;
            return;
        };
        let Some(map) = body.as_object_mut() else {
            return;
        };
        match (first.as_str(), second) {
            // A field is read by itself.
            ("fields", Some(_)) => {}
            ("settings", Some(setting)) => {
                if let Some(settings) = map.get_mut("settings").and_then(Json::as_object_mut) {
                    settings.shift_remove(&setting);
                }
            }
            (key, _) => {
                map.shift_remove(key);
            }
        }
    }
}

/// The violations within one field of an object, as that field sees them.
fn below_field(violations: &[Violation], index: usize) -> Vec<Violation> {
    let prefix = Pointer::root().key("fields").key(index);
    let within = |violation: &Violation| {
        let rest = violation.pointer.as_str().strip_prefix(prefix.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| Violation {
            pointer: Pointer::parsed(rest),
            ..violation.clone()
        })
    };
    violations.iter().filter_map(within).collect()
}

/// The fields that were sent; none where there are more than an object may have.
fn listed(fields: Option<Json>) -> Vec<Json> {
    match fields {
        Some(Json::Array(fields)) if fields.len() <= MAX_FIELDS => fields,
        _ => Vec::new(),
    }
}

/// Lays a patch over a definition. A key in `fixed` may only repeat its present value.
fn merge(mut body: Json, patch: &Patch, fixed: &[&str]) -> (Json, Vec<Violation>) {
    let mut violations = Vec::new();
    for (key, value) in patch {
        if fixed.contains(&key.as_str()) && body.get(key) != Some(value) {
            let message = format!("`{key}` cannot be changed here");
            violations.push(Violation::new(
                Pointer::root().key(key),
                "immutable",
                message,
            ));
        } else {
            body[key] = value.clone();
        }
    }
    if let Json::Object(map) = &mut body {
        // A null counts as absent, and the form has no nulls for most keys.
        map.retain(|_, value| !value.is_null());
    }
    (body, violations)
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

fn check_form_names(body: &Json, violations: &mut Vec<Violation>) {
    let sections = body.get("form").and_then(Json::as_array);
    for (section, about) in sections.into_iter().flatten().enumerate() {
        let names = about.get("fields").and_then(Json::as_array);
        for (index, name) in names.into_iter().flatten().enumerate() {
            if let Some(Err(error)) = name.as_str().map(ApiName::parse) {
                let place = Pointer::root().key("form").key(section);
                let place = place.key("fields").key(index);
                violations.push(Violation::new(place, error.code(), error.to_string()));
            }
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

/// Reads a body whose form was checked.
fn readable<T: serde::de::DeserializeOwned>(
    body: Json,
    violations: &mut Vec<Violation>,
) -> Option<T> {
    T::deserialize(body)
        .map_err(|error| {
            let message = error.to_string();
            violations.push(Violation::new(Pointer::root(), "invalid", message));
        })
        .ok()
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
            "hidden": {"type": "boolean"},
            "form": {"type": "array", "maxItems": MAX_SECTIONS, "items": section_schema()},
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

fn section_schema() -> Json {
    json!({
        "type": "object",
        "properties": {
            "title": {"type": ["string", "null"], "minLength": 1, "maxLength": 200},
            "fields": {"type": "array", "maxItems": MAX_FIELDS, "items": {"type": "string"}},
            "translations": words_schema(&json!({"title": words(200)})),
        },
        "additionalProperties": false,
    })
}

fn translations_schema() -> Json {
    words_schema(
        &json!({"name": words(200), "plural_name": words(200), "description": words(2000)}),
    )
}

/// Words in other languages.
fn words_schema(words: &Json) -> Json {
    json!({
        "type": "object",
        "maxProperties": 50,
        "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
        "additionalProperties": {"type": "object", "properties": words, "additionalProperties": false},
    })
}

fn words(most: u32) -> Json {
    json!({"type": "string", "minLength": 1, "maxLength": most})
}
