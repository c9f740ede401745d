//! `fields=id,company.name,opportunities(limit:5).name,amount.currency_code`: what an answer shows of each record.
//!
//! Dots go through relations, to one and to many, and into composite values. Names that stand twice, or within
//! one another, merge. A list shows its first records, [`DEFAULT_LIMIT`] unless it says how many; where it has more,
//! the record has a member beside it that says so, `"opportunities_more": true`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tessera_compiler::query::tree::{
    Connection, Deleted, Item, Leaf, Part, Selection, Shape, Window,
};
use tessera_schema::column::Column;
use tessera_schema::filter::Filter;
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::object::{Attribute, Field, Object};
use tessera_schema::sort::Sort;
use tessera_schema::storage::{Component, ValueForm};
use tessera_schema::text::clip;
use tessera_schema::unknown::unknown_attribute;
use tessera_schema::violation::{Pointer, Violation};

use self::path::{List, Step};
use super::limit::DEFAULT_LIMIT;
use super::request;
use crate::parameters::Parameters;

/// The most names in one list.
const MOST_NAMES: usize = 500;
/// The most values that the names may come to, with every `*` written out.
const MOST_VALUES: usize = 2_000;
/// How many names one path may join.
const DEEPEST: usize = 8;

/// Every plain field at once.
const ALL: &str = "*";

/// What the parameter `fields` asks for; every plain field where it is absent. Pointers begin at the parameters.
pub(super) fn asked(
    model: &Model,
    object: &Arc<Object>,
    parameters: &Parameters,
) -> Result<Selection, Vec<Violation>> {
    let names = parameters.get("fields").unwrap_or(ALL);
    read(model, object, names).map_err(|violations| request::below(violations, "fields"))
}

/// Every plain field.
pub(crate) fn plain(model: &Model, object: &Arc<Object>) -> Result<Selection, Vec<Violation>> {
    read(model, object, ALL)
}

/// Whether a selection shows other records too.
pub(super) fn reaches_further(selection: &Selection) -> bool {
    let mut items = selection.0.iter();
    items.any(|(_, item)| matches!(item, Item::ToOne(..) | Item::ToMany(..)))
}

fn read(model: &Model, object: &Arc<Object>, names: &str) -> Result<Selection, Vec<Violation>> {
    let mut selection = Selection::default();
    let mut violations = Vec::new();
    let mut seen = HashSet::new();
    let mut reader = Reader {
        model,
        values: 0,
        lists: HashMap::new(),
    };
    for (index, name) in path::split(names, ',').enumerate() {
        if index == MOST_NAMES {
            return refuse(
                "too_many",
                format!("at most {MOST_NAMES} names are allowed"),
            );
        }
        if !seen.insert(name) {
            continue;
        }
        let added = Step::path(name).and_then(|path| {
            if path.len() > DEEPEST {
                let message = format!("`{}` joins more than {DEEPEST} names", clip(name));
                return refuse("too_deep", message);
            }
            reader.add(&mut selection, object, (&path, 0))
        });
        violations.extend(added.err().into_iter().flatten());
        if reader.values > MOST_VALUES {
            return refuse(
                "too_many",
                format!("these come to more than {MOST_VALUES} values for each record"),
            );
        }
    }
    if violations.is_empty() {
        Ok(selection)
    } else {
        Err(violations)
    }
}

struct Reader<'m, 't> {
    model: &'m Model,
    /// How many values have been asked for so far.
    values: usize,
    /// The arguments of lists, by the names that lead to them.
    lists: HashMap<Vec<&'t str>, &'t str>,
}

