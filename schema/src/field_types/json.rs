//! `json`: any JSON document, or only documents that fit a JSON Schema.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::{Allows, FieldType};
use crate::json_schema;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::Violation;

#[derive(Debug)]
pub struct JsonDocument;

impl FieldType for JsonDocument {
    fn name(&self) -> &'static str {
        "json"
    }

    fn title(&self) -> Title {
        Title::new("JSON", "JSON")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "braces",
            Group::Other,
            Title::new(
                "Any JSON document, for programs",
                "Любой документ JSON, для программ",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "json"
    }

    fn settings(&self) -> Vec<Setting> {
        let title = Title::new("JSON Schema", "Схема JSON");
        vec![Setting::new("schema", title, json!({"type": "object"}))]
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        let schema = settings.get("schema").filter(|schema| schema.is_object());
        let faults = schema.map(json_schema::check).unwrap_or_default();
        faults.into_iter().map(|v| v.below("schema")).collect()
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        match settings.get("schema") {
            Some(schema) => json_schema::expanded(schema),
            None => Scalar::Json.json_schema(),
        }
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::Json))
    }

    fn allows(&self) -> Allows {
        Allows::NO_KEYS
    }
}
