//! `datetime`: an instant, kept in UTC.

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title};
use crate::scalar::Scalar;
use crate::settings::Settings;

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
}
