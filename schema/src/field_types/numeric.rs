//! The shared part of the types that hold a number.

use serde_json::{Value as Json, json};
use std::cmp::Ordering;

use crate::number::{self, LARGEST_EXPONENT};
use crate::setting::Setting;
use crate::settings::Settings;
use crate::title::Title;
use crate::violation::{Pointer, Violation};

/// The settings `min` and `max`.
pub(super) fn bounds(of: &str) -> Vec<Setting> {
    let least = Title::new("Least", "Наименьшее");
    vec![
        Setting::new("min", least, json!({"type": of})),
        Setting::new("max", greatest(), json!({"type": of})),
    ]
}

/// The title of `max`.
pub(super) const fn greatest() -> Title {
    Title::new("Greatest", "Наибольшее")
}

pub(super) fn check_bounds(settings: &Settings) -> Vec<Violation> {
    let mut bounds = Vec::new();
    let mut violations = Vec::new();
    for key in ["min", "max"] {
        let Some(given) = settings.get(key).and_then(Json::as_number) else {
            continue;
        };
        match number::plain(given) {
            Some(bound) => bounds.push(bound),
            None => violations.push(Violation::new(
                Pointer::root().key(key),
                "maximum",
                format!("an exponent of at most {LARGEST_EXPONENT} is expected"),
            )),
        }
    }
    if let [min, max] = bounds.as_slice()
        && number::compare(min, max).is_gt()
    {
        violations.push(Violation::new(
            Pointer::root().key("max"),
            "minimum",
            "the greatest value is below the least",
        ));
    }
    violations
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
    let Some(given) = value.as_str() else {
        return Ok(());
    };
    for (key, code, beyond, which) in [
        ("min", "minimum", Ordering::Less, "least"),
        ("max", "maximum", Ordering::Greater, "greatest"),
    ] {
        let bound = settings.get(key).and_then(Json::as_number);
        if let Some(bound) = bound.and_then(number::plain)
            && number::compare(given, &bound) == beyond
        {
            let message = format!("the {which} value is {bound}");
            return Err(vec![Violation::new(Pointer::root(), code, message)]);
        }
    }
    Ok(())
}
