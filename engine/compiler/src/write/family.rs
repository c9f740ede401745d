//! The records that go to the bin, come out of it, and are destroyed with the one they refer to.
//!
//! A relation says with `on_delete` what becomes of a record when its target goes. `cascade`: it goes to the bin with the
//! target, at the same time, and by that time it is known when the target is restored. What was in the bin before stays there.
//! When the target is destroyed, so is the record, in the bin or not: its foreign key sees to that, and here to its event.
//! `restrict`: the target cannot go while any record refers to it, one in the bin included. `set_null`: the record stays as it
//! is and reads null while its target is in the bin; it is emptied when the target is destroyed (`unlink`).

use sea_query::{
    CommonTableExpression, Condition, Expr, ExprTrait, JoinType, LockType, Order, Query as Sql,
    SelectStatement, UnionType, UpdateStatement, WithClause, WithQuery,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_schema::column::SqlName;
use tessera_schema::ident::ApiName;
use tessera_schema::model::Model;
use tessera_schema::object::Object;
use tessera_schema::storage::OnDelete;

use crate::access::entry::Unguarded;
use crate::names::foreign_key_name;
use crate::query::compiler::Compiler;
use crate::query::tree::Deleted;
use crate::sql;
use crate::write::event::{self, Recorded};
use crate::write::part::{NEW, OLD, Writer, cte, from_cte};
use crate::write::{Action, affected};

/// The records of all objects that go along, each as the number of its object and its id.
const TREE: &str = "_tree";
const WALK: &str = "_walk";
const NUMBER: &str = "_object";
/// When the record at the root went to the bin.
const AT: &str = "_at";

/// An object and those whose records go along with its own, through any number of relations.
pub(super) struct Family {
    /// The first is the object itself.
    objects: Vec<Arc<Object>>,
    cascades: Vec<Cascade>,
}

/// A relation of one object of the family to another.
struct Cascade {
    from: usize,
    to: usize,
    column: SqlName,
}

/// Which way the records go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
    ForGood,
}

impl Way {
    const fn of(action: &Action) -> Option<Self> {
        match action {
            Action::Delete { .. } | Action::DeleteWhere { .. } => Some(Self::In),
            Action::Restore { .. } | Action::RestoreWhere { .. } => Some(Self::Out),
            Action::Destroy { .. } => Some(Self::ForGood),
            _ => None,
        }
    }
}

impl Family {
    pub(super) fn of(model: &Model, object: &Arc<Object>) -> Self {
        let mut family = Self {
            objects: vec![Arc::clone(object)],
            cascades: Vec::new(),
        };
        let mut to = 0;
        while to < family.objects.len() {
            let target = Arc::clone(&family.objects[to]);
            for (object, column) in referring(model, &target, OnDelete::Cascade) {
                let known = family.number(object.api_name());
                let from = known.unwrap_or(family.objects.len());
                if known.is_none() {
                    family.objects.push(Arc::clone(object));
                }
                family.cascades.push(Cascade { from, to, column });
            }
            to += 1;
        }
        family
    }

    pub(super) fn objects(&self) -> &[Arc<Object>] {
        &self.objects
    }

    /// The number of an object of the family.
    pub(super) fn number(&self, object: &ApiName) -> Option<usize> {
        let mut objects = self.objects.iter();
        objects.position(|known| known.api_name() == object)
    }

    /// The ids of an object's records that go, once [`moves`] has found those that go along.
    pub(super) fn gone(&self, object: usize) -> SelectStatement {
        if self.goes_along() {
            return of_object(object);
        }
        let mut ids = Sql::select();
        ids.expr(Expr::col(sql::iden("id"))).from(sql::iden(OLD));
        ids
    }

    /// Whether anything goes along.
    pub(super) fn goes_along(&self) -> bool {
        !self.cascades.is_empty()
    }

    /// Whether a write asks what refers to the records. They have to be locked before it is looked for: a statement sees nothing
    /// of what is committed while it waits for a lock.
    pub(super) fn is_asked(&self, model: &Model, action: &Action) -> bool {
        let mut objects = self.objects.iter();
        let mut held =
            || objects.any(|object| !referring(model, object, OnDelete::Restrict).is_empty());
        match Way::of(action) {
            Some(Way::In) => self.goes_along() || held(),
            // The foreign keys see to what is restricted.
            Some(Way::ForGood) => self.goes_along(),
            Some(Way::Out) | None => false,
        }
    }

