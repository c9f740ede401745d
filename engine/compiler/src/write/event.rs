//! What a write leaves in the tenant's `_events`: a row for each record written, made by the same statement.
//!
//! It says who did what with which record and as part of which change, and holds what changed, under the names of the table's columns:
//!
//! - `created`: `after` has what the record was given by the caller, by defaults and by the server. A column that is not
//!   there is null.
//! - `updated`: `before` and `after` have the columns that the write names and those that the server changes with them. A
//!   column that is not there did not change; one that is there may have been given the value it had.
//! - `deleted` and `restored`: as `updated`, with `deleted_at` for what the write names.
//! - `destroyed`: `before` has the whole record, since nothing else has it any more. Records that referred to it are `updated`.
//!
//! Each record of an upsert is created or updated. What one record of a statement names, the events of all have: the columns
//! are known when the statement is worked out, and only their values are read when it runs.
//!
//! Events of releases before these rules have whole records on both sides.

use sea_query::{
    Condition, Expr, ExprTrait, Func, InsertStatement, JoinType, Query as Sql, SelectStatement,
};
use std::collections::BTreeSet;
use tessera_schema::column::SqlName;
use tessera_schema::object::Object;
use tessera_schema::record::Record;

use crate::query::compiler::Compiler;
use crate::sql;
use crate::write::part::{GIVEN_TO_NEW, NEW, OLD, Writer, columns};
use crate::write::{Action, Write};

const UPDATED: &str = "updated";

const COLUMNS: [&str; 7] = [
    "change_id",
    "actor",
    "object",
    "record_id",
    "action",
    "before",
    "after",
];

/// What the server changes with each change.
const OF_CHANGED: [&str; 3] = ["updated_at", "updated_by", "version"];

/// The columns that the events of a write hold.
pub(super) struct Recorded {
    /// After a record was made; none where the write makes none.
    made: Vec<SqlName>,
    /// Before it was changed; none where the write changes none.
    before: Vec<SqlName>,
    /// After it was changed; none too where nothing is left of it.
    after: Vec<SqlName>,
}

impl Recorded {
    pub(super) fn of(write: &Write) -> Self {
        let object = &write.object;
        let made = |named| Self::made(object, named);
        let changed = |named| Self::changed(object, named);
        match &write.action {
            Action::Create(record) => made(record.touched().collect()),
            Action::CreateMany(records) => made(records.iter().flat_map(Record::touched).collect()),
            Action::Update { changes, .. } | Action::UpdateWhere { changes, .. } => {
                changed(changes.touched().collect())
            }
            Action::UpdateMany(changes) => {
                let values = changes.iter().map(|change| &change.values);
                changed(values.flat_map(Record::touched).collect())
            }
            Action::Delete { .. }
            | Action::DeleteWhere { .. }
            | Action::Restore { .. }
            | Action::RestoreWhere { .. } => Self::moved(object),
            Action::Destroy { .. } => Self::destroyed(object),
            Action::Upsert { .. } | Action::UpsertMany { .. } => {
                let (key, records) = write.action.upserts().expect("it is an upsert");
                let given = records.iter().flat_map(|record| record.given.touched());
                let mut named: BTreeSet<&str> = given.collect();
                let defaults = records.iter().flat_map(|record| record.defaults.touched());
                let made = made(named.iter().copied().chain(defaults).collect());
                // Records are matched on it, so it stays.
                named.remove(key.column.name.as_str());
                Self {
                    made: made.made,
                    ..changed(named)
                }
            }
        }
    }

    /// Of records that go along with those written.
    pub(super) fn along(object: &Object, action: &Action) -> Self {
        match action {
            Action::Destroy { .. } => Self::destroyed(object),
            _ => Self::moved(object),
        }
    }

    fn destroyed(object: &Object) -> Self {
        Self {
            made: Vec::new(),
            before: columns(object).cloned().collect(),
            after: Vec::new(),
        }
    }

    /// Of records that lose a link, which these columns had.
    pub(super) fn unlinked<'o>(object: &'o Object, columns: impl Iterator<Item = &'o str>) -> Self {
        Self::changed(object, columns.collect())
    }

    /// Of records that go to the bin or come out of it.
    pub(super) fn moved(object: &Object) -> Self {
        Self::changed(object, BTreeSet::from(["deleted_at"]))
    }

    fn made<'o>(object: &'o Object, mut named: BTreeSet<&'o str>) -> Self {
        let columns = object.fields.values().flat_map(|field| &field.columns);
        let numbers = columns.filter(|column| column.column_type.numbering.is_some());
        named.extend(numbers.map(|column| column.name.as_str()));
        named.extend(GIVEN_TO_NEW);
        Self {
            made: those(object, &named),
            before: Vec::new(),
            after: Vec::new(),
        }
    }

    fn changed(object: &Object, mut named: BTreeSet<&str>) -> Self {
        named.extend(OF_CHANGED);
        Self {
            made: Vec::new(),
            before: those(object, &named),
            after: those(object, &named),
        }
    }

    /// What is read of the rows before.
    pub(super) fn of_old(&self) -> impl Iterator<Item = &SqlName> {
        self.before.iter()
    }

    /// What is read of the rows after.
    pub(super) fn of_new(&self) -> impl Iterator<Item = &SqlName> {
        self.made.iter().chain(&self.after)
    }
}

