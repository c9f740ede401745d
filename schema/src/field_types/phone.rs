//! `phone`: a telephone number, kept in E.164 (`+37120000000`).

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::field_type::FieldType;
use crate::mismatch::{Mismatch, at_value};
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::telephone::{e164, without_separators};
use crate::title::Title;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Phone;

impl FieldType for Phone {
    fn name(&self) -> &'static str {
        "phone"
    }

    fn title(&self) -> Title {
        Title::new("Phone", "Телефон")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "phone",
            Group::Contact,
            Title::new(
                "A telephone number in the international form",
                "Номер телефона в международном виде",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "phone"
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::searchable()]
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of_bytes())
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        json!({"type": "string", "maxLength": 40, "examples": ["+371 2000 0000"]})
    }

    fn store(
        &self,
        _settings: &Settings,
        _storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        value
            .as_str()
            .and_then(e164)
            .map(|number| vec![Json::String(number)])
            .ok_or_else(|| {
                at_value(Mismatch::new(
                    "format",
                    "a telephone number with its country code is expected, such as +371 2000 0000",
                ))
            })
    }

    /// A whole number is compared in its stored form, a part of one with its spaces and hyphens taken out.
    fn operand(&self, column: &ColumnType, operand: &Json) -> Result<Json, Mismatch> {
        let normal = operand
            .as_str()
            .map(|text| e164(text).unwrap_or_else(|| without_separators(text)));
        column
            .scalar
            .normalise(&normal.map_or_else(|| operand.clone(), Json::String))
    }

    fn titles(&self) -> bool {
        true
    }
}
