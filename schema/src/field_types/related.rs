//! The shared part of `relation` and `many_to_many`: the other object, and the way back from it.

use serde_json::{Value as Json, json};

use crate::definition::InverseDefinition;
use crate::ident::ApiName;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::title::Title;

/// The settings `to` and `inverse`.
pub(super) fn settings() -> Vec<Setting> {
    let to = json!({"type": "string", "examples": ["contact"]});
    let name = json!({"type": "string", "minLength": 1, "maxLength": 200});
    let inverse = json!({
        "type": "object",
        "properties": {
            "api_name": {"type": "string"},
            "name": name,
            "translations": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "properties": {"name": name},
                    "additionalProperties": false,
                },
            },
        },
        "required": ["api_name"],
        "additionalProperties": false,
    });
    let way_back = Title::new("The way back", "Обратная связь");
    vec![
        Setting::new("to", Title::new("Leads to", "Ведёт к"), to).required(),
        Setting::new("inverse", way_back, inverse),
    ]
}

/// The object pointed at. The rules on definitions have made sure that it is named well.
pub(super) fn target(settings: &Settings) -> ApiName {
    settings
        .read("to")
        .expect("`to` is a required setting whose form was checked")
}

pub(super) fn inverse(settings: &Settings) -> Option<InverseDefinition> {
    settings.read("inverse")
}

/// Problems of form that would make [`target`] or [`inverse`] unreadable.
pub(super) fn check(settings: &Settings) -> Vec<crate::violation::Violation> {
    use crate::violation::{Pointer, Violation};
    let name = |value: Option<&Json>, pointer: Pointer| {
        let text = value?.as_str()?;
        let error = ApiName::parse(text).err()?;
        Some(Violation::new(pointer, error.code(), error.to_string()))
    };
    let inverse = settings.get("inverse").and_then(|i| i.get("api_name"));
    let place = Pointer::root().key("inverse").key("api_name");
    [
        name(settings.get("to"), Pointer::root().key("to")),
        name(inverse, place),
    ]
    .into_iter()
    .flatten()
    .collect()
}
