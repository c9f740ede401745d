//! Errors as GraphQL lists them.

use async_graphql::{PathSegment, Pos, ServerError};
use serde::Serialize;
use std::borrow::Cow;
use tessera_error::UserError;
use tessera_schema::violation::{MOST, Pointer, Violation, listed};

/// One entry of `errors`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GraphQlError {
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) locations: Vec<Pos>,
    /// Response keys from the root on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) path: Vec<String>,
    pub(crate) extensions: Box<Extensions>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Extensions {
    /// The last part of the REST problem's `type`.
    pub(crate) code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Violation>,
    /// What may not be done with the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<&'static str>,
}

impl GraphQlError {
    /// An error in the document or its variables.
    pub(crate) fn malformed(message: impl Into<String>, locations: Vec<Pos>) -> Self {
        Self {
            message: message.into(),
            locations,
            path: Vec::new(),
            extensions: Box::new(Extensions {
                code: UserError::Malformed(Vec::new()).code(),
                errors: Vec::new(),
                action: None,
            }),
        }
    }

    /// A limit that was passed: its stable code, and words that name it.
    pub(crate) fn limit(
        code: &'static str,
        message: impl Into<String>,
        locations: Vec<Pos>,
    ) -> Self {
        let message = message.into();
        let mut error = Self::malformed(message.clone(), locations);
        error.extensions.errors = vec![Violation::new(Pointer::root(), code, message)];
        error
    }

    /// What went wrong with one field.
    pub(crate) fn of_field(error: &UserError, at: Pos, path: Vec<String>) -> Self {
        Self {
            message: error.to_string(),
            locations: vec![at],
            path,
            extensions: Box::new(Extensions {
                code: error.code(),
                errors: listed(error.violations()).into_owned(),
                action: error.action(),
            }),
        }
    }
}

/// The errors that an answer lists: the first [`MOST`], and after them one that says that there are more.
pub(crate) fn listed_errors(errors: &[GraphQlError]) -> Cow<'_, [GraphQlError]> {
    if errors.len() <= MOST {
        return Cow::Borrowed(errors);
    }
    let message = format!("there are more errors: these are the first {MOST}");
    let more = GraphQlError::limit("too_many_errors", message, Vec::new());
    let mut listed = errors[..MOST].to_vec();
    listed.push(more);
    Cow::Owned(listed)
}

impl From<ServerError> for GraphQlError {
    fn from(error: ServerError) -> Self {
        let path = error.path.into_iter().map(|segment| match segment {
            PathSegment::Field(name) => name,
            PathSegment::Index(index) => index.to_string(),
        });
        Self {
            path: path.collect(),
            ..Self::malformed(error.message, error.locations)
        }
    }
}
