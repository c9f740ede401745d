//! `uuid`: an identifier of another system.

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title};
use crate::scalar::Scalar;
use crate::settings::Settings;

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
}
