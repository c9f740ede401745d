//! `text`: a single line.

use serde_json::{Value as Json, json};

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::violation::Violation;

/// The most characters where `max_length` says nothing.
const DEFAULT_MAX_LENGTH: i64 = 1_000;

#[derive(Debug)]
pub struct Text;

impl FieldType for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn title(&self) -> Title {
        Title::new("Text", "Текст")
    }

    fn widget(&self) -> &'static str {
        "text"
    }

    fn settings(&self) -> Json {
        json!({
            "max_length": {"type": "integer", "minimum": 1, "maximum": 10_000},
            "pattern": {"type": "string", "maxLength": 500},
            "searchable": {"type": "boolean"},
        })
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        textual::check_pattern(settings)
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Text))
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        textual::schema(settings, DEFAULT_MAX_LENGTH)
    }

    fn titles(&self) -> bool {
        true
    }
}
