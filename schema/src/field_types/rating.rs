//! `rating`: a number of stars.

use serde_json::{Value as Json, json};

use crate::column::ColumnType;
use crate::field_type::{Face, FieldType, Group, Storage, Title};
use crate::scalar::Scalar;
use crate::settings::Settings;

const DEFAULT_MAX: i64 = 5;

#[derive(Debug)]
pub struct Rating;

impl FieldType for Rating {
    fn name(&self) -> &'static str {
        "rating"
    }

    fn title(&self) -> Title {
        Title::new("Rating", "Оценка")
    }

    fn face(&self) -> Face {
        Face {
            icon: "star",
            group: Group::Choice,
            summary: Title::new(
                "Stars: how good something is",
                "Звёзды: насколько что-то хорошо",
            ),
        }
    }

    fn widget(&self) -> &'static str {
        "rating"
    }

    fn settings(&self) -> Json {
        json!({"max": {"type": "integer", "minimum": 1, "maximum": 100}})
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Integer))
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        let max = settings.integer("max").unwrap_or(DEFAULT_MAX);
        json!({"type": "integer", "minimum": 0, "maximum": max})
    }
}
