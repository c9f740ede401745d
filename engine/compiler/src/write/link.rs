//! The rows that join records of many-to-many relations.

use sea_query::{
    CommonTableExpression, Expr, ExprTrait, Func, JoinType, OnConflict, Query as Sql,
    SelectStatement, UnionType, WithClause,
};
use serde_json::Value as Json;
use tessera_schema::column::SqlName;
use tessera_schema::ident::ApiName;
use tessera_schema::object::{Field, Object};
use tessera_schema::record::Record;

use crate::bind::BindContext;
use crate::bind::Param;
use crate::names::link_key_name;
use crate::query::compiler::Compiler;
use crate::query::projection::walks;
use crate::sql;
use crate::write::demand::AFTER;
use crate::write::part::{INPUT, NEW, Writer, cte, from_cte, input_name, link_column};
use crate::write::target::{self, Reach};
use crate::write::{Action, Write};

/// Whose lists a write brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lists {
    /// Each new record its own, which stands in the input.
    OfNew,
    /// Some records their own, old or new; null stands in the input where a list was left out.
    OfSome,
    /// All records the same.
    TheSame,
}

/// Makes the rows of new records, and the difference between old and new lists of changed ones. What the write answers
/// sees them: the tables themselves look to the statement as they were before it.
pub(super) fn changes(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    write: &Write,
) {
    let object = writer.object;
    let (named, lists) = named(object, &write.action);
    for (field, number) in named.into_iter().zip(1..) {
        let name = field.api_name();
        let table = object.link_table(field);
        let (select, list) = pairs(compiler, lists, name, NEW);
        let listed = listed(lists, name, NEW);
        let gone = match lists {
            Lists::OfNew => None,
            Lists::TheSame => Some(sql::template(
                "$1 <> ALL ($2)",
                [Expr::col(sql::iden("to_id")), list],
            )),
            Lists::OfSome => {
                let pair = ["from_id", "to_id"].map(|name| Expr::col(sql::iden(name)));
                Some(Expr::tuple(pair).not_in_subquery(select.clone()))
            }
        };
        if let Some(unlisted) = gone {
            let gone = take(compiler, &table, listed.clone(), unlisted);
            cte(with, &format!("_gone{number}"), gone);
        }
        if walks(&write.selection) || compiler.rules.is_some() {
            let rows = format!("_links{number}");
            with.cte(after(compiler, &rows, &table, listed, select.clone()));
            compiler.links.push((table.clone(), rows));
        }
        let Some(target) = field.linked() else {
            continue;
        };
        let target = compiler.model.target(target).clone();
        let reach = if target.table == object.table {
            Reach::Written(NEW)
        } else {
            Reach::Stored
        };
        let pairs = checked(compiler, &target, &table, select, reach);
        cte(
            with,
            &format!("_link{number}"),
            put(compiler, &table, pairs),
        );
    }
}

/// The link tables that a write changes, each with a CTE of its rows as they will be, by the records in `_after`.
pub(super) fn becoming(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
) -> Vec<(SqlName, String)> {
    let object = writer.object;
    let (named, lists) = named(object, action);
    let becoming = named.into_iter().zip(1..).map(|(field, number)| {
        let name = field.api_name();
        let (table, rows) = (object.link_table(field), format!("_linked_after{number}"));
        let (pairs, _) = pairs(compiler, lists, name, AFTER);
        let listed = listed(lists, name, AFTER);
        with.cte(after(compiler, &rows, &table, listed, pairs));
        (table, rows)
    });
    becoming.collect()
}

/// The many-to-many relations that a write brings lists for, and whose.
fn named<'o>(object: &'o Object, action: &Action) -> (Vec<&'o Field>, Lists) {
    let (records, lists): (Vec<&Record>, Lists) = match action {
        Action::Create(record) => (vec![record], Lists::OfNew),
        Action::CreateMany(records) => (records.iter().collect(), Lists::OfNew),
        Action::Update { changes, .. } | Action::UpdateWhere { changes, .. } => {
            (vec![changes], Lists::TheSame)
        }
        Action::UpdateMany(changes) => {
            let records = changes.iter().map(|change| &change.values);
            (records.collect(), Lists::OfSome)
        }
        action => {
            let records = action.upserts().map_or(&[][..], |(_, records)| records);
            let given = records.iter().map(|record| &record.given);
            (given.collect(), Lists::OfSome)
        }
    };
    let mut named: Vec<&Field> = Vec::new();
    for (name, _) in records.iter().flat_map(|record| &record.links) {
        let known = named.iter().any(|field| field.api_name() == name);
        named.extend(
            object
                .fields
                .get(name)
                .filter(|_| !known)
                .map(AsRef::as_ref),
        );
    }
    (named, lists)
}

