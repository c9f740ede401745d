//! `time`: a time of day, without a time zone.

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;

#[derive(Debug)]
pub struct Time;

impl FieldType for Time {
    fn name(&self) -> &'static str {
        "time"
    }

    fn title(&self) -> Title {
        Title::new("Time", "Время суток")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "clock",
            Group::Date,
            Title::new("A time of day, without a date", "Время суток без даты"),
        )
    }

    fn widget(&self) -> &'static str {
        "time"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::Time))
    }
}
