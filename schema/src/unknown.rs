//! Names from a request that nothing has, as both faces report them.

use crate::naming::Spelling;
use crate::object::Object;
use crate::violation::{Pointer, Violation};

/// The names that can be asked for on an object, for a message.
fn fitting(object: &Object, spelling: Spelling) -> String {
    const SHOWN: usize = 60;
    let mut names: Vec<String> = object
        .keys()
        .map(|key| spelling.write(&key).into_owned())
        .collect();
    if names.len() > SHOWN {
        names.truncate(SHOWN);
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// A name from a request, short enough to repeat in a message.
#[must_use]
pub fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

/// An attribute that a caller named but the object does not have, as both faces report it.
#[must_use]
pub fn unknown_attribute(object: &Object, key: &str, at: Pointer, spelling: Spelling) -> Violation {
    let message = format!(
        "`{}` has no `{}`; there are {}",
        spelling.write(object.api_name().as_str()),
        clip(key),
        fitting(object, spelling)
    );
    Violation::new(at, "unknown", message)
}
