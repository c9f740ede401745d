//! Whether the caller's row rules allow a write.
//!
//! It is decided before anything is written, in the same statement. Records that are there have to match the rule of the right that
//! is used on them (`_may…`, beside the row in `_old`), and so do the records as they will be (`_after`). `_forbidden` has the places
//! of those that do not: where there is one, nothing is written. A write by filter leaves alone what the caller may not change, so
//! only what becomes of the records is asked there.
//!
//! A field may have a rule of its own. It counts for records that the write gives a value of the field.

use sea_query::{Expr, ExprTrait, Query as Sql, SelectStatement, WithClause};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_error::{Result, UserError};
use tessera_postgres::row::Row;
use tessera_schema::access::Right;
use tessera_schema::access::row_rules::RowRules;
use tessera_schema::access::view::View;
use tessera_schema::column::{Column, SqlName};
use tessera_schema::filter::Filter;
use tessera_schema::ident::ApiName;
use tessera_schema::object::{Field, Object};
use tessera_schema::record::Record;
use tessera_schema::violation::{Pointer, Violation};

use crate::query::compiler::Compiler;
use crate::query::filter;
use crate::sql;
use crate::write::part::{OLD, Writer, cte};
use crate::write::{Action, link};

/// Records as they will be.
pub(super) const AFTER: &str = "_after";
/// The places of records with which the write may not be done; also the column of the answer that lists them.
pub(super) const FORBIDDEN: &str = "_forbidden";
const PLACE: &str = "place";

/// The rules that a write has to keep.
#[derive(Debug, Default)]
pub(super) struct Rules<'w> {
    /// On records that are there.
    changed: Vec<Demand<'w>>,
    /// On new records.
    made: Vec<Demand<'w>>,
    /// Whether a filter chooses the records.
    by_filter: bool,
    /// Whether records become others, or only go and come back.
    becomes: bool,
}

#[derive(Debug)]
struct Demand<'w> {
    rule: Arc<Filter>,
    /// It counts where the write gives a value of this field.
    field: Option<&'w Field>,
}

/// What becomes of the records of a write.
pub(super) struct Becoming<'b> {
    /// A row for each record, without columns.
    pub(super) rows: SelectStatement,
    /// The place of the record in the input.
    pub(super) place: Expr,
    /// That the record is there; a constant where all are, or none is.
    pub(super) known: Known,
    /// The value that a column will have.
    pub(super) value: &'b mut dyn FnMut(&mut Compiler<'_>, &Column) -> Expr,
    /// That a value of the field is given; none where each record has one.
    pub(super) given: &'b mut dyn FnMut(&mut Compiler<'_>, &Field) -> Option<Expr>,
}

pub(super) enum Known {
    All,
    None,
    Where(Expr),
}

impl<'w> Rules<'w> {
    pub(super) fn of(rules: Option<&RowRules>, object: &'w Object, action: &Action) -> Self {
        let Some(rules) = rules else {
            return Self::default();
        };
        let demands = |right: Right, given: &BTreeSet<&ApiName>| {
            let of_object = rules.get(object.api_name(), right).map(|rule| Demand {
                rule: Arc::clone(rule),
                field: None,
            });
            let given = given.iter().filter_map(|name| object.fields.get(*name));
            let of_fields = given.filter_map(|field| {
                let rule = rules.get_on(object.api_name(), field.api_name(), right)?;
                Some(Demand {
                    rule: Arc::clone(rule),
                    field: Some(field),
                })
            });
            of_object.into_iter().chain(of_fields).collect::<Vec<_>>()
        };
        let given: Vec<&Record> = match action {
            Action::Create(record) => vec![record],
            Action::CreateMany(records) => records.iter().collect(),
            Action::UpdateMany(changes) => changes.iter().map(|change| &change.values).collect(),
            _ => match action.upserts() {
                Some((_, records)) => records.iter().map(|record| &record.given).collect(),
                None => action.changes().into_iter().collect(),
            },
        };
        let key = action.upserts().map(|(key, _)| key.column.name.as_str());
        let named = |without: Option<&str>| -> BTreeSet<&ApiName> {
            let gives = |field: &Field| {
                let mut columns = field.columns.iter().map(|column| column.name.as_str());
                let of_column = columns.any(|name| {
                    let touched = |record: &&Record| record.touched().any(|other| other == name);
                    without != Some(name) && given.iter().any(touched)
                });
                let linked = |record: &&Record| record.linked(field.api_name()).is_some();
                of_column || given.iter().any(linked)
            };
            let fields = object.fields.values().filter(|field| gives(field));
            fields.map(|field| field.api_name()).collect()
        };
        let makes = matches!(action, Action::Create(_) | Action::CreateMany(_));
        let changed = if makes {
            Vec::new()
        } else {
            // Records of an upsert are matched on the key, which stays.
            demands(action.right(), &named(key))
        };
        let made = if makes || action.upserts().is_some() {
            demands(Right::Create, &named(None))
        } else {
            Vec::new()
        };
        Self {
            changed,
            made,
            by_filter: action.is_by_filter(),
            becomes: makes || action.right() == Right::Update,
        }
    }

