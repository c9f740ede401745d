//! What every statement is made of: names as identifiers, values as parameters, and nothing else.
//!
//! Names reach a statement only through [`iden`] and its kin, which quote; values only as parameters (`statement`).

mod text;

use sea_query::{
    Alias, DynIden, Expr, IntoIden, IntoTableRef, Order, SelectStatement, TableRef, Values,
    WithQuery,
};
use serde_json::Value as Json;
use tessera_schema::column::{Collation, ColumnType, SqlName};
use tessera_schema::sort::{Direction, Nulls};

use crate::tenant::SchemaName;

pub(crate) use text::written_out;

pub(crate) fn build_select(select: &SelectStatement) -> (String, Values) {
    text::build(select)
}

pub(crate) fn build_with(with: &WithQuery) -> (String, Values) {
    text::build(with)
}

/// The one way from a name to an identifier; the builder quotes it.
pub(crate) fn iden(name: &str) -> DynIden {
    Alias::new(name).into_iden()
}

/// A column of a table or sub-select that goes by `alias`.
pub(crate) fn column(alias: &str, name: &SqlName) -> Expr {
    Expr::col((iden(alias), iden(name.as_str())))
}

pub(crate) fn col(alias: &str, name: &str) -> Expr {
    Expr::col((iden(alias), iden(name)))
}

/// A table of a tenant that holds no records. Tables of records are added by `access::entry`.
pub(crate) fn internal_table(schema: &SchemaName, name: &'static str) -> TableRef {
    (iden(schema.as_str()), iden(name)).into_table_ref()
}

pub(crate) fn cast(expr: Expr, postgres_type: &str) -> Expr {
    use sea_query::ExprTrait;
    expr.cast_as(iden(postgres_type))
}

/// An expression written out with `$1`, `$2`, … standing for others. The template is always a literal of ours.
pub(crate) fn template<const N: usize>(template: &'static str, parts: [Expr; N]) -> Expr {
    Expr::cust_with_exprs(template, parts)
}

/// That a select of `true` has a row. Postgres looks for one wherever it is asked, and neither gathers the rows of all nor begins
/// with them, as it may with `EXISTS`.
pub(crate) fn holds(mut select: SelectStatement) -> Expr {
    select.limit(written_out(1));
    let found = Expr::SubQuery(None, Box::new(select.into()));
    template("coalesce($1, false)", [found])
}

/// A value of a column as it is compared and sorted.
pub(crate) fn collated(value: Expr, column_type: &ColumnType) -> Expr {
    match column_type.collation.filter(|_| !column_type.list) {
        None => value,
        Some(Collation::Words) => template(r#"$1 COLLATE pg_catalog."und-x-icu""#, [value]),
        Some(Collation::Natural) => template(r#"$1 COLLATE platform."natural""#, [value]),
        Some(Collation::Bytes) => template(r#"$1 COLLATE pg_catalog."C""#, [value]),
    }
}

pub(crate) const fn order(direction: Direction) -> Order {
    match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    }
}

/// Where a walk of an index in this direction meets nulls, and Postgres puts them where a statement does not say.
pub(crate) const fn nulls_of_index(direction: Direction) -> Nulls {
    match direction {
        Direction::Ascending => Nulls::Last,
        Direction::Descending => Nulls::First,
    }
}

pub(crate) const fn null_order(nulls: Nulls) -> sea_query::NullOrdering {
    match nulls {
        Nulls::First => sea_query::NullOrdering::First,
        Nulls::Last => sea_query::NullOrdering::Last,
    }
}

/// A normal JSON value in the input form of its column; `None` for null.
#[must_use]
pub fn input_form(value: &Json, column_type: &ColumnType) -> Option<String> {
    match value {
        Json::Null => None,
        other if column_type.scalar.is_document() => Some(other.to_string()),
        Json::Array(items) if column_type.list => Some(array_literal(items)),
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// `{"a","b"}`, as Postgres reads an array of text.
fn array_literal(items: &[Json]) -> String {
    let text = |item: &Json| {
        item.as_str()
            .map_or_else(|| item.to_string(), str::to_owned)
    };
    text_array(&items.iter().map(text).collect::<Vec<_>>())
}

/// As [`array_literal`], of texts.
#[must_use]
pub fn text_array(items: &[String]) -> String {
    let quoted: Vec<String> = items
        .iter()
        .map(|item| format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    format!("{{{}}}", quoted.join(","))
}

/// A name in the text of a definition statement (`CREATE`, `ALTER`), which the builder does not make.
#[derive(Debug, Clone, Copy)]
pub struct Quoted<'a>(pub &'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

/// A collation with its schema, in the text of a definition statement.
#[must_use]
pub const fn collation_name(collation: Collation) -> &'static str {
    match collation {
        Collation::Words => r#"pg_catalog."und-x-icu""#,
        Collation::Natural => r#"platform."natural""#,
        Collation::Bytes => r#"pg_catalog."C""#,
    }
}

/// A text constant where Postgres takes no parameter: a `CHECK`, a `DEFAULT`. Written as `quote_literal` would.
#[derive(Debug, Clone, Copy)]
pub struct Literal<'a>(pub &'a str);

impl std::fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let escaped = self.0.replace('\'', "''");
        if escaped.contains('\\') {
            write!(f, "E'{}'", escaped.replace('\\', "\\\\"))
        } else {
            write!(f, "'{escaped}'")
        }
    }
}
