//! The order records come in.

use std::sync::Arc;

use crate::column::{ColumnType, SqlName};
use crate::model::Model;
use crate::naming::Spelling;
use crate::object::{Attribute, Object, ToOne};
use crate::unknown::unknown_attribute;
use crate::violation::{Pointer, Violation};

/// Sort keys, the first the most significant. The id is always the last key, so that every order is total.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sort(pub Vec<SortKey>);

#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// The relations to walk, from the sorted object on.
    pub path: Vec<ToOne>,
    pub column: SqlName,
    pub column_type: ColumnType,
    pub nullable: bool,
    /// Whether only the first [`SORTED_CHARACTERS`](crate::column::SORTED_CHARACTERS) of a text count.
    pub cut: bool,
    pub direction: Direction,
    pub nulls: Nulls,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    First,
    Last,
}

impl Direction {
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Nulls {
    /// The place of empty values in either direction, by default.
    pub const DEFAULT: Self = Self::Last;

    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::First => Self::Last,
            Self::Last => Self::First,
        }
    }
}

/// The most keys of one order.
const MOST: usize = 16;

impl Sort {
    /// Reads REST's `-created_at,company.name,city:nulls_first`.
    ///
    /// # Errors
    /// Keys that cannot be sorted by.
    pub fn parse(model: &Model, object: &Arc<Object>, text: &str) -> Result<Self, Vec<Violation>> {
        let keys = text.split(',').filter(|key| !key.is_empty()).map(|key| {
            let (name, direction, nulls) = read_key(key);
            let path: Vec<&str> = name.split('.').collect();
            SortKey::resolve(model, object, &path, Spelling::Snake, direction, nulls)
        });
        Self::collect(keys)
    }

    /// # Errors
    /// All the keys' violations, or too many keys.
    pub fn collect(
        keys: impl Iterator<Item = Result<SortKey, Violation>>,
    ) -> Result<Self, Vec<Violation>> {
        let mut sort = Vec::new();
        let mut violations = Vec::new();
        for key in keys {
            match key {
                Ok(key) => sort.push(key),
                Err(violation) => violations.push(violation),
            }
        }
        if sort.len() > MOST {
            let message = format!("an order may have at most {MOST} keys");
            violations.push(Violation::new(Pointer::root(), "too_many", message));
        }
        if violations.is_empty() {
            Ok(Self(sort))
        } else {
            Err(violations)
        }
    }
}

/// Reads one key of REST's `sort`: `-name:nulls_first` is `name`, descending, with empty values first.
#[must_use]
pub fn read_key(key: &str) -> (&str, Direction, Nulls) {
    let (direction, name) = match key.strip_prefix('-') {
        Some(name) => (Direction::Descending, name),
        None => (Direction::Ascending, key),
    };
    let places = [(":nulls_first", Nulls::First), (":nulls_last", Nulls::Last)];
    let placed = places
        .into_iter()
        .find_map(|(suffix, nulls)| Some((name.strip_suffix(suffix)?, nulls)));
    let (name, nulls) = placed.unwrap_or((name, Nulls::DEFAULT));
    (name, direction, nulls)
}

impl SortKey {
    /// A key named by a path through to-one relations, or into a composite.
    ///
    /// # Errors
    /// A part of the path that is not there or has no order.
    pub fn resolve(
        model: &Model,
        object: &Arc<Object>,
        path: &[&str],
        spelling: Spelling,
        direction: Direction,
        nulls: Nulls,
    ) -> Result<Self, Violation> {
        let mut object = object;
        let mut walked: Vec<ToOne> = Vec::new();
        let mut parts = path.iter();
        while let Some(part) = parts.next() {
            let name = spelling.read(part);
            let found = name.as_deref().and_then(|name| object.attribute(name));
            let (column, indexed) = match found {
                Some(Attribute::ToOne(to_one)) => {
                    object = model.target(&to_one.target);
                    walked.push(to_one);
                    continue;
                }
                Some(Attribute::Column(field, column))
                    if column.column_type.scalar.sortable() && !column.column_type.list =>
                {
                    debug_assert!(
                        !field.columns.is_empty(),
                        "a column attribute has its column"
                    );
                    let definition = &field.definition;
                    (column, definition.indexed || definition.unique)
                }
                Some(Attribute::Composite(field, components)) => {
                    let inner = parts.next().and_then(|part| spelling.read(part));
                    let index = components
                        .iter()
                        .position(|c| Some(&*c.name) == inner.as_deref());
                    let Some(index) = index else {
                        let names: Vec<_> =
                            components.iter().map(|c| spelling.write(&c.name)).collect();
                        let message = format!(
                            "to sort by `{part}`, name one of its parts: {}",
                            names.join(", ")
                        );
                        return Err(Violation::new(Pointer::root(), "unknown", message));
                    };
                    (&field.columns[index], false)
                }
                Some(_) => {
                    let message = format!("`{part}` has no order");
                    return Err(Violation::new(Pointer::root(), "not_sortable", message));
                }
                None => return Err(unknown_attribute(object, part, Pointer::root(), spelling)),
            };
            if parts.next().is_some() {
                let message = format!("`{part}` has no parts");
                return Err(Violation::new(Pointer::root(), "unknown", message));
            }
            return Ok(Self {
                nullable: !column.not_null || !walked.is_empty(),
                cut: column.column_type.long && !indexed,
                path: walked,
                column: column.name.clone(),
                column_type: column.column_type.clone(),
                direction,
                nulls,
            });
        }
        let message = format!("`{}` names no value to sort by", path.join("."));
        Err(Violation::new(Pointer::root(), "not_sortable", message))
    }
}