    /// The objects other records of which go along, with their numbers.
    fn members(&self) -> impl Iterator<Item = (usize, &Arc<Object>)> {
        let objects = self.objects.iter().enumerate();
        objects.filter(|(number, _)| self.cascades.iter().any(|cascade| cascade.from == *number))
    }

    /// The records that go along, found (`_tree`) and locked (`_was…`).
    fn find(
        &self,
        compiler: &mut Compiler<'_>,
        with: &mut WithClause,
        (action, way): (&Action, Way),
    ) {
        cte(with, TREE, self.tree(compiler, way));
        for (number, object) in self.members() {
            let mut columns = Recorded::along(object, action)
                .of_old()
                .cloned()
                .collect::<BTreeSet<_>>();
            columns.insert(SqlName::join(&["id"]));
            let mut rows = Sql::select();
            rows.exprs(columns.iter().map(|name| sql::column("t", name)))
                .and_where(sql::col("t", "id").in_subquery(of_object(number)));
            let deleted = match way {
                Way::In => Deleted::Exclude,
                Way::Out => Deleted::Only,
                Way::ForGood => Deleted::Include,
            };
            every(compiler, &mut rows, object, "t", deleted);
            rows.order_by_expr(sql::col("t", "id"), Order::Asc)
                .lock_with_tables(LockType::Update, [sql::iden("t")]);
            if number == 0 {
                let mut roots = Sql::select();
                roots.expr(Expr::col(sql::iden("id"))).from(sql::iden(OLD));
                rows.and_where(sql::col("t", "id").not_in_subquery(roots));
            }
            cte(with, &was(number), rows);
        }
    }

    fn tree(&self, compiler: &mut Compiler<'_>, way: Way) -> WithQuery {
        let mut all = Sql::select();
        all.expr_as(Expr::cust("0"), sql::iden(NUMBER))
            .expr(sql::col("o", "id"))
            .expr_as(sql::col("o", "deleted_at"), sql::iden(AT));
        from_cte(&mut all, OLD, "o");
        let mut steps = self.cascades.iter().map(|cascade| {
            let from = &self.objects[cascade.from];
            let mut step = Sql::select();
            step.expr_as(number(cascade.from), sql::iden(NUMBER))
                .expr(sql::col("t", "id"))
                .and_where(sql::column("t", &cascade.column).eq(sql::col("w", "id")))
                .and_where(sql::col("w", NUMBER).eq(number(cascade.to)));
            let deleted = match way {
                Way::In => Deleted::Exclude,
                Way::Out | Way::ForGood => Deleted::Include,
            };
            every(compiler, &mut step, from, "t", deleted);
            if way == Way::Out {
                step.and_where(sql::col("t", "deleted_at").eq(sql::col("w", AT)));
            }
            step
        });
        let mut step = steps.next().expect("something goes along");
        step.unions(steps.map(|step| (UnionType::All, step)));
        let mut next = Sql::select();
        next.expr(sql::col("s", NUMBER))
            .expr(sql::col("s", "id"))
            .expr(sql::col("w", AT));
        from_cte(&mut next, WALK, "w");
        let always = Condition::all().add(Expr::cust("true"));
        next.join_lateral(JoinType::InnerJoin, step, sql::iden("s"), always);
        all.union(UnionType::Distinct, next);

        let mut walk = CommonTableExpression::new();
        walk.table_name(sql::iden(WALK))
            .columns([NUMBER, "id", AT].map(sql::iden))
            .query(all);
        let mut with = WithClause::new();
        with.recursive(true).cte(walk);
        let mut tree = Sql::select();
        tree.columns([NUMBER, "id"].map(sql::iden))
            .from(sql::iden(WALK));
        tree.with(with)
    }
}

/// Moves the records that go along, after those of the write itself, and leaves their events; those that are destroyed leave events only.
pub(super) fn moves(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    family: &Family,
    action: &Action,
) {
    let Some(way) = Way::of(action).filter(|_| family.goes_along()) else {
        return;
    };
    family.find(compiler, with, (action, way));
    for (number, object) in family.members() {
        let (was, is) = (was(number), format!("_is{number}"));
        let deleted_at = match way {
            Way::In => Some(binned_at(compiler, object)),
            Way::Out => Some(Expr::cust("null")),
            Way::ForGood => None,
        };
        match deleted_at {
            Some(at) => cte(with, &is, moved(compiler, writer, object, &was, at)),
            None => cte(with, &is, destroyed(&was)),
        }
        let event = event::of_moved(compiler, writer, object, action, (&was, &is));
        cte(with, &format!("_event{number}"), event);
    }
}

