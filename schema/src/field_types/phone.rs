//! `phone`: a telephone number, kept in E.164 (`+37120000000`).

use serde_json::{Value as Json, json};

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title, at_value};
use crate::mismatch::Mismatch;
use crate::scalar::Scalar;
use crate::settings::Settings;
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

    fn widget(&self) -> &'static str {
        "phone"
    }

    fn settings(&self) -> Json {
        json!({"searchable": {"type": "boolean"}})
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Text))
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
        let normal = operand.as_str().map(|text| {
            e164(text).unwrap_or_else(|| text.chars().filter(|c| !is_separator(*c)).collect())
        });
        column
            .scalar
            .normalise(&normal.map_or_else(|| operand.clone(), Json::String))
    }

    fn titles(&self) -> bool {
        true
    }
}

/// The number without separators; `None` where it is not an international one of 7 to 15 digits.
fn e164(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !is_separator(*c)).collect();
    let digits = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"))?;
    let international = (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit());
    international.then(|| format!("+{digits}"))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')' | '/')
}

#[cfg(test)]
mod tests {
    use super::e164;

    #[test]
    fn separators_go_and_the_country_code_stays() {
        assert_eq!(e164("+371 2000-0000").as_deref(), Some("+37120000000"));
        assert_eq!(
            e164("00 44 (20) 7946 0958").as_deref(),
            Some("+442079460958")
        );
        for bad in [
            "20000000",
            "+0123456789",
            "+12",
            "+1 555 CALL",
            "+1234567890123456",
        ] {
            assert_eq!(e164(bad), None, "{bad}");
        }
    }
}
