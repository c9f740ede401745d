//! The new value of a column.

use sea_query::Expr;
use tessera_schema::column::Column;
use tessera_schema::record::Record;

use crate::bind::{BindContext, Param};
use crate::query::compiler::Compiler;
use crate::sql;

/// What a column becomes in a row that goes by `rows`; nothing where the changes leave it alone.
pub(super) fn value(
    compiler: &mut Compiler<'_>,
    changes: &Record,
    column: &Column,
    rows: &str,
) -> Option<Expr> {
    let fills = !changes.columns.contains_key(column.name.as_str());
    if fills && !changes.fills.contains_key(column.name.as_str()) {
        return None;
    }
    let (name, column_type) = (column.name.clone(), column.column_type.clone());
    let read = move |given: &BindContext<'_>| {
        let changes = given.records.first()?;
        let values = if fills {
            &changes.fills
        } else {
            &changes.columns
        };
        let value = values.get(name.as_str())?;
        Some(Param::Text(sql::input_form(value, &column_type)))
    };
    let param = compiler.params.given(read, &column.column_type.postgres());
    Some(if fills {
        let old = sql::column(rows, &column.name);
        sql::template("coalesce($1, $2)", [old, param])
    } else {
        param
    })
}
