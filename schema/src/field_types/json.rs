//! `json`: any JSON document.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{Allows, FieldType, Settings, Storage, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
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

    fn widget(&self) -> &'static str {
        "json"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Json))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        Scalar::Json.json_schema()
    }

    fn store(&self, _settings: &Settings, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        textual::store(Scalar::Json, value)
    }

    fn allows(&self) -> Allows {
        Allows::NO_KEYS
    }
}
