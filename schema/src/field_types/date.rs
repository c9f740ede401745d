//! `date`: a day of the calendar, without a time zone.

use crate::column::ColumnType;
use crate::field_type::{Face, FieldType, Group, Storage, Title};
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

    fn face(&self) -> Face {
        Face {
            icon: "calendar",
            group: Group::Date,
            summary: Title::new("A day, without a time", "День без времени"),
        }
    }

    fn widget(&self) -> &'static str {
        "date"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Date))
    }
}