fn moved(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    object: &Object,
    was: &str,
    deleted_at: Expr,
) -> UpdateStatement {
    let table = object.table.as_str();
    let mut written = Sql::select();
    written.expr(Expr::cust("1")).from(sql::iden(NEW));
    let mut update = compiler.update_of(&object.table);
    update.value(sql::iden("deleted_at"), deleted_at);
    writer.stamp(&mut update, was);
    update
        .from(sql::iden(was))
        .and_where(sql::col(table, "id").eq(sql::col(was, "id")))
        .and_where(Expr::exists(written));
    let columns = Recorded::moved(object);
    let columns = columns.of_new().map(|name| sql::column(table, name));
    let id = std::iter::once(sql::col(table, "id"));
    update.returning(Sql::returning().exprs(id.chain(columns)));
    update
}

/// Those that the foreign keys destroy with the records of the write.
fn destroyed(was: &str) -> SelectStatement {
    let mut written = Sql::select();
    written.expr(Expr::cust("1")).from(sql::iden(NEW));
    let mut ids = Sql::select();
    ids.expr(sql::col(was, "id"))
        .from(sql::iden(was))
        .and_where(Expr::exists(written));
    ids
}

/// When a record goes to the bin: now, unless a relation to it says that it must not.
pub(super) fn binned_at(compiler: &mut Compiler<'_>, object: &Object) -> Expr {
    let holders = referring(compiler.model, object, OnDelete::Restrict);
    let table = object.table.as_str();
    holders
        .into_iter()
        .fold(Expr::cust("now()"), |at, (holder, column)| {
            let mut records = Sql::select();
            every(compiler, &mut records, holder, "h", Deleted::Include);
            records
                .expr(Expr::cust("1"))
                .and_where(sql::column("h", &column).eq(sql::col(table, "id")));
            if holder.api_name() == object.api_name() {
                let other = sql::col("h", "id").ne(sql::col(table, "id"));
                records.and_where(other);
            }
            let key = foreign_key_name(holder, &column);
            let key = compiler.params.text(Some(key.to_string()), "text");
            sql::template(
                "CASE WHEN $1 THEN platform.still_referenced($2) ELSE $3 END",
                [Expr::exists(records), key, at],
            )
        })
}

/// The records of an object, seen by the caller or not.
fn every(
    compiler: &mut Compiler<'_>,
    select: &mut SelectStatement,
    object: &Object,
    alias: &str,
    deleted: Deleted,
) {
    compiler.select_unguarded(select, &object.table, alias, deleted, Unguarded::OnDelete);
}

/// How many records the write and what goes along with it lock.
pub(super) fn locks(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    family: &Family,
    action: &Action,
) -> WithQuery {
    let mut with = WithClause::new();
    cte(&mut with, OLD, affected::rows(compiler, writer, action));
    let mut names = vec![OLD.to_owned()];
    if let Some(way) = Way::of(action).filter(|_| family.goes_along()) {
        family.find(compiler, &mut with, (action, way));
        names.extend(family.members().map(|(number, _)| was(number)));
    }
    let counts = names.iter().map(|name| {
        let mut count = Sql::select();
        count.expr(Expr::cust("count(*)")).from(sql::iden(name));
        Expr::SubQuery(None, Box::new(count.into()))
    });
    let mut select = Sql::select();
    select.expr_as(
        counts.reduce(ExprTrait::add).expect("one at least"),
        sql::iden("_count"),
    );
    select.with(with)
}

/// The relations to an object that say the same of its end, each as its own object and column.
fn referring<'m>(
    model: &'m Model,
    target: &Object,
    on_delete: OnDelete,
) -> Vec<(&'m Arc<Object>, SqlName)> {
    let objects = model.definitions().into_iter();
    let relations = objects.flat_map(|object| {
        let fields = object.own_fields();
        let fields = fields.filter(move |field| field.on_delete() == on_delete);
        let relations = fields.filter_map(|field| field.to_one());
        relations
            .filter(|relation| relation.target == *target.api_name())
            .map(move |relation| (object, relation.column))
    });
    relations.collect()
}

fn of_object(object: usize) -> SelectStatement {
    let mut ids = Sql::select();
    ids.expr(Expr::col(sql::iden("id")))
        .from(sql::iden(TREE))
        .and_where(Expr::col(sql::iden(NUMBER)).eq(number(object)));
    ids
}

fn number(object: usize) -> Expr {
    Expr::cust(object.to_string())
}

fn was(object: usize) -> String {
    format!("_was{object}")
}
