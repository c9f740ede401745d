//! `integer`: a whole number of 64 bits.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title};
use crate::field_types::numeric;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Integer;

impl FieldType for Integer {
    fn name(&self) -> &'static str {
        "integer"
    }

    fn title(&self) -> Title {
        Title::new("Integer", "Целое число")
    }

    fn widget(&self) -> &'static str {
        "number"
    }

    fn settings(&self) -> Json {
        numeric::bounds("integer")
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        numeric::check_bounds(settings)
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Integer))
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        numeric::bounded(Scalar::Integer.json_schema(), settings)
    }

    fn store(
        &self,
        settings: &Settings,
        storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        numeric::within(settings, value)?;
        storage.normalise(value)
    }
}
