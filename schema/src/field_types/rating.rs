//! `rating`: a number of stars.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::field_types::numeric;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;

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

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "star",
            Group::Choice,
            Title::new(
                "Stars: how good something is",
                "Звёзды: насколько что-то хорошо",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "rating"
    }

    fn settings(&self) -> Vec<Setting> {
        let max = json!({"type": "integer", "minimum": 1, "maximum": 100});
        vec![Setting::new("max", numeric::greatest(), max)]
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::Integer))
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        let max = settings.integer("max").unwrap_or(DEFAULT_MAX);
        json!({"type": "integer", "minimum": 0, "maximum": max})
    }
}