    /// Whether `_forbidden` is asked.
    pub(super) fn decide(&self) -> bool {
        let changed = !self.changed.is_empty() && (self.becomes || !self.by_filter);
        changed || !self.made.is_empty()
    }

    /// The columns of the rows before that are asked for.
    pub(super) fn read_of_old(&self, into: &mut BTreeSet<SqlName>) {
        if self.becomes {
            let all = self.changed.iter().chain(&self.made);
            all.for_each(|demand| filter::columns(&demand.rule, into));
        }
    }

    /// Says of the rows before whether the caller may change them: a column for each rule. A filter does not find the others.
    pub(super) fn put(&self, compiler: &mut Compiler<'_>, old: &mut SelectStatement, alias: &str) {
        for (number, demand) in self.changed.iter().enumerate() {
            let condition = compiler.rule(&demand.rule, alias);
            if self.by_filter {
                old.and_where_option(condition);
                continue;
            }
            let condition = condition.unwrap_or_else(|| Expr::cust("true"));
            old.expr_as(condition, sql::iden(&may(number)));
        }
    }
}

fn may(number: usize) -> String {
    format!("_may{number}")
}

fn given(kind: &str, number: usize) -> String {
    format!("_given_{kind}{number}")
}

/// Finds the records with which the write may not be done, and gives the condition that there is none. `_old` stands before it in the
/// statement, where the write has one.
pub(super) fn decide(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
    becoming: Becoming<'_>,
) -> Option<Expr> {
    let rules = &writer.rules;
    if !rules.decide() {
        return None;
    }
    let (changed, made) = match &becoming.known {
        Known::All => (&rules.changed[..], &[][..]),
        Known::None => (&[][..], &rules.made[..]),
        Known::Where(_) => (&rules.changed[..], &rules.made[..]),
    };
    let mut after = becoming.rows;
    after.expr_as(becoming.place, sql::iden(PLACE));
    let mut read = BTreeSet::from([SqlName::join(&["id"])]);
    if rules.becomes {
        let all = changed.iter().chain(made);
        all.for_each(|demand| filter::columns(&demand.rule, &mut read));
    }
    let columns = writer
        .object
        .fields
        .values()
        .flat_map(|field| &field.columns);
    for column in columns.filter(|column| read.contains(&column.name)) {
        let value = (becoming.value)(compiler, column);
        after.expr_as(value, sql::iden(column.name.as_str()));
    }
    if !rules.by_filter {
        for number in 0..changed.len() {
            after.expr_as(sql::col(OLD, &may(number)), sql::iden(&may(number)));
        }
    }
    for (kind, demands) in [("c", changed), ("m", made)] {
        for (number, demand) in demands.iter().enumerate() {
            let flag = demand
                .field
                .and_then(|field| (becoming.given)(compiler, field));
            let flag = flag.unwrap_or_else(|| Expr::cust("true"));
            after.expr_as(flag, sql::iden(&given(kind, number)));
        }
    }
    let where_known = match becoming.known {
        Known::Where(known) => {
            after.expr_as(known, sql::iden("_known"));
            Some(sql::col("a", "_known"))
        }
        Known::All | Known::None => None,
    };
    cte(with, AFTER, after);

    // What the rules say of lists of links, they say of those that the write leaves.
    let links = if rules.becomes {
        link::becoming(compiler, with, writer, action)
    } else {
        Vec::new()
    };
    let links = std::mem::replace(&mut compiler.links, links);
    let mut keeps = |kind: &str, demands: &[Demand<'_>]| {
        let conditions = demands.iter().enumerate().map(|(number, demand)| {
            let before = (kind == "c" && !rules.by_filter).then(|| sql::col("a", &may(number)));
            let then = rules.becomes.then(|| compiler.rule(&demand.rule, "a"));
            let both = before.into_iter().chain(then.flatten());
            let both = both.reduce(ExprTrait::and);
            let both = both.unwrap_or_else(|| Expr::cust("true"));
            match demand.field {
                None => both,
                Some(_) => sql::template(
                    "(NOT $1 OR ($2))",
                    [sql::col("a", &given(kind, number)), both],
                ),
            }
        });
        let all = conditions
            .collect::<Vec<_>>()
            .into_iter()
            .reduce(ExprTrait::and);
        all.unwrap_or_else(|| Expr::cust("true"))
    };
    let kept = match where_known {
        Some(known) => {
            let parts = [known, keeps("c", changed), keeps("m", made)];
            sql::template("CASE WHEN $1 THEN $2 ELSE $3 END", parts)
        }
        None if made.is_empty() => keeps("c", changed),
        None => keeps("m", made),
    };
    compiler.links = links;
    let mut forbidden = Sql::select();
    forbidden
        .expr(sql::col("a", PLACE))
        .from_as(sql::iden(AFTER), sql::iden("a"))
        .and_where(sql::template("($1) IS NOT TRUE", [kept]));
    cte(with, FORBIDDEN, forbidden);
    Some(none_of(FORBIDDEN))
}

