//! `time`: a time of day, without a time zone.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{FieldType, Settings, Storage, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Time;

impl FieldType for Time {
    fn name(&self) -> &'static str {
        "time"
    }

    fn title(&self) -> Title {
        Title::new("Time", "Время суток")
    }

    fn widget(&self) -> &'static str {
        "time"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Time))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        Scalar::Time.json_schema()
    }

    fn store(&self, _settings: &Settings, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        textual::store(Scalar::Time, value)
    }
}
