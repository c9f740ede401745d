//! `auto_number`: a running number that the server gives, such as `INV-0042`.

use serde_json::{Value as Json, json};

use crate::appearance::{Appearance, Group};
use crate::column::{Collation, ColumnType, Numbering};
use crate::field_type::{Allows, FieldType};
use crate::mismatch::{Mismatch, at_value};
use crate::scalar::Scalar;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::title::Title;
use crate::violation::{Pointer, Violation};

const DEFAULT_FORMAT: &str = "{0}";

#[derive(Debug)]
pub struct AutoNumber;

impl FieldType for AutoNumber {
    fn name(&self) -> &'static str {
        "auto_number"
    }

    fn title(&self) -> Title {
        Title::new("Auto number", "Автонумерация")
    }

    fn appearance(&self) -> Appearance {
        Appearance::new(
            "list-ordered",
            Group::Other,
            Title::new(
                "Counted by the server: INV-0001, INV-0002",
                "Считает сервер: СЧ-0001, СЧ-0002",
            ),
        )
    }

    fn widget(&self) -> &'static str {
        "read_only"
    }

    fn settings(&self) -> Vec<Setting> {
        let format = json!({"type": "string", "maxLength": 60});
        vec![
            Setting::new("format", Title::new("Format", "Формат"), format),
            Setting::searchable(),
        ]
    }

    fn check_settings(&self, settings: &Settings) -> Vec<Violation> {
        let format = settings.text("format").unwrap_or(DEFAULT_FORMAT);
        if numbering(format).is_some() {
            return Vec::new();
        }
        vec![Violation::new(
            Pointer::root().key("format"),
            "pattern",
            "a format has one place for the number, as many zeros as it has digits at least: INV-{0000}",
        )]
    }

    fn storage(&self, settings: &Settings) -> Storage {
        let format = settings.text("format").unwrap_or(DEFAULT_FORMAT);
        Storage::column(ColumnType {
            numbering: numbering(format),
            collation: Some(Collation::Natural),
            ..ColumnType::of(Scalar::Text)
        })
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        json!({"type": "string", "readOnly": true})
    }

    fn store(
        &self,
        _settings: &Settings,
        _storage: &Storage,
        _value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        Err(at_value(Mismatch::new(
            "read_only",
            "the server gives this number",
        )))
    }

    fn allows(&self) -> Allows {
        Allows {
            required: false,
            default_value: false,
            ..Allows::ALL
        }
    }

    fn titles(&self) -> bool {
        true
    }
}

fn numbering(format: &str) -> Option<Numbering> {
    let (prefix, rest) = format.split_once('{')?;
    let (zeros, suffix) = rest.split_once('}')?;
    let well_formed = (1..=18).contains(&zeros.len())
        && zeros.bytes().all(|b| b == b'0')
        && ![prefix, suffix]
            .iter()
            .any(|part| part.contains(['{', '}', '\0']));
    well_formed.then(|| Numbering {
        prefix: prefix.to_owned(),
        digits: zeros.len(),
        suffix: suffix.to_owned(),
    })
}
