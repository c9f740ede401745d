//! `boolean`: true or false.

use crate::column::ColumnType;
use crate::field_type::{Face, FieldType, Group, Storage, Title};
use crate::scalar::Scalar;
use crate::settings::Settings;

#[derive(Debug)]
pub struct Boolean;

impl FieldType for Boolean {
    fn name(&self) -> &'static str {
        "boolean"
    }

    fn title(&self) -> Title {
        Title::new("Yes or no", "Да или нет")
    }

    fn face(&self) -> Face {
        Face {
            icon: "toggle-left",
            group: Group::Choice,
            summary: Title::new("A tick: yes or no", "Отметка: да или нет"),
        }
    }

    fn widget(&self) -> &'static str {
        "checkbox"
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Boolean))
    }
}
