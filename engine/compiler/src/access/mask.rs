//! Values that the caller may not see in every record: where they may not, these read null.
//!
//! A field has a mask where its rule is for fewer records than the one on its object, and a relation where there is a rule on the
//! records that it leads to. Rows of an object with masks come in as a sub-select, which has the values as the caller sees them
//! under the names of their columns. So nothing can read a hidden value by mistake: whatever names the column means the masked one.
//!
//! Beside them the sub-select has the stored values, and whether they are seen, for conditions that an index can serve:
//! `stored = $1 AND seen` finds the same records as `CASE WHEN seen THEN stored END = $1`.

use sea_query::{Condition, Expr, ExprTrait, JoinType, Query as Sql, SelectStatement};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::column::SqlName;
use tessera_schema::filter::Filter;
use tessera_schema::ident::ApiName;
use tessera_schema::object::{Field, Object, Via};

use crate::access::entry::Unguarded;
use crate::access::masks::{Mask, Masked, Masks};
use crate::query::compiler::Compiler;
use crate::query::filter;
use crate::query::tree::Deleted;
use crate::sql;

/// What is known of the rows whose values are masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows<'r> {
    /// They are the rows of the object's table, which the caller sees.
    Table,
    /// They have been written, and have these columns. The caller may not see them any more.
    Written(&'r BTreeSet<SqlName>),
    /// They are what rows were once; the record as it is now decides.
    Once,
}

/// Rules with their conditions on the same rows.
type Conditions = Vec<(Arc<Filter>, Option<Expr>)>;

fn stored(place: usize) -> String {
    format!("stored#{place}")
}

fn seen(place: usize) -> String {
    format!("seen#{place}")
}

/// That the rules on the field hold, whether the target is seen or not.
fn shown(place: usize) -> String {
    format!("shown#{place}")
}

fn linked(place: usize) -> String {
    format!("linked#{place}")
}

