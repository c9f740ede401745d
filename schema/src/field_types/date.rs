//! `date`: a day of the calendar, without a time zone.

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title};
use crate::scalar::Scalar;
use crate::settings::Settings;

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
}
