//! The row rules that a write has to keep.
//!
//! A field may have a rule of its own. It counts for records that the write gives a value of the field.

use sea_query::{Expr, SelectStatement};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::access::row_rules::RowRules;
use tessera_schema::column::SqlName;
use tessera_schema::filter::Filter;
use tessera_schema::object::{Field, Object};
use tessera_schema::record::Record;

use crate::query::compiler::Compiler;
use crate::query::filter;
use crate::sql;
use crate::write::Action;

/// Records as they will be.
pub(super) const AFTER: &str = "_after";
/// The rules that a write has to keep.
#[derive(Debug, Default)]
pub(super) struct Rules<'w> {
    /// On records that are there.
    pub(super) changed: Vec<Demand<'w>>,
    /// On new records.
    pub(super) made: Vec<Demand<'w>>,
    /// Whether a filter chooses the records.
    pub(super) by_filter: bool,
    /// Whether records become others, or only go and come back.
    pub(super) becomes: bool,
}

/// One rule of them.
#[derive(Debug)]
pub(super) struct Demand<'w> {
    pub(super) rule: Arc<Filter>,
    /// It counts where the write gives a value of this field.
    pub(super) field: Option<&'w Arc<Field>>,
}

impl<'w> Rules<'w> {
    pub(super) fn of(rules: Option<&RowRules>, object: &'w Object, action: &Action) -> Self {
        let Some(rules) = rules else {
            return Self::default();
        };
        let demands = |right: Right, given: &mut dyn Iterator<Item = &'w Arc<Field>>| {
            let of_object = rules.get(object.api_name(), right).map(|rule| Demand {
                rule: Arc::clone(rule),
                field: None,
            });
            let of_fields = given.filter_map(|field| {
                let rule = rules.get_on(object.api_name(), field.api_name(), right)?;
                Some(Demand {
                    rule: Arc::clone(rule),
                    field: Some(field),
                })
            });
            of_object.into_iter().chain(of_fields).collect::<Vec<_>>()
        };
        let named = named(object, action);
        let key = action.upserts().map(|(key, _)| &key.column.name);
        // Records of an upsert are matched on the key, which stays.
        let is_key = |field: &Field| field.columns.iter().any(|c| Some(&c.name) == key);
        let makes = matches!(action, Action::Create(_) | Action::CreateMany(_));
        let changed = if makes {
            Vec::new()
        } else {
            let mut others = named.iter().copied().filter(|field| !is_key(field));
            demands(action.right(), &mut others)
        };
        let made = if makes || action.upserts().is_some() {
            demands(Right::Create, &mut named.iter().copied())
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

    /// The fields of new records that have rules of their own.
    pub(super) fn fields_of_new(&self) -> impl Iterator<Item = &'w Arc<Field>> {
        self.made.iter().filter_map(|demand| demand.field)
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

/// The column of `_old` that says whether a rule allows the write.
pub(super) fn may(number: usize) -> String {
    format!("_may{number}")
}

/// The fields that a write gives a value of in some record.
pub(super) fn named<'o>(object: &'o Object, action: &Action) -> Vec<&'o Arc<Field>> {
    let given: Vec<&Record> = match action {
        Action::Create(record) => vec![record],
        Action::CreateMany(records) => records.iter().collect(),
        Action::UpdateMany(changes) => changes.iter().map(|change| &change.values).collect(),
        _ => match action.upserts() {
            Some((_, records)) => records.iter().map(|record| &record.given).collect(),
            None => action.changes().into_iter().collect(),
        },
    };
    let touched: BTreeSet<&str> = given.iter().flat_map(|record| record.touched()).collect();
    let gives = |field: &&Arc<Field>| {
        let mut columns = field.columns.iter();
        columns.any(|column| touched.contains(column.name.as_str()))
            || given
                .iter()
                .any(|record| record.linked(field.api_name()).is_some())
    };
    object.fields.values().filter(gives).collect()
}
