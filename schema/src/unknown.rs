//! Unknown names in a request, as both APIs report them.

use crate::naming::Spelling;
use crate::object::{Attribute, Object};
use crate::text::clip;
use crate::violation::{Pointer, Violation};

/// The names that can be asked for on an object, for a message.
fn readable(object: &Object, spelling: Spelling) -> String {
    let only_written = |key: &String| matches!(object.attribute(key), Some(Attribute::LinkIds(_)));
    listed(object.keys().filter(|key| !only_written(key)), spelling)
}

/// The names that can be given a value on an object, for a message.
fn writable(object: &Object, spelling: Spelling) -> String {
    let fields = object.own_fields().filter(|field| field.writable());
    listed(fields.map(|field| field.value_key()), spelling)
}

fn listed(keys: impl Iterator<Item = String>, spelling: Spelling) -> String {
    const SHOWN: usize = 60;
    let mut names: Vec<String> = keys
        .map(|key| spelling.write(&key).into_owned())
        .take(SHOWN + 1)
        .collect();
    if names.len() > SHOWN {
        names.truncate(SHOWN);
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// An attribute that a caller asked for but cannot read, in the words of both APIs.
#[must_use]
pub fn unknown_attribute(object: &Object, key: &str, at: Pointer, spelling: Spelling) -> Violation {
    let name = spelling.read(key);
    let message = match name.as_deref().and_then(|name| object.attribute(name)) {
        Some(Attribute::LinkIds(field)) => format!(
            "`{key}` is only for writing: ask for `{}`",
            spelling.write(field.api_name().as_str())
        ),
        _ => has_no(object, key, &readable(object, spelling), spelling),
    };
    Violation::new(at, "unknown", message)
}

/// An attribute that a caller gave a value but the object does not have, in the words of both APIs.
#[must_use]
pub fn unknown_value(object: &Object, key: &str, at: Pointer, spelling: Spelling) -> Violation {
    let message = has_no(object, key, &writable(object, spelling), spelling);
    Violation::new(at, "unknown", message)
}

fn has_no(object: &Object, key: &str, names: &str, spelling: Spelling) -> String {
    format!(
        "`{}` has no `{}`; there are {names}",
        spelling.write(object.api_name().as_str()),
        clip(key),
    )
}
