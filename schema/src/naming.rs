//! How api names are spelled by each face.
//!
//! `first_name` is `firstName` as a field and `FirstName` as a type. An underscore before a digit stays
//! (`line_2`), so the mapping is one to one: `line2` and `line_2` remain two names.
//! A field `node_id` is `nodeId_` in GraphQL, where every record has a `nodeId`.

use std::borrow::Cow;

/// The field that every record has in GraphQL beside those of its object.
pub const NODE_ID: &str = "nodeId";

/// How a face writes names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// REST: the api name as it is.
    Snake,
    /// GraphQL: `camelCase`.
    Camel,
}

impl Spelling {
    /// The api name that `written` stands for; `None` where it is no name in this spelling.
    #[must_use]
    pub fn read(self, written: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Snake => Some(Cow::Borrowed(written)),
            Self::Camel => from_camel(written).map(Cow::Owned),
        }
    }

    /// An api name as this face writes it.
    #[must_use]
    pub fn write(self, api_name: &str) -> Cow<'_, str> {
        match self {
            Self::Snake => Cow::Borrowed(api_name),
            Self::Camel => Cow::Owned(camel(api_name)),
        }
    }
}

/// `first_name` → `firstName`.
#[must_use]
pub fn camel(api_name: &str) -> String {
    let mut name = joined(api_name);
    if name == NODE_ID {
        name.push('_');
    }
    name
}

/// `firstName` → `first_name`; `None` for what [`camel`] never makes.
fn from_camel(written: &str) -> Option<String> {
    if written == NODE_ID {
        return None;
    }
    let given_way = written.strip_suffix('_').filter(|name| *name == NODE_ID);
    split(given_way.unwrap_or(written))
}

fn joined(api_name: &str) -> String {
    let mut out = String::with_capacity(api_name.len());
    let mut after_underscore = false;
    for c in api_name.chars() {
        if c == '_' {
            after_underscore = true;
            continue;
        }
        if after_underscore {
            if c.is_ascii_digit() {
                out.push('_');
            }
            out.push(c.to_ascii_uppercase());
            after_underscore = false;
        } else {
            out.push(c);
        }
    }
    out
}

/// `first_name` → `FirstName`.
#[must_use]
pub fn pascal(api_name: &str) -> String {
    let mut name = joined(api_name);
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// The GraphQL type of a composite value, from its field type: `full_name` → `FullNameValue`.
#[must_use]
pub fn value_type(field_type: &str) -> String {
    format!("{}Value", pascal(field_type))
}

/// The name that [`joined`] makes this of; `None` for what it never makes.
fn split(written: &str) -> Option<String> {
    let mut out = String::with_capacity(written.len() + 4);
    for c in written.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    (joined(&out) == written).then_some(out)
}

/// `FirstName` → `first_name`; `None` for what [`pascal`] never makes.
#[must_use]
pub fn from_pascal(name: &str) -> Option<String> {
    let first = name.chars().next().filter(char::is_ascii_uppercase)?;
    split(&format!("{}{}", first.to_ascii_lowercase(), &name[1..]))
}

#[cfg(test)]
mod tests {
    use super::{Spelling, camel, from_camel, from_pascal, pascal};
    use proptest::prelude::*;

    #[test]
    fn names_read_as_people_expect() {
        assert_eq!(camel("first_name"), "firstName");
        assert_eq!(pascal("rig_contact"), "RigContact");
        assert_eq!(camel("line_2"), "line_2");
        assert_eq!(camel("line2"), "line2");
        assert_eq!(camel("a_1b_c"), "a_1bC");
        assert_eq!(Spelling::Camel.read("first_name"), None);
        assert_eq!(camel("node_id"), "nodeId_");
        assert_eq!(from_camel("nodeId_").as_deref(), Some("node_id"));
        assert_eq!(from_camel("nodeId"), None);
        assert_eq!(from_camel("firstName_"), None);
        assert_eq!(pascal("node_id"), "NodeId");
    }

    proptest! {
        #[test]
        fn the_mapping_is_one_to_one(name in "[a-z][a-z0-9]{0,4}(_[a-z0-9]{1,4}){0,4}") {
            prop_assert_eq!(from_camel(&camel(&name)), Some(name.clone()));
            prop_assert_eq!(from_pascal(&pascal(&name)), Some(name));
        }
    }
}
