//! `uuid`: an identifier of another system.

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;

#[derive(Debug)]
pub struct Uuid;

impl FieldType for Uuid {
    fn name(&self) -> &'static str {
        "uuid"
    }

    fn title(&self) -> Title {
        Title::new("UUID", "UUID")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "fingerprint",
            Group::Other,
            Title::new("An id of another system", "Идентификатор из другой системы"),
        )
    }

    fn widget(&self) -> &'static str {
        "text"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::Uuid))
    }
}