/// The pairs that a write gives a relation of the records in a CTE, and the list that they come from.
fn pairs(
    compiler: &mut Compiler<'_>,
    lists: Lists,
    name: &ApiName,
    rows: &str,
) -> (SelectStatement, Expr) {
    let mut select = Sql::select();
    select.expr_as(sql::col("n", "id"), sql::iden("from_id"));
    from_cte(&mut select, rows, "n");
    let list = if lists == Lists::TheSame {
        compiler.params.given(links_of(name.clone()), "uuid[]")
    } else {
        join_input(&mut select);
        sql::col("i", &input_name(name))
    };
    let ids = Func::cust(sql::iden("unnest")).arg(list.clone());
    select.expr_as(ids, sql::iden("to_id")).distinct();
    (select, list)
}

/// The list of ids that a change gives a relation.
fn links_of(name: ApiName) -> impl Fn(&BindContext<'_>) -> Option<Param> + Send + Sync + 'static {
    move |given| {
        let ids = given.records.first()?.linked(&name)?.to_vec();
        Some(Param::Text(sql::input_form(
            &Json::Array(ids),
            &link_column(),
        )))
    }
}

/// A link table's rows as the write leaves them: those of other records, and the new pairs.
fn after(
    compiler: &mut Compiler<'_>,
    name: &str,
    table: &SqlName,
    listed: SelectStatement,
    pairs: SelectStatement,
) -> CommonTableExpression {
    let mut rows = Sql::select();
    compiler.select_links_before(&mut rows, table);
    rows.columns([sql::iden("from_id"), sql::iden("to_id")])
        .and_where(Expr::col(sql::iden("from_id")).not_in_subquery(listed))
        .union(UnionType::All, pairs);
    let mut expression = CommonTableExpression::new();
    // Looked up by an index, not gathered whole.
    expression
        .table_name(sql::iden(name))
        .query(rows)
        .materialized(false);
    expression
}

/// The records in a CTE whose list is written.
fn listed(lists: Lists, field: &ApiName, rows: &str) -> SelectStatement {
    let mut select = Sql::select();
    if lists == Lists::OfSome {
        select.expr(sql::col("n", "id"));
        from_cte(&mut select, rows, "n");
        join_input(&mut select);
        select.and_where(sql::col("i", &input_name(field)).is_not_null());
    } else {
        select
            .expr(Expr::col(sql::iden("id")))
            .from(sql::iden(rows));
    }
    select
}

fn join_input(select: &mut SelectStatement) {
    let same = sql::col("i", "id").eq(sql::col("n", "id"));
    select.join_as(JoinType::InnerJoin, sql::iden(INPUT), sql::iden("i"), same);
}

/// Takes away the rows whose other side is no longer in the list.
fn take(
    compiler: &mut Compiler<'_>,
    table: &SqlName,
    listed: SelectStatement,
    unlisted: Expr,
) -> sea_query::DeleteStatement {
    let mut delete = compiler.delete_from(table);
    delete
        .and_where(Expr::col(sql::iden("from_id")).in_subquery(listed))
        .and_where(unlisted);
    delete
}

/// The pairs, where all of them lead to live records.
fn checked(
    compiler: &mut Compiler<'_>,
    target: &Object,
    table: &SqlName,
    pairs: SelectStatement,
    reach: Reach,
) -> SelectStatement {
    let to = target::live(
        compiler,
        target,
        &link_key_name(table),
        sql::col("p", "to_id"),
        reach,
    );
    let mut select = Sql::select();
    select
        .expr(sql::col("p", "from_id"))
        .expr(to)
        .from_subquery(pairs, sql::iden("p"));
    select
}

fn put(
    compiler: &mut Compiler<'_>,
    table: &SqlName,
    pairs: SelectStatement,
) -> sea_query::InsertStatement {
    let mut insert = compiler.insert_into(table);
    insert
        .columns([sql::iden("from_id"), sql::iden("to_id")])
        .select_from(pairs)
        .expect("as many columns as expressions")
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    insert
}
