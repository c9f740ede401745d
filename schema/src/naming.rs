//! The spelling of names in each API.
//!
//! `first_name` is `firstName` as a field and `FirstName` as a type. An underscore before a digit stays
//! (`line_2`), so the mapping is one to one: `line2` and `line_2` remain two names.
//! A field `node_id` is `nodeId_` in GraphQL, where every record has a `nodeId`.

use std::borrow::Cow;

/// The field that every record has in GraphQL beside those of its object.
pub const NODE_ID: &str = "nodeId";

/// The spelling of names in an API.
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

    /// A name as this API writes it.
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

/// The start of the names of the types that APIs make for a field type: `full_name` → `FullName`, `bank.iban` → `Bank_Iban`.
#[must_use]
pub fn type_stem(field_type: &str) -> String {
    let parts: Vec<_> = field_type.split('.').map(pascal).collect();
    parts.join("_")
}

/// The GraphQL type of a composite value, from its field type: `full_name` → `FullNameValue`.
#[must_use]
pub fn value_type(field_type: &str) -> String {
    format!("{}Value", type_stem(field_type))
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

/// `FullName` → `full_name`, `Bank_Iban` → `bank.iban`; `None` for what [`type_stem`] never makes.
#[must_use]
pub fn from_type_stem(stem: &str) -> Option<String> {
    // Within a name an underscore stands before a digit only.
    let point = stem
        .match_indices('_')
        .find(|(at, _)| stem[at + 1..].starts_with(|c: char| c.is_ascii_uppercase()));
    let Some((at, _)) = point else {
        return from_pascal(stem);
    };
    let (of, own) = (from_pascal(&stem[..at])?, from_pascal(&stem[at + 1..])?);
    Some(format!("{of}.{own}"))
}

#[cfg(test)]
mod tests {
    use super::{
        Spelling, camel, from_camel, from_pascal, from_type_stem, pascal, type_stem, value_type,
    };
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
        assert_eq!(value_type("full_name"), "FullNameValue");
        assert_eq!(value_type("bank.iban_2"), "Bank_Iban_2Value");
    }

    proptest! {
        #[test]
        fn the_mapping_is_one_to_one(name in "[a-z][a-z0-9]{0,4}(_[a-z0-9]{1,4}){0,4}") {
            prop_assert_eq!(from_camel(&camel(&name)), Some(name.clone()));
            prop_assert_eq!(from_pascal(&pascal(&name)), Some(name.clone()));
            let qualified = format!("{name}.{name}");
            prop_assert_eq!(from_type_stem(&type_stem(&qualified)), Some(qualified));
            prop_assert_eq!(from_type_stem(&type_stem(&name)), Some(name));
        }
    }
}
