//! `duration`: a length of time, in ISO 8601.

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;

#[derive(Debug)]
pub struct Duration;

impl FieldType for Duration {
    fn name(&self) -> &'static str {
        "duration"
    }

    fn title(&self) -> Title {
        Title::new("Duration", "Длительность")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "timer",
            Group::Date,
            Title::new("How long something takes", "Сколько что-то длится"),
        )
    }

    fn widget(&self) -> &'static str {
        "duration"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::Duration))
    }
}
