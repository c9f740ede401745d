//! The arguments of root fields and connections.

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_compiler::cursor::Cursor;
use tessera_compiler::query::tree::{Deleted, End, Window};
use tessera_schema::filter::{Filter, Request};
use tessera_schema::ident::RecordId;
use tessera_schema::naming::Spelling;
use tessera_schema::object::Object;
use tessera_schema::sort::{Direction, Nulls, Sort, SortKey};
use tessera_schema::source::{Fixed, Located, Origin};
use tessera_schema::violation::{Pointer, Violation};
use uuid::Uuid;

use super::Compiler;
use crate::error::GraphQlError;
use crate::field::Field;
use crate::limits;
use crate::template::ArgumentOrigin;

impl Compiler<'_> {
    pub(super) fn id(&self, field: &Field) -> Result<Located<RecordId>, GraphQlError> {
        let id = self.text(field, "id").ok_or_else(|| self.unknown(field))?;
        let expected = Violation::new(Pointer::root(), "format", "a UUID is expected");
        match Uuid::parse_str(id.value) {
            Ok(uuid) => Ok(Located {
                value: RecordId(uuid),
                source: id.source,
            }),
            Err(_) => Err(self.bad_argument(field, "id", vec![expected])),
        }
    }

    /// An argument that is a text, and where it comes from.
    fn text<'f>(&self, field: &'f Field, name: &str) -> Option<Located<&'f str>> {
        let value = field.argument(name)?.as_str()?;
        let origin = self.origin(field, name);
        let source = origin.and_then(|origin| origin.source(&Pointer::root()));
        Some(Located { value, source })
    }

    fn cursor(&self, field: &Field, name: &str) -> Option<Located<Cursor>> {
        let Located { value, source } = self.text(field, name)?;
        Some(Located {
            value: Cursor(value.to_owned()),
            source,
        })
    }

    pub(super) fn filter(&self, object: &Object, field: &Field) -> Result<Filter, GraphQlError> {
        match field.argument("filter") {
            Some(filter) => {
                let origin = self.origin(field, "filter");
                let origin: &dyn Origin = origin.as_ref().map_or(&Fixed, |origin| origin);
                let request = Request {
                    spelling: Spelling::Camel,
                    origin,
                    time_zone: self.time_zone,
                };
                Filter::parse_in(self.model, object, filter, request)
                    .map_err(|violations| self.bad_argument(field, "filter", violations))
            }
            None => Ok(Filter::all()),
        }
    }

    /// Where the values of an argument come from.
    pub(super) fn origin<'o>(&'o self, field: &'o Field, name: &str) -> Option<ArgumentOrigin<'o>> {
        field.template(name).map(|template| ArgumentOrigin {
            template,
            variables: self.variables,
            mixed: &self.mixed,
        })
    }

    pub(super) fn sort(&self, object: &Arc<Object>, field: &Field) -> Result<Sort, GraphQlError> {
        let mut keys = Vec::new();
        let items = field.argument("orderBy").and_then(Json::as_array);
        for (index, item) in items.into_iter().flatten().enumerate() {
            let mut path = Vec::new();
            self.sort_keys(object, item, &mut path, &mut |key: Result<
                SortKey,
                Violation,
            >| {
                keys.push(key.map_err(|violation| violation.below(index)));
            });
        }
        Sort::collect(keys.into_iter())
            .map_err(|violations| self.bad_argument(field, "orderBy", violations))
    }

    /// The keys of one item of `orderBy`: the path to each direction in it.
    fn sort_keys<'j>(
        &self,
        object: &Arc<Object>,
        item: &'j Json,
        path: &mut Vec<&'j str>,
        put: &mut dyn FnMut(Result<SortKey, Violation>),
    ) {
        match item {
            Json::Object(entries) => {
                for (name, inner) in entries {
                    path.push(name);
                    self.sort_keys(object, inner, path, put);
                    path.pop();
                }
            }
            Json::String(word) => {
                let at = path.iter().fold(Pointer::root(), |at, name| at.key(name));
                let key = match direction(word) {
                    Some((direction, nulls)) => SortKey::resolve(
                        self.model,
                        object,
                        path,
                        Spelling::Camel,
                        direction,
                        nulls,
                    ),
                    None => Err(Violation::new(
                        Pointer::root(),
                        "unknown",
                        format!("`{word}` is no direction"),
                    )),
                };
                put(key.map_err(|violation| Violation {
                    pointer: at,
                    ..violation
                }));
            }
            _ => {}
        }
    }

    pub(super) fn window(&self, field: &Field) -> Result<Window, GraphQlError> {
        let refuse = |name: &str, code: &'static str, message: String| {
            self.bad_argument(
                field,
                name,
                vec![Violation::new(Pointer::root(), code, message)],
            )
        };
        let size = |name: &str| match field.argument(name) {
            None => Ok(None),
            Some(value) => match value.as_i64().map(u32::try_from) {
                Some(Ok(size)) if size <= limits::FIRST => Ok(Some(size)),
                _ => {
                    let message = format!("`{name}` is a number from 0 to {}", limits::FIRST);
                    Err(refuse(name, "range", message))
                }
            },
        };
        let (limit, from) = match (size("first")?, size("last")?) {
            (Some(_), Some(_)) => {
                return Err(refuse(
                    "last",
                    "clash",
                    "give either `first` or `last`".to_owned(),
                ));
            }
            (Some(first), None) => (first, End::Start),
            (None, Some(last)) => (last, End::End),
            (None, None) => (limits::FIRST_DEFAULT, End::Start),
        };
        let offset = match field.argument("offset") {
            None => 0,
            Some(value) => value
                .as_i64()
                .and_then(|offset| u32::try_from(offset).ok())
                .filter(|offset| *offset <= Window::MAX_OFFSET)
                .ok_or_else(|| {
                    let message = format!("`offset` is a number from 0 to {}", Window::MAX_OFFSET);
                    refuse("offset", "range", message)
                })?,
        };
        Ok(Window {
            limit,
            from,
            after: self.cursor(field, "after"),
            before: self.cursor(field, "before"),
            offset,
        })
    }

    pub(super) fn deleted(field: &Field) -> Deleted {
        match field.argument("deleted").and_then(Json::as_str) {
            Some("INCLUDE") => Deleted::Include,
            Some("ONLY") => Deleted::Only,
            _ => Deleted::Exclude,
        }
    }
}

pub(super) fn direction(word: &str) -> Option<(Direction, Nulls)> {
    let (ascending, descending) = (Direction::Ascending, Direction::Descending);
    Some(match word {
        "ASC" => (ascending, Nulls::DEFAULT),
        "ASC_NULLS_FIRST" => (ascending, Nulls::First),
        "ASC_NULLS_LAST" => (ascending, Nulls::Last),
        "DESC" => (descending, Nulls::DEFAULT),
        "DESC_NULLS_FIRST" => (descending, Nulls::First),
        "DESC_NULLS_LAST" => (descending, Nulls::Last),
        _ => return None,
    })
}
