//! `$acme.id`: a value of an earlier operation's result, by the operation's `ref` and the way through its body.
//!
//! A string is a reference where the whole of it has this form; `$$acme.id` is the text `$acme.id`, and any other string is
//! itself. References stand for values: in a body anywhere but in keys, in a path for whole segments.

use serde_json::Value as Json;
use std::borrow::Cow;
use tessera_http::body::LIMIT;
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};

/// What each value of a reference counts for, beside its texts.
const BYTES_OF_A_VALUE: usize = 10;

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

/// How much the references of one batch may still come to: as much as a body may have, however often a result is named.
#[derive(Debug)]
pub(super) struct Room {
    bytes: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { bytes: LIMIT }
    }
}

impl Room {
    /// Takes the room for a value; `false` where there is too little, and none is left then.
    fn take(&mut self, value: &Json) -> bool {
        let texts = match value {
            Json::String(text) => text.len(),
            Json::Number(number) => number.as_str().len(),
            Json::Object(map) => map.keys().map(String::len).sum(),
            _ => 0,
        };
        let Some(left) = self.bytes.checked_sub(BYTES_OF_A_VALUE + texts) else {
            self.bytes = 0;
            return false;
        };
        self.bytes = left;
        match value {
            Json::Array(items) => items.iter().all(|item| self.take(item)),
            Json::Object(map) => map.values().all(|value| self.take(value)),
            _ => true,
        }
    }
}

/// A body with the values that its references stand for.
///
/// # Errors
/// Each reference that stands for nothing, and the first for which there is no room; pointers begin at the body.
pub(super) fn resolve(
    body: &Json,
    results: &Named<'_>,
    room: &mut Room,
) -> Result<Json, Vec<Violation>> {
    let mut resolving = Resolving {
        results,
        room,
        is_full: false,
        violations: Vec::new(),
    };
    let body = resolving.replaced(body, &Pointer::root());
    if resolving.violations.is_empty() {
        Ok(body)
    } else {
        Err(resolving.violations)
    }
}

struct Resolving<'r> {
    results: &'r Named<'r>,
    room: &'r mut Room,
    is_full: bool,
    violations: Vec<Violation>,
}

impl Resolving<'_> {
    fn replaced(&mut self, value: &Json, at: &Pointer) -> Json {
        match value {
            Json::String(text) => match Reference::read(text) {
                None => Json::from(plain(text)),
                Some(reference) => self.referred(reference, at),
            },
            Json::Array(items) => {
                let items = items.iter().enumerate();
                items
                    .map(|(index, item)| self.replaced(item, &at.key(index)))
                    .collect()
            }
            Json::Object(map) => {
                let entries = map.iter();
                let entries =
                    entries.map(|(key, value)| (key.clone(), self.replaced(value, &at.key(key))));
                Json::Object(entries.collect())
            }
            other => other.clone(),
        }
    }

    fn referred(&mut self, reference: Reference<'_>, at: &Pointer) -> Json {
        match reference.value(self.results) {
            Ok(value) if self.room.take(value) => return value.clone(),
            Ok(_) if self.is_full => {}
            Ok(_) => {
                self.is_full = true;
                let message = format!(
                    "the references of this batch come to more than {} MiB: refer to single values, or send several batches",
                    LIMIT >> 20
                );
                let violation = Violation::new(at.clone(), "too_costly", message);
                self.violations.push(violation);
            }
            Err(message) => {
                let violation = Violation::new(at.clone(), "reference", message);
                self.violations.push(violation);
            }
        }
        Json::Null
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
    use super::{Named, Reference, Room, all, resolve, segment};
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};
    use tessera_schema::violation::Violation;

    fn resolved(body: &Json, results: &Named<'_>) -> Result<Json, Vec<Violation>> {
        resolve(body, results, &mut Room::default())
    }

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
            resolved(&body, &results),
            Ok(
                json!({"a": "7", "$acme.id": [{"n": 5}, "$acme.id", "$$acme.id", "$$", "$5", "x $acme.id"], "n": null})
            )
        );
        let bad = json!({"a": ["$acme.nothing", "$acme.id.x", "$acme.data.2", "$acme.data.x"], "b": "$other.id"});
        let missing = resolved(&bad, &results).unwrap_err();
        let places: Vec<_> = missing.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(places, ["/a/0", "/a/1", "/a/2", "/a/3", "/b"]);
        assert_eq!(all(&bad).len(), 5);
    }

    #[test]
    fn all_references_of_a_batch_share_its_room() {
        let text = "x".repeat(100);
        let acme = json!({"text": text, "list": [1, null, {"key": [text]}]});
        let results = [("acme", &acme)];
        // Of the list: six values, a digit, a key of three letters, the text.
        for (reference, bytes) in [("$acme.text", 110), ("$acme.list", 164)] {
            let mut room = Room { bytes: 3 * bytes };
            let two = json!({"a": reference, "b": [reference]});
            assert!(resolve(&two, &results, &mut room).is_ok());
            assert_eq!(room.bytes, bytes, "{reference}");
            let refused = resolve(&two, &results, &mut room).unwrap_err();
            let faults: Vec<_> = refused
                .iter()
                .map(|it| (it.pointer.as_str(), it.code))
                .collect();
            assert_eq!(faults, [("/b/0", "too_costly")], "{reference}");
        }
        let mut room = Room { bytes: 0 };
        let plain = json!({"a": "x", "b": [1, "$$acme.text"]});
        assert!(resolve(&plain, &results, &mut room).is_ok());
        let many = json!(vec!["$acme.list"; 3]);
        let refused = resolve(&many, &results, &mut room).unwrap_err();
        assert_eq!(refused.len(), 1, "one is enough");
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
            prop_assert!(ways.into_iter().any(|way| resolved(&json!(way), &[]) == Ok(json!(text))));
        }
    }
}
