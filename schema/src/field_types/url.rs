//! `url`: an absolute web address.

use serde_json::{Value as Json, json};

use crate::column::ColumnType;
use crate::field_type::{FieldType, Storage, Title, at_value};
use crate::mismatch::Mismatch;
use crate::scalar::Scalar;
use crate::settings::Settings;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Url;

impl FieldType for Url {
    fn name(&self) -> &'static str {
        "url"
    }

    fn title(&self) -> Title {
        Title::new("Web address", "Веб-адрес")
    }

    fn widget(&self) -> &'static str {
        "url"
    }

    fn settings(&self) -> Json {
        json!({"searchable": {"type": "boolean"}})
    }

    fn storage(&self, _settings: &Settings) -> Storage {
        Storage::Column(ColumnType::of(Scalar::Text))
    }

    fn value_schema(&self, _settings: &Settings) -> Json {
        json!({"type": "string", "format": "uri", "maxLength": 2048})
    }

    /// Only `http` and `https`: a page shows the value as a link, and `javascript:` is an address too.
    fn store(
        &self,
        _settings: &Settings,
        storage: &Storage,
        value: &Json,
    ) -> Result<Vec<Json>, Vec<Violation>> {
        let text = value.as_str().unwrap_or_default();
        match url::Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => storage.normalise(value),
            _ => Err(at_value(Mismatch::new(
                "format",
                "a web address is expected, such as https://example.com",
            ))),
        }
    }

    fn titles(&self) -> bool {
        true
    }
}
