//! `email`: an e-mail address, kept in lower case and with its domain in Unicode.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::ColumnType;
use crate::email_address::{canonical, canonical_part};
use crate::field_type::FieldType;
use crate::mismatch::{Mismatch, at_value};
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Email;

impl FieldType for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn title(&self) -> Title {
        Title::new("E-mail", "Электронная почта")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "mail",
            Group::Contact,
            Title::new(
                "An e-mail address, kept in lower case",
                "Адрес электронной почты, строчными буквами",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "email"
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::searchable()]
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::column(ColumnType::of_bytes())
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        json!({"type": "string", "format": "idn-email", "maxLength": 254})
    }

    fn store(
        &self,
        _settings: &Settings,
        _storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        value
            .as_str()
            .and_then(canonical)
            .map(|address| vec![Json::String(address)])
            .ok_or_else(|| {
                at_value(Mismatch::new(
                    "format",
                    "one e-mail address is expected, without a name, such as ada@example.com",
                ))
            })
    }

    /// Operands are parts of addresses too.
    fn operand(&self, column: &ColumnType, operand: &Json) -> Result<Json, Mismatch> {
        let normal = operand.as_str().map(canonical_part);
        column
            .scalar
            .normalise(&normal.map_or_else(|| operand.clone(), Json::String))
    }

    fn titles(&self) -> bool {
        true
    }
}
