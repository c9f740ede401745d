//! `percent`: a number of hundredths; 50 is a half.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title};
use crate::field_types::numeric;
use crate::scalar::Scalar;
use crate::settings::Settings;
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

    fn widget(&self) -> &'static str {
        "percent"
    }

    fn settings(&self) -> Json {
        numeric::bounds("number")
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        numeric::check_bounds(settings)
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Float))
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        numeric::bounded(Scalar::Float.json_schema(), settings)
    }
}
