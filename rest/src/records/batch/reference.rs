//! `$acme.id`: a value of an earlier operation's result, by the operation's `ref` and the way through its body.
//!
//! A string is a reference where the whole of it has this form; `$$acme.id` is the text `$acme.id`, and any other string is
//! itself. References stand for values: in a body anywhere but in keys, in a path for whole segments.

use serde_json::Value as Json;
use std::borrow::Cow;
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};

/// A name and the keys that follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference<'t> {
    pub(super) name: &'t str,
    keys: &'t str,
}

/// The results so far, by their names.
pub(super) type Named<'r> = [(&'r str, &'r Json)];

impl<'t> Reference<'t> {
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let (name, keys) = text.strip_prefix('$')?.split_once('.')?;
        let well_formed = is_name(name) && keys.split('.').all(is_key);
        well_formed.then_some(Self { name, keys })
    }

    /// Whether it stands for the id of an operation's own record.
    pub(super) fn is_id(self) -> bool {
        self.keys == "id"
    }

    /// What it stands for.
    fn value<'r>(self, results: &Named<'r>) -> Result<&'r Json, String> {
        let found = results.iter().find(|(name, _)| *name == self.name);
        let &(_, mut value) =
            found.ok_or_else(|| format!("no operation before has the `ref` `{}`", self.name))?;
        for key in self.keys.split('.') {
            let inner = match value {
                Json::Object(map) => map.get(key),
                Json::Array(items) => key.parse::<usize>().ok().and_then(|at| items.get(at)),
                _ => None,
            };
            value = inner.ok_or_else(|| {
                format!(
                    "the result of `{}` has no `{}`: what is referred to must be among its `fields`",
                    self.name, self.keys
                )
            })?;
        }
        Ok(value)
    }
}

/// What a `ref` may look like.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && is_key(text)
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A string that is no reference, as it was meant.
fn plain(text: &str) -> &str {
    let dollars = text.len() - text.trim_start_matches('$').len();
    let escaped = dollars > 1 && Reference::read(&text[dollars - 1..]).is_some();
    if escaped { &text[1..] } else { text }
}

/// All references in a body, each with its place.
pub(super) fn all(body: &Json) -> Vec<(Pointer, Reference<'_>)> {
    let mut found = Vec::new();
    collect(body, &Pointer::root(), &mut found);
    found
}

fn collect<'b>(value: &'b Json, at: &Pointer, found: &mut Vec<(Pointer, Reference<'b>)>) {
    match value {
        Json::String(text) => found.extend(Reference::read(text).map(|it| (at.clone(), it))),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &at.key(index), found);
            }
        }
        Json::Object(map) => {
            for (key, value) in map {
                collect(value, &at.key(key), found);
            }
        }
        _ => {}
    }
}

/// A body with the values that its references stand for.
///
/// # Errors
/// Each reference that stands for nothing; pointers begin at the body.
pub(super) fn resolve(body: &Json, results: &Named<'_>) -> Result<Json, Vec<Violation>> {
    let mut missing = Vec::new();
    let body = replaced(body, &Pointer::root(), results, &mut missing);
    if missing.is_empty() {
        Ok(body)
    } else {
        Err(missing)
    }
}

fn replaced(value: &Json, at: &Pointer, results: &Named<'_>, missing: &mut Vec<Violation>) -> Json {
    match value {
        Json::String(text) => match Reference::read(text).map(|it| it.value(results)) {
            None => Json::from(plain(text)),
            Some(Ok(value)) => value.clone(),
            Some(Err(message)) => {
                missing.push(Violation::new(at.clone(), "reference", message));
                Json::Null
            }
        },
        Json::Array(items) => {
            let items = items.iter().enumerate();
            items
                .map(|(index, item)| replaced(item, &at.key(index), results, missing))
                .collect()
        }
        Json::Object(map) => {
            let entries = map.iter();
            let entries = entries
                .map(|(key, value)| (key.clone(), replaced(value, &at.key(key), results, missing)));
            Json::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// A segment of a path with the value that it stands for, which must be text or a number.
pub(super) fn segment<'s>(
    segment: &'s str,
    results: &Named<'_>,
) -> Result<Cow<'s, str>, Violation> {
    let Some(reference) = Reference::read(segment) else {
        return Ok(Cow::Borrowed(plain(segment)));
    };
    let refuse = |message| Violation::new(Pointer::root(), "reference", message);
    match reference.value(results).map_err(refuse)? {
        Json::String(text) => Ok(Cow::Owned(text.clone())),
        Json::Number(number) => Ok(Cow::Owned(number.to_string())),
        _ => Err(refuse(format!("`{}` is no id", clip(segment)))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Reference, all, resolve, segment};
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_a_reference_looks_like() {
        for text in ["$a.id", "$acme.data.0.id", "$a_1.B.c_d"] {
            assert!(Reference::read(text).is_some(), "{text}");
        }
        for text in [
            "$a", "a.id", "$5.00", "$a.", "$.id", "$a..id", "$a.id ", "$a.i-d", "$$a.id", "", "$",
        ] {
            assert_eq!(Reference::read(text), None, "{text}");
        }
    }

    #[test]
    fn values_take_the_place_of_references() {
        let acme = json!({"id": "7", "data": [{"n": null}, {"n": 5}], "$x.y": 1});
        let results = [("acme", &acme)];
        let body = json!({"a": "$acme.id", "$acme.id": ["$acme.data.1", "$$acme.id", "$$$acme.id", "$$", "$5", "x $acme.id"], "n": "$acme.data.0.n"});
        assert_eq!(
            resolve(&body, &results),
            Ok(
                json!({"a": "7", "$acme.id": [{"n": 5}, "$acme.id", "$$acme.id", "$$", "$5", "x $acme.id"], "n": null})
            )
        );
        let bad = json!({"a": ["$acme.nothing", "$acme.id.x", "$acme.data.2", "$acme.data.x"], "b": "$other.id"});
        let missing = resolve(&bad, &results).unwrap_err();
        let places: Vec<_> = missing.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(places, ["/a/0", "/a/1", "/a/2", "/a/3", "/b"]);
        assert_eq!(all(&bad).len(), 5);
    }

    #[test]
    fn a_segment_is_text_or_a_number() {
        let it = json!({"id": "7", "n": 8, "none": null, "object": {}});
        let results = [("it", &it)];
        assert_eq!(segment("$it.id", &results).unwrap(), "7");
        assert_eq!(segment("$it.n", &results).unwrap(), "8");
        assert_eq!(segment("$$it.n", &results).unwrap(), "$it.n");
        assert_eq!(segment("contacts", &results).unwrap(), "contacts");
        for bad in ["$it.none", "$it.object", "$it.x", "$other.id"] {
            assert!(segment(bad, &results).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_said(text in "\\${0,4}[a-z.]{0,5}|\\PC{0,6}") {
            let escaped = format!("${text}");
            let ways = [&text, &escaped];
            prop_assert!(ways.into_iter().any(|way| resolve(&json!(way), &[]) == Ok(json!(text))));
        }
    }
}
