//! `datetime`: an instant, kept in UTC.

use crate::column::ColumnType;
use crate::field_type::{Face, FieldType, Group, Storage, Title};
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

    fn face(&self) -> Face {
        Face {
            icon: "calendar-clock",
            group: Group::Date,
            summary: Title::new(
                "A moment, shown in each reader's time zone",
                "Момент, показанный в часовом поясе читателя",
            ),
        }
    }

    fn widget(&self) -> &'static str {
        "datetime"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::DateTime))
    }
}
