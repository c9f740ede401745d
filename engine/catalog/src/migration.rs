//! Migrations of tenants' tables: from two versions of an object to the steps between their tables.

use serde_json::Value as Json;
use std::sync::Arc;
use tessera_compiler::{names, sql};
use tessera_error::UserError;
use tessera_schema::column::{Column, SqlName};
use tessera_schema::model::Model;
use tessera_schema::object::{Field, Object};
use tessera_schema::storage::OnDelete;
use tessera_schema::violation::{Pointer, Violation};

use crate::step::{self, IndexKind, Indexed, Step};

/// The steps that take `before` to `after`; either may be missing.
///
/// # Errors
/// A change that cannot be made to records that are there, named at its field.
pub(crate) fn steps(
    model: &Model,
    before: Option<&Arc<Object>>,
    after: Option<&Arc<Object>>,
) -> Result<Vec<Step>, UserError> {
    let mut steps = Vec::new();
    match (before, after) {
        (None, None) => {}
        (None, Some(object)) => create(model, object, &mut steps),
        (Some(object), None) => remove(object, &mut steps),
        (Some(before), Some(after)) => {
            for field in before.own_fields() {
                let kept = after.own_fields().any(|other| other.id == field.id);
                if !kept {
                    remove_field(before, field, &mut steps);
                }
            }
            for field in after.own_fields() {
                match before.own_fields().find(|other| other.id == field.id) {
                    None => add_field(model, after, field, &mut steps),
                    Some(old) => change_field(model, after, old, field, &mut steps)?,
                }
            }
        }
    }
    Ok(steps)
}

fn create(model: &Model, object: &Object, steps: &mut Vec<Step>) {
    // What all records have stands first, and of that what is never null: Postgres takes a row apart from its start to the
    // last column that is asked for, and every read asks whether the record is in the bin.
    let (own, of_all): (Vec<_>, Vec<_>) = object.fields.values().partition(|field| !field.system);
    let mut of_all: Vec<&Column> = of_all.iter().flat_map(|field| &field.columns).collect();
    of_all.sort_by_key(|column| !column.not_null);
    let own = own.iter().flat_map(|field| &field.columns);
    steps.push(Step::CreateTable {
        name: object.table.clone(),
        columns: of_all.into_iter().chain(own).cloned().collect(),
    });
    // Records come in the order they were made unless somebody says otherwise, and the newest first in most views.
    steps.push(Step::CreateIndex {
        table: object.table.clone(),
        name: SqlName::join(&[object.table.as_str(), "created_at", "sorted"]),
        columns: vec![Indexed {
            column: SqlName::join(&["created_at"]),
            collation: None,
        }],
        kind: IndexKind::Sorted,
    });
    for field in object.own_fields() {
        number(object, field, true, steps);
        constrain(model, object, field, steps);
    }
}

/// The steps that make an object's table anew, as it is but for the columns that were dropped: Postgres counts those among the
/// 1,600 that a table may have.
pub(super) fn rebuild(model: &Model, object: &Object) -> Vec<Step> {
    let mut made = Vec::new();
    create(model, object, &mut made);
    let mut steps = Vec::with_capacity(made.len());
    for step in made {
        steps.push(match step {
            Step::CreateTable { name, columns } => Step::RebuildTable { name, columns },
            // Numbers go on where they were.
            Step::Number {
                table,
                column,
                numbering,
                sequence,
                ..
            } => Step::Number {
                table,
                column,
                numbering,
                sequence,
                existing: false,
            },
            // The table of the links is still there, without its key to this one.
            Step::CreateLink { name, from, .. } => Step::AddForeignKey {
                name: SqlName::join(&[name.as_str(), "from", "fkey"]),
                table: name,
                column: SqlName::join(&["from_id"]),
                to: from,
                on_delete: OnDelete::Cascade,
            },
            other => other,
        });
    }
    for other in model.definitions() {
        let itself = other.api_name() == object.api_name();
        for field in other.own_fields() {
            if field.linked() == Some(object.api_name()) {
                let table = other.link_table(field);
                steps.push(Step::AddForeignKey {
                    name: names::link_key_name(&table),
                    table,
                    column: SqlName::join(&["to_id"]),
                    to: object.table.clone(),
                    on_delete: OnDelete::Cascade,
                });
            } else if !itself {
                let points_here = |step: &Step| matches!(step, Step::AddForeignKey { to, .. } if *to == object.table);
                steps.extend(foreign_key(model, other, field).filter(points_here));
            }
        }
    }
    steps
}

