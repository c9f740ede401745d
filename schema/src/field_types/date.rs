//! `date`: a day of the calendar, without a time zone.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{FieldType, Settings, Storage, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Date;

impl FieldType for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn title(&self) -> Title {
        Title::new("Date", "Дата")
    }

    fn widget(&self) -> &'static str {
        "date"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Date))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        Scalar::Date.json_schema()
    }

    fn store(&self, _settings: &Settings, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        textual::store(Scalar::Date, value)
    }
}
