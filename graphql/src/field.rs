//! A field of an operation, with its arguments and selection.

use async_graphql::Pos;
use serde_json::{Map, Value as Json};
use std::sync::Arc;

use crate::template::Template;

/// One field that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    /// Its name in the answer.
    pub(crate) key: String,
    pub(crate) name: String,
    /// The type it belongs to.
    pub(crate) parent: Arc<str>,
    pub(crate) at: Pos,
    /// Only those that were given.
    pub(crate) arguments: Map<String, Json>,
    /// The same as the document writes them.
    pub(crate) templates: Vec<(String, Template)>,
    pub(crate) fields: Vec<Field>,
}

impl Field {
    /// An argument as the document writes it.
    pub(crate) fn template(&self, name: &str) -> Option<&Template> {
        let mut templates = self.templates.iter();
        let (_, template) = templates.find(|(known, _)| known == name)?;
        Some(template)
    }

    /// An argument that has a value.
    pub(crate) fn argument(&self, name: &str) -> Option<&Json> {
        self.arguments.get(name).filter(|value| !value.is_null())
    }
}
