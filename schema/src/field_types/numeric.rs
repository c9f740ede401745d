//! What the types that hold a number share.

use serde_json::{Value as Json, json};

use crate::settings::Settings;
use crate::violation::{Pointer, Violation};

/// The settings `min` and `max`.
pub(super) fn bounds(of: &str) -> Json {
    json!({"min": {"type": of}, "max": {"type": of}})
}

pub(super) fn check_bounds(settings: &Settings) -> Vec<Violation> {
    let bound = |key| settings.get(key).and_then(Json::as_f64);
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) if min > max => vec![Violation::new(
            Pointer::root().key("max"),
            "minimum",
            "the greatest value is below the least",
        )],
        _ => Vec::new(),
    }
}

/// Adds the bounds to a value's JSON Schema. They bind numbers; strings are checked by [`within`].
pub(super) fn bounded(mut schema: Json, settings: &Settings) -> Json {
    for (setting, keyword) in [("min", "minimum"), ("max", "maximum")] {
        if let Some(bound) = settings.get(setting) {
            schema[keyword] = bound.clone();
        }
    }
    schema
}

/// Whether a number that came as a string is within the bounds.
pub(super) fn within(settings: &Settings, value: &Json) -> Result<(), Vec<Violation>> {
    let Some(number) = value.as_str().and_then(|text| text.parse::<f64>().ok()) else {
        return Ok(());
    };
    let bound = |key| settings.get(key).and_then(Json::as_f64);
    let wrong = |code, message: String| Err(vec![Violation::new(Pointer::root(), code, message)]);
    match (bound("min"), bound("max")) {
        (Some(min), _) if number < min => wrong("minimum", format!("the least value is {min}")),
        (_, Some(max)) if number > max => wrong("maximum", format!("the greatest value is {max}")),
        _ => Ok(()),
    }
}
