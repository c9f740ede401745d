//! `email`: an e-mail address, kept in lower case.

use serde_json::{Value as Json, json};

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title};
use crate::mismatch::Mismatch;
use crate::scalar::Scalar;
use crate::settings::Settings;
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

    fn widget(&self) -> &'static str {
        "email"
    }

    fn settings(&self) -> Json {
        json!({"searchable": {"type": "boolean"}})
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Text))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        json!({"type": "string", "format": "email", "maxLength": 254})
    }

    fn store(
        &self,
        _settings: &Settings,
        storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        storage.normalise(&lower(value))
    }

    fn operand(&self, column: &ColumnType, operand: &Json) -> Result<Json, Mismatch> {
        column.scalar.normalise(&lower(operand))
    }

    fn titles(&self) -> bool {
        true
    }
}

fn lower(value: &Json) -> Json {
    match value {
        Json::String(text) => Json::String(text.to_lowercase()),
        other => other.clone(),
    }
}
