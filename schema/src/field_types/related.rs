//! What `relation` and `many_to_many` share: naming the other object and the way back from it.

use serde_json::{Value as Json, json};

use crate::definition::InverseDefinition;
use crate::ident::ApiName;
use crate::settings::Settings;

pub(super) fn settings() -> Json {
    let name = json!({"type": "string", "minLength": 1, "maxLength": 200});
    json!({
        "to": {"type": "string", "examples": ["contact"]},
        "inverse": {
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
        },
    })
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
