//! `float`: a binary floating-point number of 64 bits.

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
pub struct Float;

impl FieldType for Float {
    fn name(&self) -> &'static str {
        "float"
    }

    fn title(&self) -> Title {
        Title::new("Number", "Число с плавающей точкой")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "sigma",
            Group::Number,
            Title::new(
                "A measured number, in floating point",
                "Измеренное число, с плавающей точкой",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "number"
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
