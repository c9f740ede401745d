use sea_query::{
    CommonTableExpression, Expr, IntoTableRef, JoinType, Order, Query as Sql, SelectStatement,
    SubQueryStatement, TableRef, WithClause,
};
use tessera_schema::column::SqlName;
use tessera_schema::ident::TenantId;
use uuid::Uuid;

use super::{Entries, Entry, Place};
use crate::sql;
use crate::tenant::SchemaName;

fn schema() -> SchemaName {
    SchemaName::of(TenantId(Uuid::from_u128(0xacce)))
}

fn table(name: &str) -> TableRef {
    (sql::iden(schema().as_str()), sql::iden(name)).into_table_ref()
}

fn entries(known: &[(&str, Place)]) -> Entries {
    let mut entries = Entries::default();
    for (name, place) in known {
        entries.put(Entry {
            table: SqlName::join(&[name]),
            place: place.clone(),
        });
    }
    entries
}

fn read(alias: &str) -> Place {
    Place::Read(alias.to_owned())
}

fn contacts(alias: &str) -> SelectStatement {
    let mut select = Sql::select();
    select.expr(Expr::cust("1"));
    select.from_as(table("contacts"), sql::iden(alias));
    select
}

/// A statement of which this is a part.
fn text(part: impl Into<SubQueryStatement>) -> String {
    let mut expression = CommonTableExpression::new();
    expression.table_name(sql::iden("_part")).query(part);
    let mut with = WithClause::new();
    with.cte(expression);
    let mut select = Sql::select();
    select.expr(Expr::cust("1"));
    sql::build_with(&select.with(with)).0
}

#[test]
fn a_table_that_has_not_come_in_by_the_door_is_found_wherever_it_stands() {
    let secret = || Expr::exists(contacts("t"));
    let mut companies = Sql::select();
    companies.expr(Expr::cust("1"));
    companies.from_as(table("companies"), sql::iden("c"));
    let joined = |table: TableRef, on: Expr| {
        let mut select = companies.clone();
        select.join_as(JoinType::LeftJoin, table, sql::iden("t"), on);
        select
    };
    let mut ordered = companies.clone();
    ordered.order_by_expr(secret(), Order::Asc);
    let mut grouped = companies.clone();
    grouped.add_group_by([secret()]);
    let mut shown = companies.clone();
    shown.expr(secret());
    let reads = [
        contacts("t"),
        joined(table("contacts"), Expr::cust("true")),
        joined(sql::iden("_part").into_table_ref(), secret()),
        ordered,
        grouped,
        shown,
    ];

    let mut update = Sql::update();
    update.table(table("companies"));
    update.value(sql::iden("city"), Expr::cust("null"));
    let mut set = update.clone();
    set.value(sql::iden("name"), secret());
    update.and_where(secret());
    let mut delete = Sql::delete();
    delete.from_table(table("companies"));
    let mut returned = delete.clone();
    returned.returning(Sql::returning().expr(secret()));
    delete.and_where(secret());
    let mut insert = Sql::insert();
    insert.into_table(table("contacts"));

    let texts = reads.map(text).into_iter();
    let texts = texts.chain([text(update), text(set), text(delete), text(returned)]);
    let known = entries(&[("companies", read("c")), ("companies", Place::Written)]);
    for text in texts.chain([text(insert)]) {
        let found = known.unknown(&text, &schema());
        let found = found.unwrap_or_else(|| panic!("nothing found in {text}"));
        assert_eq!(found.table.as_str(), "contacts", "{text}");
    }
    assert_eq!(known.unknown(&text(companies), &schema()), None);
}

#[test]
fn a_table_comes_in_once_for_each_entry() {
    let mut twice = contacts("t");
    twice.and_where(Expr::exists(contacts("t")));
    let text = text(twice);
    let once = entries(&[("contacts", read("t"))]);
    assert!(once.unknown(&text, &schema()).is_some());
    let both = entries(&[("contacts", read("t")), ("contacts", read("t"))]);
    assert!(both.unknown(&text, &schema()).is_none());
}

#[test]
fn a_part_that_is_repeated_has_come_in_once() {
    let mut twice = contacts("t#1");
    twice.and_where(Expr::exists(contacts("t#1")));
    let text = text(twice);
    let once = entries(&[("contacts", read("t#1"))]);
    assert!(once.unknown(&text, &schema()).is_none());
    let other = entries(&[("contacts", read("t#2"))]);
    assert!(other.unknown(&text, &schema()).is_some());
}

#[test]
fn what_holds_no_records_needs_no_door() {
    let mut select = Sql::select();
    let kind = format!("null::\"{}\".\"contacts\"", schema().as_str());
    select.expr(Expr::cust(kind));
    select.from_as(sql::internal_table(&schema(), "_model"), sql::iden("m"));
    let text = text(select);
    assert!(Entries::default().unknown(&text, &schema()).is_none());
}
