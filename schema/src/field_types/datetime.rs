//! `datetime`: an instant, kept in UTC.

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;

#[derive(Debug)]
pub struct DateTime;

impl FieldType for DateTime {
    fn name(&self) -> &'static str {
        "datetime"
    }

    fn title(&self) -> Title {
        Title::new("Date and time", "Дата и время")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "calendar-clock",
            Group::Date,
            Title::new(
                "A moment, shown in each reader's time zone",
                "Момент, показанный в часовом поясе читателя",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "datetime"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::DateTime))
    }
}