fn remove(object: &Object, steps: &mut Vec<Step>) {
    for field in object.own_fields() {
        if field.linked().is_some() {
            steps.push(Step::DropTable {
                name: object.link_table(field),
            });
        }
    }
    steps.push(Step::DropTable {
        name: object.table.clone(),
    });
}

fn remove_field(object: &Object, field: &Field, steps: &mut Vec<Step>) {
    if field.linked().is_some() {
        steps.push(Step::DropTable {
            name: object.link_table(field),
        });
    }
    for column in &field.columns {
        steps.push(Step::DropColumn {
            table: object.table.clone(),
            column: column.name.clone(),
        });
    }
}

fn add_field(model: &Model, object: &Object, field: &Field, steps: &mut Vec<Step>) {
    let default = field
        .definition
        .default_value
        .as_ref()
        .filter(|value| !value.is_null());
    let fills: Vec<Json> = default
        .and_then(|value| field.store(value).ok())
        .unwrap_or_default();
    for (index, column) in field.columns.iter().enumerate() {
        let fill = fills
            .get(index)
            .and_then(|value| sql::input_form(value, &column.column_type));
        // A number column is filled first and closed then.
        let not_null = column.not_null && column.column_type.numbering.is_none();
        steps.push(Step::AddColumn {
            table: object.table.clone(),
            column: Column {
                not_null,
                ..column.clone()
            },
            fill,
        });
    }
    number(object, field, true, steps);
    constrain(model, object, field, steps);
}

/// Gives a number column its sequence, and numbers to the records that are there.
fn number(object: &Object, field: &Field, existing: bool, steps: &mut Vec<Step>) {
    for column in &field.columns {
        if let Some(numbering) = &column.column_type.numbering {
            steps.push(Step::Number {
                table: object.table.clone(),
                column: column.name.clone(),
                numbering: numbering.clone(),
                sequence: step::sequence_name(&object.table, &column.name),
                existing,
            });
        }
    }
}

/// Checks, indexes and foreign keys of a field whose columns are new.
fn constrain(model: &Model, object: &Object, field: &Field, steps: &mut Vec<Step>) {
    check(object, field, steps);
    index(object, field, steps);
    steps.extend(foreign_key(model, object, field));
    if let Some(target) = field.linked() {
        steps.push(Step::CreateLink {
            name: object.link_table(field),
            from: object.table.clone(),
            to: model.target(target).table.clone(),
        });
    }
}

/// The foreign key of a relation to one record.
fn foreign_key(model: &Model, object: &Object, field: &Field) -> Option<Step> {
    let to_one = field.to_one()?;
    Some(Step::AddForeignKey {
        table: object.table.clone(),
        name: names::foreign_key_name(object, &field.columns[0].name),
        column: to_one.column,
        to: model.target(&to_one.target).table.clone(),
        on_delete: field.on_delete(),
    })
}

fn check(object: &Object, field: &Field, steps: &mut Vec<Step>) {
    for column in &field.columns {
        if let Some(one_of) = &column.column_type.one_of {
            steps.push(Step::AddCheck {
                table: object.table.clone(),
                name: check_name(object, column),
                column: column.name.clone(),
                list: column.column_type.list,
                one_of: one_of.clone(),
            });
        }
    }
}

fn index(object: &Object, field: &Field, steps: &mut Vec<Step>) {
    let definition = &field.definition;
    let numbered = field
        .columns
        .iter()
        .any(|column| column.column_type.numbering.is_some());
    let columns = || {
        let columns = field.columns.iter().map(|column| Indexed {
            column: column.name.clone(),
            collation: (column.column_type.collation).filter(|_| !column.column_type.list),
        });
        columns.collect()
    };
    if definition.unique || numbered {
        steps.push(Step::CreateIndex {
            table: object.table.clone(),
            name: names::unique_name(object, field),
            columns: columns(),
            kind: IndexKind::Unique,
        });
    }
    let relation = field.storage.reference().is_some();
    if relation || (definition.indexed && !definition.unique && !numbered) {
        let members = field.columns.iter().any(|column| column.column_type.list);
        steps.push(Step::CreateIndex {
            table: object.table.clone(),
            name: names::index_name(object, field),
            columns: columns(),
            kind: if members {
                IndexKind::Members
            } else {
                IndexKind::Sorted
            },
        });
    }
    search_index(object, field, steps);
}

