//! `boolean`: true or false.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{FieldType, Settings, Storage, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Boolean;

impl FieldType for Boolean {
    fn name(&self) -> &'static str {
        "boolean"
    }

    fn title(&self) -> Title {
        Title::new("Yes or no", "Да или нет")
    }

    fn widget(&self) -> &'static str {
        "checkbox"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Boolean))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        Scalar::Boolean.json_schema()
    }

    fn store(&self, _settings: &Settings, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        textual::store(Scalar::Boolean, value)
    }
}
