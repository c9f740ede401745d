//! `duration`: a length of time, in ISO 8601.

use crate::column::ColumnType;
use crate::field_type::{Face, FieldType, Group, Storage, Title};
use crate::scalar::Scalar;
use crate::settings::Settings;

#[derive(Debug)]
pub struct Duration;

impl FieldType for Duration {
    fn name(&self) -> &'static str {
        "duration"
    }

    fn title(&self) -> Title {
        Title::new("Duration", "Длительность")
    }

    fn face(&self) -> Face {
        Face {
            icon: "timer",
            group: Group::Date,
            summary: Title::new("How long something takes", "Сколько что-то длится"),
        }
    }

    fn widget(&self) -> &'static str {
        "duration"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Duration))
    }
}
