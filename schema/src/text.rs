//! Texts as they are kept: composed (NFC), and without the character U+0000, which Postgres cannot store.

use serde_json::Value as Json;
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::mismatch::Mismatch;
use crate::violation::{Pointer, Violation, is_enough};

/// A name from a request, short enough to repeat in a message.
#[must_use]
pub fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

/// A text in normal form C: `e` with a combining accent becomes `é`, so that equal texts are equal values.
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// A JSON value with its texts [`composed`]; its keys stay.
#[must_use]
pub fn compose(value: &Json) -> Cow<'_, Json> {
    if is_composed(value) {
        return Cow::Borrowed(value);
    }
    let mut value = value.clone();
    compose_in(&mut value);
    Cow::Owned(value)
}

fn is_composed(value: &Json) -> bool {
    match value {
        Json::String(text) => matches!(composed(text), Cow::Borrowed(_)),
        Json::Array(items) => items.iter().all(is_composed),
        Json::Object(map) => map.values().all(is_composed),
        _ => true,
    }
}

fn compose_in(value: &mut Json) {
    match value {
        Json::String(text) => {
            if let Cow::Owned(new) = composed(text) {
                *text = new;
            }
        }
        Json::Array(items) => items.iter_mut().for_each(compose_in),
        Json::Object(map) => map.values_mut().for_each(compose_in),
        _ => {}
    }
}

/// Composes every text of a JSON value, and finds those that cannot be stored.
pub(crate) fn compose_all(value: &mut Json) -> Vec<Violation> {
    compose_in(value);
    let mut violations = Vec::new();
    find_nul(value, &Pointer::root(), &mut violations);
    violations
}

fn find_nul(value: &Json, at: &Pointer, violations: &mut Vec<Violation>) {
    if is_enough(violations) {
        return;
    }
    let refuse = || {
        let Mismatch { code, message, .. } = nul();
        Violation::new(at.clone(), code, message)
    };
    match value {
        Json::String(text) if text.contains('\0') => violations.push(refuse()),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_nul(item, &at.key(index), violations);
            }
        }
        Json::Object(map) => {
            for (key, value) in map {
                if key.contains('\0') {
                    violations.push(refuse());
                } else {
                    find_nul(value, &at.key(key), violations);
                }
            }
        }
        _ => {}
    }
}

/// The refusal of a text with the character U+0000.
pub(crate) fn nul() -> Mismatch {
    Mismatch::new("pattern", "the character U+0000 cannot be stored")
}

#[cfg(test)]
mod tests {
    use super::{compose, compose_all};
    use crate::violation::Violation;
    use serde_json::json;
    use std::borrow::Cow;

    #[test]
    fn texts_are_composed_and_keys_stay() {
        let apart = "e\u{301}";
        let value = json!({apart: [apart, 1, {"b": "x"}]});
        assert_eq!(*compose(&value), json!({apart: ["é", 1, {"b": "x"}]}));
        assert!(matches!(compose(&json!(["é", "日本"])), Cow::Borrowed(_)));
    }

    #[test]
    fn a_text_that_cannot_be_stored_is_found_wherever_it_is() {
        let mut value = json!({"a": ["x", "\0"], "b": {"c\0": 1, "d": "x\0"}, "e": 5});
        let places: Vec<String> = compose_all(&mut value)
            .iter()
            .map(|Violation { pointer, .. }| pointer.to_string())
            .collect();
        assert_eq!(places, ["/a/1", "/b", "/b/d"]);
    }
}
