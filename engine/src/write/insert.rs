//! New rows.
//!
//! Many records travel as one array for each column, so that the statement's text does not depend on how many there are.

use sea_query::{Expr, Func, Query as Sql, WithClause};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use tessera_schema::column::{ColumnType, SqlName};
use tessera_schema::ident::ApiName;
use tessera_schema::record::Record;
use tessera_schema::scalar::Scalar;
use uuid::Uuid;

use crate::query::compile::Compiler;
use crate::sql;
use crate::write::part::{
    INPUT, NEW, ORDINAL, Writer, columns, cte, from_cte, input_name, link_column,
};

pub(super) fn rows(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    records: &[Record],
) {
    let object = writer.object;
    let mut input = Sql::select();
    let ids = records.iter().map(|record| {
        let id = record.id.map_or_else(Uuid::now_v7, |id| id.0);
        Some(id.to_string())
    });
    put(
        compiler,
        &mut input,
        "id",
        &ColumnType::of(Scalar::Uuid),
        ids.collect(),
    );
    let ordinals = (0..records.len()).map(|ordinal| Some(ordinal.to_string()));
    put(
        compiler,
        &mut input,
        ORDINAL,
        &ColumnType::of(Scalar::Integer),
        ordinals.collect(),
    );

    let given: BTreeSet<&str> = records.iter().flat_map(Record::touched).collect();
    let mut written: Vec<SqlName> = Vec::new();
    for column in object.fields.values().flat_map(|field| &field.columns) {
        if given.contains(column.name.as_str()) {
            let values = records.iter().map(|record| {
                let value = record
                    .columns
                    .get(column.name.as_str())
                    .unwrap_or(&Json::Null);
                sql::input_form(value, &column.column_type)
            });
            put(
                compiler,
                &mut input,
                column.name.as_str(),
                &column.column_type,
                values.collect(),
            );
            written.push(column.name.clone());
        }
    }
    let linked: BTreeSet<&ApiName> = records
        .iter()
        .flat_map(|r| r.links.iter().map(|(field, _)| field))
        .collect();
    for field in linked {
        let ids = |record: &Record| {
            let list = record
                .links
                .iter()
                .find(|(name, _)| name == field)
                .map(|(_, ids)| ids.clone());
            sql::input_form(&Json::Array(list.unwrap_or_default()), &link_column())
        };
        let values = records.iter().map(ids).collect();
        put(
            compiler,
            &mut input,
            &input_name(field),
            &link_column(),
            values,
        );
    }
    cte(with, INPUT, input);

    let system: [(&str, Expr); 6] = [
        ("id", sql::col("i", "id")),
        ("created_at", Expr::cust("now()")),
        ("updated_at", Expr::cust("now()")),
        ("created_by", writer.actor.clone()),
        ("updated_by", writer.actor.clone()),
        ("version", Expr::cust("1")),
    ];
    let mut select = Sql::select();
    select.exprs(system.iter().map(|(_, expr)| expr.clone()));
    select.exprs(written.iter().map(|name| sql::column("i", name)));
    from_cte(&mut select, INPUT, "i");
    select.and_where(writer.current.clone());
    let names = system.iter().map(|(name, _)| sql::iden(name));
    let mut insert = Sql::insert();
    insert
        .into_table(sql::table(compiler.schema, &object.table))
        .columns(names.chain(written.iter().map(|name| sql::iden(name.as_str()))))
        .select_from(select)
        .expect("as many columns as expressions")
        .returning(Sql::returning().columns(columns(object).map(|name| sql::iden(name.as_str()))));
    cte(with, NEW, insert);
}

/// One column of the input. A single record's value is a parameter of its own; many are an array that is unnested.
fn put(
    compiler: &mut Compiler<'_>,
    input: &mut sea_query::SelectStatement,
    name: &str,
    column_type: &ColumnType,
    mut values: Vec<Option<String>>,
) {
    let postgres = column_type.postgres();
    let expr = if values.len() == 1 {
        compiler.params.text(values.remove(0), &postgres)
    } else {
        let array = compiler.params.list(values, "text");
        sql::cast(
            Expr::from(Func::cust(sql::iden("unnest")).arg(array)),
            &postgres,
        )
    };
    input.expr_as(expr, sql::iden(name));
}