impl Compiler<'_> {
    /// The masks on an object's rows; none where each value of a row that is seen is seen.
    fn masks(&self, object: &Object, rows: Rows<'_>) -> Option<Masks> {
        let rules = self.rules.filter(|_| !self.in_rule)?;
        let name = object.api_name();
        let of_rows = rules.get(name, Right::Read);
        let of_rows = of_rows.filter(|_| matches!(rows, Rows::Written(_)));
        let mut masks = Masks {
            columns: Vec::new(),
            links: Vec::new(),
        };
        // The whole object: a rule may read what the caller knows nothing of.
        let whole = self.model.target(name);
        for field in whole.fields.values() {
            let own = rules.get_on(name, field.api_name(), Right::Read);
            if field.linked().is_some() {
                let link = || whole.link_table(field);
                masks.links.extend(own.map(|own| (link(), Arc::clone(own))));
                continue;
            }
            let of_rows = of_rows.filter(|_| !field.system);
            let target = field.to_one().map(|to_one| to_one.target);
            let mask = Mask {
                rules: of_rows.into_iter().chain(own).cloned().collect(),
                target: target.filter(|target| rules.get(target, Right::Read).is_some()),
            };
            if !mask.rules.is_empty() || mask.target.is_some() {
                let columns = field.columns.iter();
                masks
                    .columns
                    .extend(columns.map(|column| (column.name.clone(), mask.clone())));
            }
        }
        (!masks.is_empty()).then_some(masks)
    }

    /// Notes that the rows of an alias will come in as the caller sees them.
    pub(crate) fn expect_masked(&mut self, object: &Object, alias: &str) -> Option<Arc<Masks>> {
        let masks = Arc::new(self.masks(object, Rows::Table)?);
        self.masked.insert(alias.to_owned(), Arc::clone(&masks));
        Some(masks)
    }

    /// A column of the rows of an alias, where it may be hidden.
    pub(crate) fn masked(&self, alias: &str, column: &SqlName) -> Option<Masked> {
        let place = self.masked.get(alias)?.place(column)?;
        Some(Masked {
            stored: sql::col(alias, &stored(place)),
            seen: sql::col(alias, &seen(place)),
        })
    }

    /// The ids by which records are joined: a column as it is stored, and what has to hold beside for it to be shown. The
    /// rule on the records that it leads to is left to the place where those come in.
    pub(crate) fn joining(&self, alias: &str, column: &SqlName) -> (Expr, Option<Expr>) {
        let masks = self.masked.get(alias);
        let Some((masks, place)) = masks.and_then(|masks| Some((masks, masks.place(column)?)))
        else {
            return (sql::column(alias, column), None);
        };
        let (_, mask) = &masks.columns[place];
        let rule = (!mask.rules.is_empty()).then(|| sql::col(alias, &shown(place)));
        (sql::col(alias, &stored(place)), rule)
    }

    /// Whether a column of an object's rows may be hidden.
    pub(crate) fn may_hide(&self, object: &Object, column: &SqlName) -> bool {
        let masks = self.masks(object, Rows::Table);
        masks.is_some_and(|masks| masks.place(column).is_some())
    }

    /// That the caller sees which records a many-to-many relation joins: the rule on its field holds for the record that has the
    /// field. `near` and `far` are the aliases of the records at both ends.
    pub(crate) fn link_shown(&mut self, via: &Via, (near, far): (&str, &str)) -> Option<Expr> {
        let rules = self.rules.filter(|_| !self.in_rule)?;
        let Via::Link {
            table,
            near: column,
            ..
        } = via
        else {
            return None;
        };
        let from = if column.as_str() == "from_id" {
            near
        } else {
            far
        };
        let objects = self.model.objects();
        let (object, field) = objects.into_iter().find_map(|object| {
            let is_it = |field: &&Arc<Field>| {
                field.linked().is_some() && object.link_table(field) == *table
            };
            Some((object, object.own_fields().find(is_it)?))
        })?;
        let rule = rules.get_on(object.api_name(), field.api_name(), Right::Read)?;
        if let Some(masks) = self.masked.get(from)
            && let Some(place) = masks.links.iter().position(|(link, _)| link == table)
        {
            return Some(sql::col(from, &linked(place)));
        }
        self.by_record(object, rule, from)
    }

    /// A rule on the record that has the id of the rows of `alias`.
    fn by_record(&mut self, object: &Object, rule: &Filter, alias: &str) -> Option<Expr> {
        let now = self.alias("r");
        let condition = self.rule(rule, &now)?;
        let mut record = Sql::select();
        record
            .expr(Expr::cust("true"))
            .and_where(sql::col(&now, "id").eq(sql::col(alias, "id")))
            .and_where(condition);
        let (deleted, reason) = (Deleted::Include, Unguarded::Rule);
        self.select_unguarded(&mut record, &object.table, &now, deleted, reason);
        Some(sql::holds(record))
    }

    /// The columns of rows that go by `alias` and have masks, as the caller sees them, put into a select.
    fn put_seen(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        masks: &Masks,
        (alias, rows): (&str, Rows<'_>),
    ) {
        let object = self.model.target(object.api_name());
        let there = |name: &SqlName| match rows {
            Rows::Written(columns) => columns.contains(name),
            Rows::Table | Rows::Once => true,
        };
        let mut known = Conditions::new();
        let columns = object.fields.values().flat_map(|field| &field.columns);
        for column in columns.filter(|column| there(&column.name)) {
            let value = sql::column(alias, &column.name);
            let Some(place) = masks.place(&column.name) else {
                select.expr_as(value, sql::iden(column.name.as_str()));
                continue;
            };
            let (_, mask) = &masks.columns[place];
            let rules = self.all_hold(object, &mask.rules, (alias, rows), &mut known);
            let target = mask
                .target
                .as_ref()
                .and_then(|target| self.target_seen(target, &value));
            let is_shown = rules.clone().unwrap_or_else(|| Expr::cust("true"));
            let is_seen = rules.into_iter().chain(target);
            let is_seen = is_seen.reduce(ExprTrait::and);
            let is_seen = is_seen.unwrap_or_else(|| Expr::cust("true"));
            let parts = [is_seen.clone(), value.clone()];
            let masked = sql::template("CASE WHEN $1 THEN $2 END", parts);
            for (name, expr) in [
                (column.name.as_str(), masked),
                (&stored(place), value),
                (&seen(place), is_seen),
            ] {
                select.expr_as(expr, sql::iden(name));
            }
            if !mask.rules.is_empty() {
                select.expr_as(is_shown, sql::iden(&shown(place)));
            }
        }
        for (place, (_, rule)) in masks.links.iter().enumerate() {
            let rule = std::slice::from_ref(rule);
            let condition = self.all_hold(object, rule, (alias, rows), &mut known);
            let condition = condition.unwrap_or_else(|| Expr::cust("true"));
            select.expr_as(condition, sql::iden(&linked(place)));
        }
    }

    /// That all of some rules hold for rows; `known` has the conditions so far.
    fn all_hold(
        &mut self,
        object: &Object,
        rules: &[Arc<Filter>],
        (alias, rows): (&str, Rows<'_>),
        known: &mut Conditions,
    ) -> Option<Expr> {
        let mut all = Vec::with_capacity(rules.len());
        for rule in rules {
            let place = known.iter().position(|(other, _)| other == rule);
            let place = place.unwrap_or_else(|| {
                let condition = match rows {
                    Rows::Table | Rows::Written(_) => self.rule(rule, alias),
                    Rows::Once => self.by_record(object, rule, alias),
                };
                known.push((Arc::clone(rule), condition));
                known.len() - 1
            });
            all.extend(known[place].1.clone());
        }
        all.into_iter().reduce(ExprTrait::and)
    }

    /// That the caller sees the record of this id, in the bin or not.
    fn target_seen(&mut self, target: &ApiName, id: &Expr) -> Option<Expr> {
        let target = self.model.target(target).clone();
        let there = self.alias("r");
        let condition = self.guard_of(&target, Right::Read, &there)?;
        let mut record = Sql::select();
        record
            .expr(Expr::cust("true"))
            .and_where(sql::col(&there, "id").eq(id.clone()))
            .and_where(condition);
        let (deleted, reason) = (Deleted::Include, Unguarded::Rule);
        self.select_unguarded(&mut record, &target.table, &there, deleted, reason);
        Some(sql::holds(record))
    }

    /// The rows of an object's table under an alias, as the caller sees them: a select of their columns, and the alias by which the
    /// table has to go in it. None where each value is seen.
    pub(super) fn masked_rows(
        &mut self,
        object: &Object,
        alias: &str,
    ) -> Option<(SelectStatement, String)> {
        let masks = self.expect_masked(object, alias)?;
        let table = self.alias("r");
        let mut rows = Sql::select();
        rows.expr_as(sql::col(&table, "ctid"), sql::iden("ctid"));
        self.put_seen(&mut rows, object, &masks, (&table, Rows::Table));
        Some((rows, table))
    }

    /// The alias under which rows that go by `alias` in a select are as the caller sees them. It is the same one where each value
    /// is seen; otherwise they stand beside those rows.
    pub(crate) fn as_seen(
        &mut self,
        select: &mut SelectStatement,
        object: &Object,
        alias: &str,
        rows: Rows<'_>,
    ) -> String {
        let Some(masks) = self.masks(object, rows) else {
            return alias.to_owned();
        };
        let masks = Arc::new(masks);
        let seen = self.alias("m");
        self.masked.insert(seen.clone(), Arc::clone(&masks));
        let mut row = Sql::select();
        // Of a record that was written a rule sees the links that it has now.
        let written = matches!(rows, Rows::Written(_)).then(|| std::mem::take(&mut self.links));
        self.becoming = written.clone().map(|links| (alias.to_owned(), links));
        self.put_seen(&mut row, object, &masks, (alias, rows));
        self.becoming = None;
        self.links = written.unwrap_or_else(|| std::mem::take(&mut self.links));
        let always = Condition::all().add(Expr::cust("true"));
        select.join_lateral(JoinType::InnerJoin, row, sql::iden(&seen), always);
        seen
    }

    /// The columns of an object that the masks on written rows read.
    pub(crate) fn masks_read(&self, object: &Object, into: &mut BTreeSet<SqlName>) {
        let Some(masks) = self.masks(object, Rows::Written(&BTreeSet::new())) else {
            return;
        };
        let of_columns = masks.columns.iter().flat_map(|(_, mask)| &mask.rules);
        let of_links = masks.links.iter().map(|(_, rule)| rule);
        of_columns
            .chain(of_links)
            .for_each(|rule| filter::columns(rule, into));
    }
}