fn search_index(object: &Object, field: &Field, steps: &mut Vec<Step>) {
    let columns = field.searched_columns().map(|column| Indexed {
        column: column.name.clone(),
        collation: None,
    });
    let columns: Vec<Indexed> = columns.collect();
    if !columns.is_empty() {
        steps.push(Step::CreateIndex {
            table: object.table.clone(),
            name: SqlName::join(&[object.table.as_str(), field.api_name().as_str(), "search"]),
            columns,
            kind: IndexKind::Trigrams,
        });
    }
}

/// The indexes that serve search in a whole model.
pub(crate) fn search_indexes(model: &Model) -> Vec<Step> {
    let mut steps = Vec::new();
    for object in model.definitions() {
        for field in object.own_fields() {
            search_index(object, field, &mut steps);
        }
    }
    steps
}

/// The indexes of a whole model that are sorted by a collation.
pub(crate) fn collated_indexes(model: &Model) -> Vec<Step> {
    let mut steps = Vec::new();
    for object in model.definitions() {
        for field in object.own_fields() {
            index(object, field, &mut steps);
        }
    }
    let collated = |step: &Step| {
        let Step::CreateIndex { columns, .. } = step else {
            return false;
        };
        columns.iter().any(|column| column.collation.is_some())
    };
    steps.retain(collated);
    steps
}

fn change_field(
    model: &Model,
    object: &Object,
    old: &Field,
    new: &Field,
    steps: &mut Vec<Step>,
) -> Result<(), UserError> {
    let table = &object.table;
    for (before, after) in old.columns.iter().zip(&new.columns) {
        if before.column_type.precision != after.column_type.precision {
            widen(before, after)?;
            steps.push(Step::SetType {
                table: table.clone(),
                column: after.clone(),
            });
        }
        if before.not_null != after.not_null {
            steps.push(Step::SetNotNull {
                table: table.clone(),
                column: after.name.clone(),
                on: after.not_null,
            });
        }
        let becomes_unique = new.definition.unique && !old.definition.unique;
        if becomes_unique && after.column_type.scalar.is_text() && !after.not_null {
            steps.push(Step::ClearBlank {
                table: table.clone(),
                column: after.name.clone(),
            });
        }
        if before.column_type.one_of != after.column_type.one_of {
            steps.push(Step::DropConstraint {
                table: table.clone(),
                name: check_name(object, before),
            });
        }
    }
    if old
        .columns
        .iter()
        .map(|c| &c.column_type.one_of)
        .ne(new.columns.iter().map(|c| &c.column_type.one_of))
    {
        check(object, new, steps);
    }
    if old
        .columns
        .iter()
        .map(|c| &c.column_type.numbering)
        .ne(new.columns.iter().map(|c| &c.column_type.numbering))
    {
        number(object, new, false, steps);
    }
    let mut were = Vec::new();
    let mut are = Vec::new();
    index(object, old, &mut were);
    index(object, new, &mut are);
    for step in &were {
        if let (false, Step::CreateIndex { name, .. }) = (are.contains(step), step) {
            steps.push(Step::DropIndex { name: name.clone() });
        }
    }
    steps.extend(are.into_iter().filter(|step| !were.contains(step)));
    if let Some(key) = foreign_key(model, object, new)
        && old.on_delete() != new.on_delete()
    {
        steps.push(Step::DropConstraint {
            table: table.clone(),
            name: names::foreign_key_name(object, &new.columns[0].name),
        });
        steps.push(key);
    }
    Ok(())
}

/// A decimal may get room; taking it away would round what is stored.
fn widen(before: &Column, after: &Column) -> Result<(), UserError> {
    debug_assert!(
        before.column_type.scalar.is_exact(),
        "only decimals have a precision"
    );
    let fits = match (before.column_type.precision, after.column_type.precision) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some((precision, scale)), Some((new_precision, new_scale))) => {
            new_scale >= scale && new_precision - new_scale >= precision - scale
        }
    };
    if fits {
        return Ok(());
    }
    let place = Pointer::root().key("settings").key("precision");
    let message =
        "stored numbers may have more digits than that: precision and scale can only grow";
    Err(UserError::Conflict(vec![Violation::new(
        place,
        "narrowing",
        message,
    )]))
}

fn check_name(object: &Object, column: &Column) -> SqlName {
    SqlName::join(&[object.table.as_str(), column.name.as_str(), "check"])
}
