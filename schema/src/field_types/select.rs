//! `select`: one of the field's options.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::field_types::choice;
use crate::operator::{self, Operator};
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Select;

impl FieldType for Select {
    fn name(&self) -> &'static str {
        "select"
    }

    fn title(&self) -> Title {
        Title::new("Choice", "Выбор из списка")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "circle-dot",
            Group::Choice,
            Title::new(
                "One of several options: a status, a type",
                "Один из вариантов: статус, тип",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "select"
    }

    fn settings(&self) -> Vec<Setting> {
        choice::settings()
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        choice::check_settings(settings)
    }

    fn storage(&self, settings: &Settings) -> Storage {
        Storage::column(ColumnType {
            one_of: Some(choice::values(settings)),
            collation: None,
            ..ColumnType::of(Scalar::Text)
        })
    }

    fn value_schema(&self, settings: &Settings) -> Json {
        json!({"type": "string", "enum": choice::values(settings)})
    }

    fn operators(&self, _column: &ColumnType) -> &'static [&'static Operator] {
        operator::CHOICE
    }
}