/// The columns of these names, in the table's order.
fn those(object: &Object, named: &BTreeSet<&str>) -> Vec<SqlName> {
    let those = columns(object).filter(|column| named.contains(column.as_str()));
    those.cloned().collect()
}

/// The event of each row written.
pub(super) fn rows(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    action: &Action,
    recorded: &Recorded,
) -> InsertStatement {
    let named = (writer.object, verb(action));
    of(compiler, writer, named, recorded, (OLD, NEW))
}

/// The event of each row of another object that goes along with those written.
pub(super) fn of_moved(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    object: &Object,
    action: &Action,
    rows: (&str, &str),
) -> InsertStatement {
    let recorded = Recorded::along(object, action);
    of(compiler, writer, (object, verb(action)), &recorded, rows)
}

/// The event of each row that loses a link to those destroyed.
pub(super) fn of_unlinked(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    object: &Object,
    recorded: &Recorded,
    rows: (&str, &str),
) -> InsertStatement {
    of(compiler, writer, (object, UPDATED), recorded, rows)
}

/// Events of rows of an object with which something is done, and which stand before and after in two CTEs.
fn of(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    (object, verb): (&Object, &str),
    recorded: &Recorded,
    (old, new): (&str, &str),
) -> InsertStatement {
    let mut from = Sql::select();
    from.from(sql::iden(new));
    let (makes, changes) = (!recorded.made.is_empty(), !recorded.before.is_empty());
    if changes {
        let join = if makes {
            JoinType::LeftJoin
        } else {
            JoinType::InnerJoin
        };
        let same = sql::col(old, "id").eq(sql::col(new, "id"));
        from.join(join, sql::iden(old), same);
    }
    let made = json(&mut from, new, &recorded.made, "_created");
    let before = json(&mut from, old, &recorded.before, "_before");
    let after = json(&mut from, new, &recorded.after, "_after");
    let mut text = |text: &str| compiler.params.text(Some(text.to_owned()), "text");
    let object = text(object.api_name().as_str());
    let verb = text(verb);
    let [verb, before, after] = if makes && changes {
        let is_new = sql::col(old, "id").is_null();
        let each = [(text("created"), verb), (null(), before), (made, after)];
        each.map(|(new, known)| {
            let parts = [is_new.clone(), new, known];
            sql::template("CASE WHEN $1 THEN $2 ELSE $3 END", parts)
        })
    } else {
        [verb, before, if makes { made } else { after }]
    };
    from.exprs([writer.change.clone(), writer.actor.clone()]);
    from.exprs([object, sql::col(new, "id"), verb, before, after]);
    let mut insert = Sql::insert();
    insert
        .into_table(sql::internal_table(compiler.schema, "_events"))
        .columns(COLUMNS.map(sql::iden))
        .select_from(from)
        .expect("as many columns as expressions");
    insert
}

/// What is done with the records that are there.
const fn verb(action: &Action) -> &'static str {
    match action {
        Action::Create(_) | Action::CreateMany(_) => "created",
        Action::Upsert { .. }
        | Action::UpsertMany { .. }
        | Action::Update { .. }
        | Action::UpdateMany(_)
        | Action::UpdateWhere { .. } => UPDATED,
        Action::Delete { .. } | Action::DeleteWhere { .. } => "deleted",
        Action::Restore { .. } | Action::RestoreWhere { .. } => "restored",
        Action::Destroy { .. } => "destroyed",
    }
}

fn null() -> Expr {
    Expr::cust("null::json")
}

/// Columns of a CTE as one JSON value; null for none. `alias` begins with an underscore, as no column does: one of that name
/// would be taken in place of the row.
fn json(from: &mut SelectStatement, rows: &str, columns: &[SqlName], alias: &str) -> Expr {
    if columns.is_empty() {
        return null();
    }
    let mut row = Sql::select();
    row.exprs(columns.iter().map(|name| sql::column(rows, name)));
    // A join that the planner makes nothing of; a sub-select in the list would be run for each row.
    let always = Condition::all().add(Expr::cust("true"));
    from.join_lateral(JoinType::InnerJoin, row, sql::iden(alias), always);
    Expr::from(Func::cust(sql::iden("row_to_json")).arg(Expr::col(sql::iden(alias))))
}
