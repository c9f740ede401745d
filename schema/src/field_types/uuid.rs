//! `uuid`: an identifier of another system.

use serde_json::Value as Json;

use crate::column::ColumnType;
use crate::field_type::{FieldType, Settings, Storage, Title};
use crate::field_types::textual;
use crate::scalar::Scalar;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Uuid;

impl FieldType for Uuid {
    fn name(&self) -> &'static str {
        "uuid"
    }

    fn title(&self) -> Title {
        Title::new("UUID", "UUID")
    }

    fn widget(&self) -> &'static str {
        "text"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Uuid))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        Scalar::Uuid.json_schema()
    }

    fn store(&self, _settings: &Settings, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        textual::store(Scalar::Uuid, value)
    }
}
