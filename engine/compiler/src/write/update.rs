//! Rows that are there already: changed, binned, restored or destroyed.

use sea_query::{Expr, ExprTrait, Query as Sql, WithClause};
use tessera_schema::object::Object;
use tessera_schema::record::Record;

use crate::bind::Param;
use crate::query::compiler::Compiler;
use crate::sql;
use crate::write::allowed::{self, Becoming, Known};
use crate::write::part::{NEW, OLD, Writer, cte};
use crate::write::target::{self, Reach};
use crate::write::{Action, affected, assign, family, merge};

/// `_old`: the rows the write is about, locked as they are now. `_new`: the rows after an update of them.
pub(super) fn changes(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
) {
    let object = writer.object;
    cte(with, OLD, affected::rows(compiler, writer, action));
    let allowed = is_allowed(compiler, with, writer, action);

    let table = object.table.as_str();
    let mut update = compiler.update_of(&object.table);
    for (name, expr) in assignments(compiler, object, action) {
        update.value(sql::iden(&name), expr);
    }
    writer.stamp(&mut update, OLD);
    update.from(sql::iden(OLD));
    update.and_where(sql::col(table, "id").eq(sql::col(OLD, "id")));
    update.and_where(writer.current.clone());
    update.and_where_option(allowed);
    update.and_where_option(conditions(compiler, action));
    update.and_where_option(merge::condition(compiler, object, action));
    let returned = writer.new.iter().map(|name| sql::column(table, name));
    update.returning(Sql::returning().exprs(returned));
    cte(with, NEW, update);
}

/// As [`changes`], for rows that go for good; `_new` has them as they last were.
pub(super) fn destruction(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
) {
    let object = writer.object;
    cte(with, OLD, affected::rows(compiler, writer, action));
    let allowed = is_allowed(compiler, with, writer, action);
    let mut wanted = Sql::select();
    wanted.expr(Expr::col(sql::iden("id"))).from(sql::iden(OLD));
    if let Some(condition) = conditions(compiler, action) {
        wanted.and_where(condition);
    }
    let mut delete = compiler.delete_from(&object.table);
    delete
        .and_where(sql::col(object.table.as_str(), "id").in_subquery(wanted))
        .and_where(writer.current.clone())
        .and_where_option(allowed)
        .returning(
            Sql::returning().columns(writer.new.iter().map(|name| sql::iden(name.as_str()))),
        );
    cte(with, NEW, delete);
}

/// That the caller may do it; nothing where that is certain.
fn is_allowed(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
) -> Option<Expr> {
    let none = Record::default();
    let changes = action.changes().unwrap_or(&none);
    let mut rows = Sql::select();
    rows.from(sql::iden(OLD));
    let becoming = Becoming {
        rows,
        place: Expr::cust("0::int8"),
        known: Known::All,
        value: &mut |compiler, column| {
            let name = &column.name;
            let stamped = writer.stamped(name.as_str(), OLD);
            let value = stamped.or_else(|| assign::value(compiler, changes, column, OLD));
            value.unwrap_or_else(|| sql::column(OLD, name))
        },
        given: &mut |_, _| None,
    };
    allowed::decide(compiler, with, writer, action, becoming)
}

/// What must hold of the row before it is touched: its version, that it lies in the bin, or that there are not too many.
fn conditions(compiler: &mut Compiler<'_>, action: &Action) -> Option<Expr> {
    if let Action::Restore { .. } = action {
        return Some(sql::col(OLD, "deleted_at").is_not_null());
    }
    if let Some(most) = action.at_most() {
        let most = compiler.params.number(i64::from(most));
        return Some(matched().lte(most));
    }
    action.expected()?;
    let versions = compiler.params.given(
        |given| {
            let versions: Vec<String> = given.versions.iter().map(i32::to_string).collect();
            Some(Param::Text(Some(format!("{{{}}}", versions.join(",")))))
        },
        "int4[]",
    );
    let version = sql::col(OLD, "version");
    Some(sql::template("$1 = any($2)", [version, versions]))
}

/// How many rows a filter has found.
pub(super) fn matched() -> Expr {
    let count = Sql::select()
        .expr(Expr::cust("count(*)"))
        .from(sql::iden(OLD))
        .to_owned();
    Expr::SubQuery(None, Box::new(count.into()))
}

fn assignments(
    compiler: &mut Compiler<'_>,
    object: &Object,
    action: &Action,
) -> Vec<(String, Expr)> {
    match action {
        Action::Update { changes, .. } | Action::UpdateWhere { changes, .. } => {
            values(compiler, object, changes)
        }
        Action::Delete { .. } | Action::DeleteWhere { .. } => {
            vec![("deleted_at".to_owned(), family::binned_at(compiler, object))]
        }
        _ => vec![("deleted_at".to_owned(), Expr::cust("null"))],
    }
}

fn values(compiler: &mut Compiler<'_>, object: &Object, changes: &Record) -> Vec<(String, Expr)> {
    let columns = object.fields.values().flat_map(|field| &field.columns);
    columns
        .filter_map(|column| {
            let value = assign::value(compiler, changes, column, OLD)?;
            let value = target::checked(compiler, object, &column.name, value, Reach::Stored);
            Some((column.name.to_string(), value))
        })
        .collect()
}