impl<'t> Reader<'_, 't> {
    /// Adds what a path names from a step on; a path that ends at a record means all its plain fields.
    fn add(
        &mut self,
        selection: &mut Selection,
        object: &Arc<Object>,
        (path, at): (&[Step<'t>], usize),
    ) -> Result<(), Vec<Violation>> {
        let rest = path.get(at + 1..).unwrap_or_default();
        let (name, arguments) = path
            .get(at)
            .map_or((ALL, None), |step| (step.name, step.arguments));
        let attribute = object.attribute(name);
        let takes_none = name == ALL
            || matches!(
                attribute,
                Some(Attribute::Column(..) | Attribute::Composite(..) | Attribute::ToOne(_))
            );
        if let (true, Some(step)) = (takes_none, path.get(at)) {
            step.plain()?;
        }
        if name == ALL {
            no_parts(name, rest)?;
            self.add_plain(selection, object);
            return Ok(());
        }
        match attribute {
            Some(Attribute::Column(_, column)) => {
                no_parts(name, rest)?;
                self.add_column(selection, name, column);
            }
            Some(Attribute::Composite(field, components)) => {
                let wanted = parts(name, components, rest)?;
                self.add_parts(selection, field, components, wanted);
            }
            Some(Attribute::ToOne(to_one)) => {
                let target = Arc::clone(self.model.target(&to_one.target));
                let item = || Item::ToOne(to_one, Arc::clone(&target), Selection::default());
                self.add_below(entry(selection, name, item), &target, (path, at))?;
            }
            Some(Attribute::ToMany(to_many)) => {
                let target = Arc::clone(self.model.target(&to_many.target));
                let more = more_of(object, name);
                let item = || Item::ToMany(to_many, Arc::clone(&target), Box::new(nested(more)));
                let list = entry(selection, name, item);
                if let (Some(arguments), Item::ToMany(_, _, connection)) = (arguments, &mut *list) {
                    let names = path[..=at].iter().map(|step| step.name).collect();
                    let known = self.lists.insert(names, arguments);
                    if known.is_some_and(|known| known != arguments) {
                        let message = format!(
                            "`{name}` is asked for as one list, and its parentheses say different things"
                        );
                        return refuse("clash", message);
                    }
                    List::read(self.model, &target, arguments)?.shape(connection);
                }
                self.add_below(list, &target, (path, at))?;
            }
            Some(Attribute::LinkIds(_)) | None => {
                let unknown = unknown_attribute(object, name, Pointer::root(), Spelling::Snake);
                return Err(vec![unknown]);
            }
        }
        Ok(())
    }

    /// Adds what a path names, after the relation at a step, of the records that it shows.
    fn add_below(
        &mut self,
        relation: &mut Item,
        target: &Arc<Object>,
        (path, at): (&[Step<'t>], usize),
    ) -> Result<(), Vec<Violation>> {
        let shown = match relation {
            Item::ToOne(_, _, inner) => Some(inner),
            Item::ToMany(_, _, connection) => match &mut connection.shape {
                Shape::Array { records, .. } => Some(records),
                Shape::Object(_) => None,
            },
            Item::Column(_)
            | Item::Composite { .. }
            | Item::GlobalId { .. }
            | Item::Constant(_) => None,
        };
        shown.map_or(Ok(()), |inner| self.add(inner, target, (path, at + 1)))
    }

    fn add_plain(&mut self, selection: &mut Selection, object: &Object) {
        for field in object.fields.values() {
            match field.form() {
                ValueForm::Column(_) => {
                    self.add_column(selection, &field.value_key(), &field.columns[0]);
                }
                ValueForm::Composite(components) => {
                    self.add_parts(selection, field, components, 0..components.len());
                }
                ValueForm::Ids => {}
            }
        }
    }

    fn add_column(&mut self, selection: &mut Selection, key: &str, column: &Column) {
        entry(selection, key, || {
            self.values += 1;
            Item::Column(leaf(column))
        });
    }

    fn add_parts(
        &mut self,
        selection: &mut Selection,
        field: &Field,
        components: &[Component],
        wanted: std::ops::Range<usize>,
    ) {
        let item = || Item::Composite {
            columns: field
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            parts: Vec::new(),
        };
        let Item::Composite { parts, .. } = entry(selection, field.api_name().as_str(), item)
        else {
            return;
        };
        for (component, column) in components[wanted.clone()]
            .iter()
            .zip(&field.columns[wanted])
        {
            if parts.iter().all(|(key, _)| **key != *component.name) {
                self.values += 1;
                parts.push((component.name.to_string(), Part::Column(leaf(column))));
            }
        }
    }
}

/// The components that the rest of a path names: one of them, or all.
fn parts(
    name: &str,
    components: &[Component],
    rest: &[Step<'_>],
) -> Result<std::ops::Range<usize>, Vec<Violation>> {
    let [part, rest @ ..] = rest else {
        return Ok(0..components.len());
    };
    let part = part.plain()?;
    if part == ALL {
        no_parts(part, rest)?;
        return Ok(0..components.len());
    }
    let Some(index) = components
        .iter()
        .position(|component| component.name == part)
    else {
        let names: Vec<&str> = components
            .iter()
            .map(|component| &*component.name)
            .collect();
        let message = format!(
            "`{name}` has no `{}`; there are {}",
            clip(part),
            names.join(", ")
        );
        return refuse("unknown", message);
    };
    no_parts(part, rest)?;
    Ok(index..index + 1)
}

fn no_parts(name: &str, rest: &[Step<'_>]) -> Result<(), Vec<Violation>> {
    if rest.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = rest.iter().map(|step| step.name).collect();
    let message = format!("`{name}` has no parts, so no `{}`", clip(&names.join(".")));
    refuse("unknown", message)
}

fn refuse<T>(code: &'static str, message: String) -> Result<T, Vec<Violation>> {
    Err(vec![Violation::new(Pointer::root(), code, message)])
}

/// The item under `key`, put in at the end if it is new.
fn entry<'s>(selection: &'s mut Selection, key: &str, item: impl FnOnce() -> Item) -> &'s mut Item {
    let items = &mut selection.0;
    let index = items
        .iter()
        .position(|(known, _)| known == key)
        .unwrap_or_else(|| {
            items.push((key.to_owned(), item()));
            items.len() - 1
        });
    &mut items[index].1
}

fn leaf(column: &Column) -> Leaf {
    Leaf {
        column: column.name.clone(),
        column_type: column.column_type.clone(),
    }
}

/// The member of an object's records that says that a list of theirs has more than is shown. A name that the object has itself
/// gets an underscore at the end, as no name of a field has.
pub(crate) fn more_of(object: &Object, list: &str) -> String {
    let more = format!("{list}_more");
    match object.attribute(&more) {
        Some(_) => more + "_",
        None => more,
    }
}

fn nested(more: String) -> Connection {
    Connection {
        filter: Filter::all(),
        search: None,
        sort: Sort::default(),
        window: Window::first(DEFAULT_LIMIT),
        deleted: Deleted::Exclude,
        shape: Shape::Array {
            records: Selection::default(),
            more: Some(more),
        },
    }
}

mod path;
#[cfg(test)]
mod tests;