/// That a CTE has no row.
pub(super) fn none_of(name: &str) -> Expr {
    let mut any = Sql::select();
    any.expr(Expr::cust("1")).from(sql::iden(name));
    Expr::exists(any).not()
}

/// The places of the records with which the write may not be done; null where there is none.
pub(super) fn places() -> Expr {
    let place = sql::col(FORBIDDEN, PLACE);
    let mut all = Sql::select();
    all.expr(sql::template("array_agg($1 ORDER BY $1)", [place]))
        .from(sql::iden(FORBIDDEN));
    Expr::SubQuery(None, Box::new(all.into()))
}

/// Refuses a write that the answer says is not allowed.
pub(super) fn check(action: &Action, answer: &Row) -> Result<()> {
    if !answer.has(FORBIDDEN) {
        return Ok(());
    }
    let Some(places) = answer.get::<Option<Vec<i64>>>(FORBIDDEN)? else {
        return Ok(());
    };
    let (verb, message) = match action {
        Action::Create(_) | Action::CreateMany(_) => {
            ("create", "your role may not create such a record")
        }
        Action::Upsert { .. } | Action::UpsertMany { .. } => (
            "upsert",
            "your role may neither create such a record nor change the one that has its key to this",
        ),
        _ => match action.right() {
            Right::Delete => ("delete", "your role may not delete this record"),
            Right::Restore => ("restore", "your role may not restore this record"),
            Right::Destroy => ("destroy", "your role may not destroy this record"),
            Right::Read | Right::Create | Right::Update => (
                "update",
                "your role may not update this record, or not to these values",
            ),
        },
    };
    let at = |place: i64| match action.answers_many() {
        true => Pointer::root().key(place),
        false => Pointer::root(),
    };
    let violations = places
        .into_iter()
        .map(|place| Violation::new(at(place), "forbidden", message));
    Err(UserError::ForbiddenRecords {
        action: verb,
        violations: violations.collect(),
    }
    .into())
}

/// The refusal of a write that makes records where a rule asks for a running number: it is not known before the record is there.
#[must_use]
pub fn undecidable(view: &View, object: &Object, action: &Action) -> Option<UserError> {
    let rules = Rules::of(Some(&view.rules), object, action);
    let mut read = BTreeSet::new();
    rules
        .made
        .iter()
        .for_each(|demand| filter::columns(&demand.rule, &mut read));
    let mut columns = object.fields.values().flat_map(|field| &field.columns);
    let is_number = |column: &Column| column.column_type.numbering.is_some();
    let asked = columns.any(|column| is_number(column) && read.contains(&column.name));
    asked.then_some(UserError::Forbidden {
        action: "create records here: its rule asks for a running number, which a record has only once it is created",
    })
}
