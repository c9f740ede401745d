//! States that a record had once, shown as records are: rows that come with the request, not from the object's table.

use sea_query::{Asterisk, Expr, Func, Query as Sql};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_schema::access::view::View;
use tessera_schema::object::Object;

use crate::access::mask::Rows;
use crate::bind::{Param, Slot};
use crate::query::compiler::{Compiler, model_version};
use crate::query::tree::Selection;
use crate::snapshot::Snapshot;
use crate::sql::{self, Quoted};
use crate::statement::Statement;

/// The input that has the states: an array of objects, whose keys are the table's columns.
pub const STATES: &str = "states";

/// The place of a state in the input; no column begins with an underscore.
const PLACE: &str = "_n";

/// One row: the model's version, the states as a JSON array in the order of the input, and null. Relations lead to the records that
/// are there now.
#[must_use]
pub fn statement(
    snapshot: &Snapshot,
    view: &View,
    object: &Object,
    selection: &Selection,
) -> Statement {
    let mut compiler = Compiler::new(snapshot, view);
    let read =
        |inputs: &Map<String, Json>| Some(Param::Text(Some(inputs.get(STATES)?.to_string())));
    let states = compiler.params.slot(Slot::Input(Arc::new(read)), "json");
    let schema = Quoted(snapshot.tenant.schema.as_str());
    let table = Quoted(object.table.as_str());
    let kind = Expr::cust(format!("null::{schema}.{table}"));
    let rows = Func::cust(sql::iden("json_populate_recordset")).args([kind, states]);
    let mut numbered = Sql::select();
    numbered
        .expr_as(Expr::cust("row_number() OVER ()"), sql::iden(PLACE))
        .column((sql::iden("s"), Asterisk))
        .from_function(rows, sql::iden("s"));
    let mut select = Sql::select();
    select.from_subquery(numbered, sql::iden("n"));
    let seen = compiler.as_seen(&mut select, object, "n", Rows::Once);
    let record = compiler.record(&mut select, object, &seen, selection);
    let all = sql::template(
        "coalesce(json_agg($1 ORDER BY $2), '[]'::json)",
        [record, sql::col("n", PLACE)],
    );
    select
        .expr_as(model_version(compiler.schema), sql::iden("_model"))
        .expr(all)
        .expr(Expr::cust("null::int4"));
    compiler.finish_select(snapshot, &select)
}
