//! `percent`: a number of hundredths; 50 is a half.

use serde_json::Value as Json;

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::field_types::numeric;
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Percent;

impl FieldType for Percent {
    fn name(&self) -> &'static str {
        "percent"
    }

    fn title(&self) -> Title {
        Title::new("Percent", "Процент")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "percent",
            Group::Number,
            Title::new(
                "A share of a hundred: a discount, a probability",
                "Доля от ста: скидка, вероятность",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "percent"
    }

    fn settings(&self) -> Vec<Setting> {
        numeric::bounds("number")
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        numeric::check_bounds(settings)
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::Float))
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        numeric::bounded(Scalar::Float.json_schema(), settings)
    }
}
