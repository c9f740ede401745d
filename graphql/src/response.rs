//! The body of an answer. Records are the engine's bytes, put in place as they are.

use bytes::Bytes;
use serde::Serialize;

use crate::error::{GraphQlError, listed_errors};

/// A selected field of the answer to a write by filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AffectedPart {
    Count,
    TypeName(String),
}

/// The answer to one operation.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) data: Data,
    pub(crate) errors: Vec<GraphQlError>,
}

#[derive(Debug)]
pub(crate) enum Data {
    /// The operation was not begun: its document or variables are wrong.
    Absent,
    /// A field failed that may not be null.
    Null,
    /// JSON text by response key.
    Fields(Vec<(String, Bytes)>),
}

impl Answer {
    pub(crate) const fn refused(errors: Vec<GraphQlError>) -> Self {
        Self {
            data: Data::Absent,
            errors,
        }
    }

    pub(crate) const fn failed(errors: Vec<GraphQlError>) -> Self {
        Self {
            data: Data::Null,
            errors,
        }
    }

    pub(crate) const fn was_begun(&self) -> bool {
        !matches!(self.data, Data::Absent)
    }

    pub(crate) fn to_body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(match &self.data {
            Data::Fields(fields) => length(fields) + 16,
            Data::Absent | Data::Null => 256,
        });
        body.push(b'{');
        if !self.errors.is_empty() {
            body.extend_from_slice(br#""errors":"#);
            body.extend(json(&*listed_errors(&self.errors)));
        }
        if self.was_begun() && !self.errors.is_empty() {
            body.push(b',');
        }
        match &self.data {
            Data::Absent => {}
            Data::Null => body.extend_from_slice(br#""data":null"#),
            Data::Fields(fields) => {
                body.extend_from_slice(br#""data":"#);
                write_object(fields, &mut body);
            }
        }
        body.push(b'}');
        body
    }
}

/// An object of JSON texts.
pub(crate) fn object(fields: &[(String, Bytes)]) -> Vec<u8> {
    let mut text = Vec::with_capacity(length(fields));
    write_object(fields, &mut text);
    text
}

fn length(fields: &[(String, Bytes)]) -> usize {
    let members = fields.iter();
    let members = members.map(|(key, value)| key.len() + value.len() + 4);
    members.sum::<usize>() + 2
}

fn write_object(fields: &[(String, Bytes)], text: &mut Vec<u8>) {
    text.push(b'{');
    for (index, (key, value)) in fields.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        // A response key is a GraphQL name: nothing in it needs escaping.
        text.push(b'"');
        text.extend_from_slice(key.as_bytes());
        text.extend_from_slice(br#"":"#);
        text.extend_from_slice(value);
    }
    text.push(b'}');
}

/// What is told of a write of many records.
pub(crate) fn affected(parts: &[(String, AffectedPart)], count: u64) -> Bytes {
    let parts: Vec<(String, Bytes)> = parts
        .iter()
        .map(|(key, part)| {
            let text = match part {
                AffectedPart::Count => json(&count),
                AffectedPart::TypeName(name) => json(name),
            };
            (key.clone(), text.into())
        })
        .collect();
    object(&parts).into()
}

pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    serde_json::to_vec(value).expect("our own words are plain JSON")
}
