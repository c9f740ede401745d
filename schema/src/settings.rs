//! The settings of one field that its type brings.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::number;
use crate::violation::Violation;

/// A field's settings: a JSON object.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(pub Map<String, Json>);

impl Settings {
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    #[must_use]
    pub fn integer(&self, key: &str) -> Option<i64> {
        number::whole(self.get(key)?)
    }

    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(Json::as_bool).unwrap_or(false)
    }

    /// The settings without the parts that violations point at: members of objects, and arrays as a whole.
    #[must_use]
    pub fn without(&self, violations: &[Violation]) -> Self {
        let mut settings = self.clone();
        for violation in violations {
            remove(&mut settings.0, &mut violation.pointer.keys());
        }
        settings
    }

    /// A setting in a type of its own; `None` where it is absent or of another form.
    #[must_use]
    pub fn read<T: serde::de::DeserializeOwned>(&self, key: &str) -> Option<T> {
        T::deserialize(self.get(key)?).ok()
    }
}

fn remove(members: &mut Map<String, Json>, path: &mut dyn Iterator<Item = String>) {
    let Some(key) = path.next() else {
        members.clear();
        return;
    };
    let mut path = path.peekable();
    match members.get_mut(&key) {
        Some(Json::Object(inner)) if path.peek().is_some() => remove(inner, &mut path),
        _ => {
            members.shift_remove(&key);
        }
    }
}
