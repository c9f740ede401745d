//! Where in a request a value stands, so that the same place can be read in the next request of the same shape.

use serde_json::{Map, Value as Json};
use std::sync::Arc;

use crate::violation::Pointer;

/// The keys from a request's inputs down to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source(Arc<[String]>);

impl Source {
    /// The input of this name.
    #[must_use]
    pub fn input(name: &str) -> Self {
        Self(Arc::from([name.to_owned()]))
    }

    /// What stands at a pointer below this place.
    #[must_use]
    pub fn below(&self, at: &Pointer) -> Self {
        Self(self.0.iter().cloned().chain(at.keys()).collect())
    }

    /// The value at this place. Where a list is expected, one value stands for a list of it.
    #[must_use]
    pub fn read<'i>(&self, inputs: &'i Map<String, Json>) -> Option<&'i Json> {
        let (first, rest) = self.0.split_first()?;
        let mut value = inputs.get(first)?;
        for key in rest {
            value = match value {
                Json::Object(map) if map.contains_key(key) => &map[key],
                Json::Array(items) => items.get(key.parse::<usize>().ok()?)?,
                one if key == "0" => one,
                _ => return None,
            };
        }
        Some(value)
    }
}

/// A value, and where it came from if other requests may have another one there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    pub value: T,
    pub source: Option<Source>,
}

impl<T> From<T> for Located<T> {
    /// A value that is always the same.
    fn from(value: T) -> Self {
        Self {
            value,
            source: None,
        }
    }
}

/// Tells where the values of something that is being read come from.
pub trait Origin {
    /// The place of the value at a pointer; `None` where it is the same in every request of this shape.
    fn source(&self, at: &Pointer) -> Option<Source>;
}

/// Nothing varies.
#[derive(Debug, Clone, Copy)]
pub struct Fixed;

impl Origin for Fixed {
    fn source(&self, _: &Pointer) -> Option<Source> {
        None
    }
}

/// All of it is one value of the request.
impl Origin for Source {
    fn source(&self, at: &Pointer) -> Option<Source> {
        Some(self.below(at))
    }
}
