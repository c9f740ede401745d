//! `duration`: a length of time, in ISO 8601.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{FieldType, Settings, Storage, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Duration;

impl FieldType for Duration {
    fn name(&self) -> &'static str {
        "duration"
    }

    fn title(&self) -> Title {
        Title::new("Duration", "Длительность")
    }

    fn widget(&self) -> &'static str {
        "duration"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Duration))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        Scalar::Duration.json_schema()
    }

    fn store(&self, _settings: &Settings, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        textual::store(Scalar::Duration, value)
    }
}
