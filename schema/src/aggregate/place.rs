//! From a path of names to the field or column that it names.

use crate::column::Column;
use crate::model::Model;
use crate::naming::Spelling;
use crate::object::{Attribute, Field, Object, ToOne};
use crate::storage::Component;
use crate::text::clip;
use crate::unknown::unknown_attribute;
use crate::violation::{Pointer, Violation};
use std::sync::Arc;

/// How many names one path may join.
const DEEPEST: usize = 6;

/// A value, and the relations that lead to it.
pub(super) struct Place<'m> {
    pub(super) path: Vec<ToOne>,
    pub(super) value: Value<'m>,
}

pub(super) enum Value<'m> {
    Column(&'m Arc<Field>, &'m Column),
    Composite(&'m Arc<Field>, &'m [Component]),
}

/// Finds the field or column at the end of a path through relations to one record, and perhaps into a composite.
///
/// # Errors
/// A name that is not there, or that leads to records.
pub(super) fn find<'m>(
    model: &'m Model,
    object: &'m Arc<Object>,
    path: &[&str],
    spelling: Spelling,
) -> Result<Place<'m>, Violation> {
    let refuse = |code, message| Err(Violation::new(Pointer::root(), code, message));
    if path.len() > DEEPEST {
        return refuse("too_deep", format!("a path may join {DEEPEST} names"));
    }
    let mut object = object;
    let mut walked = Vec::new();
    let mut parts = path.iter();
    while let Some(part) = parts.next() {
        let name = spelling.read(part);
        let value = match name.as_deref().and_then(|name| object.attribute(name)) {
            Some(Attribute::ToOne(to_one)) => {
                object = model.target(&to_one.target);
                walked.push(to_one);
                continue;
            }
            Some(Attribute::Column(field, column)) => Value::Column(field, column),
            Some(Attribute::Composite(field, components)) => match parts.next() {
                None => Value::Composite(field, components),
                Some(inner) => {
                    let name = spelling.read(inner);
                    let index = components
                        .iter()
                        .position(|c| Some(&*c.name) == name.as_deref());
                    let Some(index) = index else {
                        let message = format!(
                            "`{}` is none of {}",
                            clip(inner),
                            names(components, spelling)
                        );
                        return refuse("unknown", message);
                    };
                    Value::Column(field, &field.columns[index])
                }
            },
            Some(Attribute::ToMany(_)) => {
                let message = format!(
                    "`{part}` leads to many records: group those by what they have of this one"
                );
                return refuse("not_possible", message);
            }
            Some(Attribute::LinkIds(_)) | None => {
                return Err(unknown_attribute(object, part, Pointer::root(), spelling));
            }
        };
        if parts.next().is_some() {
            return refuse("unknown", format!("`{part}` has no parts"));
        }
        return Ok(Place {
            path: walked,
            value,
        });
    }
    let message = match walked.last() {
        Some(to_one) => {
            let id = spelling.write(&format!("{}_id", to_one.key)).into_owned();
            format!(
                "`{}` is a record: name `{id}` or one of its values",
                path.join(".")
            )
        }
        None => "a field is expected".to_owned(),
    };
    refuse("not_possible", message)
}

/// The names of a composite's parts, for a message.
pub(super) fn names(components: &[Component], spelling: Spelling) -> String {
    let names: Vec<_> = components.iter().map(|c| spelling.write(&c.name)).collect();
    names.join(", ")
}
