//! Where in a request a value stands, so that the same place can be read in the next request of the same shape.

use serde_json::{Map, Value as Json};
use std::fmt;
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

    /// The source of the value at a pointer below this place.
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
pub trait Origin: fmt::Debug {
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

#[cfg(test)]
mod tests {
    use super::{Fixed, Origin, Source};
    use crate::violation::Pointer;
    use serde_json::{Value as Json, json};

    fn read(at: &str, inputs: &Json) -> Option<Json> {
        let source = Source::input("x").below(&Pointer::parsed(at));
        source.read(inputs.as_object().unwrap()).cloned()
    }

    #[test]
    fn a_value_is_read_where_it_stands() {
        let inputs = json!({"x": {"or": [{"a": {"eq": 1}}, {"b/c": {"eq": null}}]}, "y": 5});
        for (at, expected) in [
            ("", Some(inputs["x"].clone())),
            ("/or/0/a/eq", Some(json!(1))),
            ("/or/1/b~1c/eq", Some(Json::Null)),
            ("/or/2", None),
            ("/or/a", None),
            ("/or/-1", None),
            ("/or/0/b", None),
            ("/or/0/a/eq/more", None),
        ] {
            assert_eq!(read(at, &inputs), expected, "{at}");
        }
        assert_eq!(read("", &json!({"y": 5})), None);
    }

    #[test]
    fn one_value_stands_for_a_list_of_it() {
        for (at, inputs, expected) in [
            (
                "/or/0/a/eq",
                json!({"x": {"or": {"a": {"eq": 1}}}}),
                Some(json!(1)),
            ),
            ("/or/1/a/eq", json!({"x": {"or": {"a": {"eq": 1}}}}), None),
            ("/0", json!({"x": "one"}), Some(json!("one"))),
            ("/1", json!({"x": "one"}), None),
            ("/0", json!({"x": {"0": "a key"}}), Some(json!("a key"))),
            ("/0", json!({"x": []}), None),
        ] {
            assert_eq!(read(at, &inputs), expected, "{at} {inputs}");
        }
    }

    #[test]
    fn only_what_varies_has_a_place() {
        let at = Pointer::parsed("/a/eq");
        assert_eq!(Fixed.source(&at), None);
        let whole = Source::input("x");
        assert_eq!(whole.source(&at), Some(whole.below(&at)));
    }
}
