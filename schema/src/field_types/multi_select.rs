//! `multi_select`: any of the field's options.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::{Allows, FieldType};
use crate::field_types::choice;
use crate::operator::{self, Operator};
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::Violation;

#[derive(Debug)]
pub struct MultiSelect;

impl FieldType for MultiSelect {
    fn name(&self) -> &'static str {
        "multi_select"
    }

    fn title(&self) -> Title {
        Title::new("Choices", "Множественный выбор")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "tags",
            Group::Choice,
            Title::new(
                "Any number of options: tags, skills",
                "Любое число вариантов: метки, навыки",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "multi_select"
    }

    fn settings(&self) -> Vec<Setting> {
        choice::settings()
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        choice::check_settings(settings)
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::column(ColumnType {
            list: true,
            one_of: Some(choice::values(settings)),
            collation: None,
            ..ColumnType::of(Scalar::Text)
        })
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        json!({
            "type": "array",
            "items": {"type": "string", "enum": choice::values(settings)},
            "uniqueItems": true,
        })
    }

    fn operators(&self, _column: &ColumnType) -> &'static [&'static Operator] {
        operator::CHOICES
    }

    fn allows(&self) -> Allows {
        Allows {
            unique: false,
            ..Allows::ALL
        }
    }
}
