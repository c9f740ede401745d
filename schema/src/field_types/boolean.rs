//! `boolean`: true or false.

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;

#[derive(Debug)]
pub struct Boolean;

impl FieldType for Boolean {
    fn name(&self) -> &'static str {
        "boolean"
    }

    fn title(&self) -> Title {
        Title::new("Yes or no", "Да или нет")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "toggle-left",
            Group::Choice,
            Title::new("A tick: yes or no", "Отметка: да или нет"),
        )
    }

    fn widget(&self) -> &'static str {
        "checkbox"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of(Scalar::Boolean))
    }
}
