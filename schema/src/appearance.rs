//! How a page offers a field type and shows its values.

use serde::Serialize;
use std::borrow::Cow;

use crate::title::Title;

/// How a page offers a field type, where one is chosen, and shows its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Appearance {
    /// By its name in Lucide's set.
    pub icon: Cow<'static, str>,
    pub group: Group,
    /// The side of a cell that a value stands at.
    pub align: Align,
    /// One line that says what the type is for.
    pub summary: Title,
}

impl Appearance {
    /// Numbers stand at the end of a cell, other values at its start.
    #[must_use]
    pub fn new(icon: impl Into<Cow<'static, str>>, group: Group, summary: Title) -> Self {
        let align = match group {
            Group::Number => Align::End,
            _ => Align::Start,
        };
        Self {
            icon: icon.into(),
            group,
            align,
            summary,
        }
    }
}

/// Where a type stands among the others that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Text,
    Number,
    Choice,
    Date,
    Contact,
    Relation,
    Other,
}

impl Group {
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::Number,
        Self::Choice,
        Self::Date,
        Self::Contact,
        Self::Relation,
        Self::Other,
    ];
}

/// A side of a cell, in the direction of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    Start,
    End,
}

impl Align {
    pub const ALL: [Self; 2] = [Self::Start, Self::End];
}
