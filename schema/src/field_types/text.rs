//! `text`: a single line.

use serde_json::{Value as Json, json};

use crate::column::{Collation, ColumnType};
use crate::field_type::{Face, FieldType, Group, Storage, Title};
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

    fn face(&self) -> Face {
        Face {
            icon: "type",
            group: Group::Text,
            summary: Title::new(
                "A single line: a name, a plate, a code",
                "Одна строка: имя, номер, код",
            ),
        }
    }

    fn widget(&self) -> &'static str {
        "text"
    }

    fn settings(&self) -> Json {
        json!({
            "max_length": {"type": "integer", "minimum": 1, "maximum": 10_000},
            "pattern": {"type": "string", "maxLength": 500},
            "searchable": {"type": "boolean"},
            "sort": {"enum": ["words", "natural"]},
        })
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        textual::check_pattern(settings)
    }

    fn storage(&self, settings: &Settings) -> Storage {
        let collation = match settings.text("sort") {
            Some("natural") => Collation::Natural,
            _ => Collation::Words,
        };
        Storage::Column(ColumnType {
            collation: Some(collation),
            long: textual::is_long(settings, DEFAULT_MAX_LENGTH),
            ..ColumnType::of(Scalar::Text)
        })
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        textual::schema(settings, DEFAULT_MAX_LENGTH)
    }

    fn titles(&self) -> bool {
        true
    }
}
