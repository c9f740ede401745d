//! `datetime`: an instant, kept in UTC.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{FieldType, Settings, Storage, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::violation::Violation;

#[derive(Debug)]
pub struct DateTime;

impl FieldType for DateTime {
    fn name(&self) -> &'static str {
        "datetime"
    }

    fn title(&self) -> Title {
        Title::new("Date and time", "Дата и время")
    }

    fn widget(&self) -> &'static str {
        "datetime"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::DateTime))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        Scalar::DateTime.json_schema()
    }

    fn store(&self, _settings: &Settings, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        textual::store(Scalar::DateTime, value)
    }
}
