//! One path of `fields`: `company.opportunities(limit:5,sort:-close_date,name).name`.

use std::sync::Arc;
use tessera_compiler::query::tree::{Connection, Window};
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use tessera_schema::sort::Sort;
use tessera_schema::text::clip;
use tessera_schema::violation::Violation;

use super::refuse;
use crate::records::limit;

/// A name of a path, and what stands in parentheses behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'t> {
    pub(super) name: &'t str,
    pub(super) arguments: Option<&'t str>,
}

impl<'t> Step<'t> {
    pub(super) fn path(text: &'t str) -> Result<Vec<Self>, Vec<Violation>> {
        split(text, '.').map(Self::read).collect()
    }

    fn read(text: &'t str) -> Result<Self, Vec<Violation>> {
        let Some((name, arguments)) = text.split_once('(') else {
            return Ok(Self {
                name: text,
                arguments: None,
            });
        };
        match arguments.strip_suffix(')') {
            Some(arguments) if !arguments.contains(['(', ')']) => Ok(Self {
                name,
                arguments: Some(arguments),
            }),
            _ => {
                let message = format!(
                    "`{}`: what stands in parentheses has to end, as in `{}(limit:5)`",
                    clip(text),
                    clip(name)
                );
                refuse("syntax", message)
            }
        }
    }

    /// The name of what takes no arguments.
    pub(super) fn plain(&self) -> Result<&'t str, Vec<Violation>> {
        match self.arguments {
            None => Ok(self.name),
            Some(_) => {
                let message = format!(
                    "`{}` is no list of records, so it takes nothing in parentheses",
                    clip(self.name)
                );
                refuse("unknown", message)
            }
        }
    }
}

/// The pieces of a text between those separators that stand outside parentheses.
pub(super) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.split(move |character| {
        match character {
            '(' => inside = true,
            ')' => inside = false,
            _ => {}
        }
        character == separator && !inside
    })
}

/// Which records of a list are shown.
#[derive(Debug, Default)]
pub(super) struct List {
    limit: Option<u32>,
    sort: Option<Sort>,
}

impl List {
    /// Reads `limit:5,sort:-close_date,name`: keys of a sort may be several.
    pub(super) fn read(
        model: &Model,
        target: &Arc<Object>,
        text: &str,
    ) -> Result<Self, Vec<Violation>> {
        let mut arguments: Vec<(&str, String)> = Vec::new();
        for part in text.split(',') {
            match (part.split_once(':'), arguments.last_mut()) {
                (Some((name, value)), _) => arguments.push((name, value.to_owned())),
                (None, Some(("sort", keys))) => {
                    keys.push(',');
                    keys.push_str(part);
                }
                (None, _) => arguments.push((part, String::new())),
            }
        }
        let mut list = Self::default();
        for (name, value) in arguments {
            let again = match name {
                "limit" => list.limit.replace(limit(&value)?).is_some(),
                "sort" => {
                    let sort = Sort::parse(model, target, &value)?;
                    list.sort.replace(sort).is_some()
                }
                _ => {
                    let message = format!(
                        "a list takes `limit` and `sort`, as in `(limit:5,sort:-created_at)`, and no `{}`",
                        clip(name)
                    );
                    return refuse("unknown", message);
                }
            };
            if again {
                return refuse("clash", format!("`{name}` stands twice for one list"));
            }
        }
        Ok(list)
    }

    pub(super) fn shape(self, connection: &mut Connection) {
        if let Some(limit) = self.limit {
            connection.window = Window::first(limit);
        }
        if let Some(sort) = self.sort {
            connection.sort = sort;
        }
    }
}

fn limit(text: &str) -> Result<u32, Vec<Violation>> {
    limit::read(text).map_or_else(|message| refuse("range", message), Ok)
}
