//! `json`: any JSON document.

use crate::column::ColumnType;
use crate::field_type::{Allows, FieldType, Storage, Title};
use crate::scalar::Scalar;
use crate::settings::Settings;

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

    fn allows(&self) -> Allows {
        Allows::NO_KEYS
    }
}
