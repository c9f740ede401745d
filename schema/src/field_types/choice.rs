//! The options of `select` and `multi_select`.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::HashSet;

use crate::setting::Setting;
use crate::settings::Settings;
use crate::title::Title;
use crate::violation::{Pointer, Violation};

const COLORS: [&str; 9] = [
    "gray", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink",
];

#[derive(Debug, Deserialize)]
struct Choice {
    value: String,
}

/// The setting `options`.
pub(super) fn settings() -> Vec<Setting> {
    let options = json!({
        "type": "array",
        "minItems": 1,
        "maxItems": 500,
        "items": {
            "type": "object",
            "properties": {
                "value": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[^\\u0000-\\u001f]+$"},
                "label": {"type": "string", "minLength": 1, "maxLength": 200},
                "color": {"anyOf": [{"enum": COLORS}, {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}]},
                "translations": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "properties": {"label": {"type": "string", "maxLength": 200}},
                        "additionalProperties": false,
                    },
                },
            },
            "required": ["value"],
            "additionalProperties": false,
        },
        "examples": [[{"value": "new", "label": "New"}]],
    });
    vec![Setting::new("options", Title::new("Options", "Варианты"), options).required()]
}

pub(super) fn check_settings(settings: &Settings) -> Vec<Violation> {
    let mut seen = HashSet::new();
    let options = settings.get("options").and_then(Json::as_array);
    let options = options.into_iter().flatten().enumerate();
    options
        .filter_map(|(index, option)| Some((index, option.get("value")?.as_str()?)))
        .filter(|(_, value)| !seen.insert(*value))
        .map(|(index, value)| {
            let place = Pointer::root().key("options").key(index).key("value");
            Violation::new(
                place,
                "unique",
                format!("the option `{value}` stands twice"),
            )
        })
        .collect()
}

/// The values that may be chosen, in order.
pub(super) fn values(settings: &Settings) -> Vec<String> {
    settings
        .read::<Vec<Choice>>("options")
        .unwrap_or_default()
        .into_iter()
        .map(|choice| choice.value)
        .collect()
}
