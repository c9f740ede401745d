//! `date`: a day of the calendar, without a time zone.

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;

#[derive(Debug)]
pub struct Date;

impl FieldType for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn title(&self) -> Title {
        Title::new("Date", "Дата")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "calendar",
            Group::Date,
            Title::new("A day, without a time", "День без времени"),
        )
    }

    fn widget(&self) -> &'static str {
        "date"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::Date))
    }
}
