//! The shared part of the types that hold plain text.

use serde_json::{Value as Json, json};

use crate::column::SORTED_CHARACTERS;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::title::Title;
use crate::validator::Validator;
use crate::violation::{Pointer, Violation};

/// The setting `max_length`, itself limited to `most`.
pub(super) fn max_length(most: u32) -> Setting {
    Setting::new(
        "max_length",
        Title::new("Longest", "Не длиннее"),
        json!({"type": "integer", "minimum": 1, "maximum": most}),
    )
}

/// Whether the settings allow more characters than an order regards.
pub(super) fn is_long(settings: &Settings, default_max_length: i64) -> bool {
    let max_length = settings.integer("max_length");
    max_length.unwrap_or(default_max_length) > i64::from(SORTED_CHARACTERS)
}

/// JSON Schema of a string within the settings' `max_length` and `pattern`.
pub(super) fn schema(settings: &Settings, default_max_length: i64) -> Json {
    let mut schema = json!({
        "type": "string",
        "maxLength": settings.integer("max_length").unwrap_or(default_max_length),
    });
    if let Some(pattern) = settings.text("pattern") {
        schema["pattern"] = json!(pattern);
    }
    schema
}

/// Whether `pattern` is a regular expression that can be checked in linear time.
pub(super) fn check_pattern(settings: &Settings) -> Vec<Violation> {
    let Some(pattern) = settings.text("pattern") else {
        return Vec::new();
    };
    match Validator::new(&json!({"type": "string", "pattern": pattern})) {
        Ok(_) => Vec::new(),
        Err(_) => vec![Violation::new(
            Pointer::root().key("pattern"),
            "pattern",
            "this is not a regular expression that can be used here (no look-around, no back-references)",
        )],
    }
}
