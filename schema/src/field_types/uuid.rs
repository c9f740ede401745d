//! `uuid`: an identifier of another system.

use crate::column::ColumnType;
use crate::field_type::{Face, FieldType, Group, Storage, Title};
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

    fn face(&self) -> Face {
        Face {
            icon: "fingerprint",
            group: Group::Other,
            summary: Title::new("An id of another system", "Идентификатор из другой системы"),
        }
    }

    fn widget(&self) -> &'static str {
        "text"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Uuid))
    }
}
