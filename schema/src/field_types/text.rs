//! `text`: a single line.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::{Collation, ColumnType};
use crate::field_type::FieldType;
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::Violation;

/// The most characters where `max_length` is not set.
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

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "type",
            Group::Text,
            Title::new(
                "A single line: a name, a plate, a code",
                "Одна строка: имя, номер, код",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "text"
    }

    fn settings(&self) -> Vec<Setting> {
        let pattern = json!({"type": "string", "maxLength": 500});
        let sort = json!({"enum": ["words", "natural"]});
        vec![
            textual::max_length(10_000),
            Setting::new("pattern", Title::new("Pattern", "Шаблон"), pattern),
            Setting::searchable(),
            Setting::new("sort", Title::new("Sorted as", "Сортировка"), sort),
        ]
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        textual::check_pattern(settings)
    }

    fn storage(&self, settings: &Settings) -> Storage {
        let collation = match settings.text("sort") {
            Some("natural") => Collation::Natural,
            _ => Collation::Words,
        };
        Storage::column(ColumnType {
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
