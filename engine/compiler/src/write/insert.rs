//! New rows.
//!
//! Many records travel as one array for each column, so that the statement's text does not depend on how many there are.

use sea_query::{Expr, Func, InsertStatement, Order, Query as Sql, SelectStatement, WithClause};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;
use tessera_schema::column::{Column, ColumnType, SqlName};
use tessera_schema::ident::ApiName;
use tessera_schema::object::Field;
use tessera_schema::record::Record;
use tessera_schema::scalar::Scalar;
use uuid::Uuid;

use crate::bind::BindContext;
use crate::bind::Param;
use crate::query::compiler::Compiler;
use crate::sql;
use crate::write::Action;
use crate::write::allowed::{self, Becoming, Known};
use crate::write::keys::Keys;
use crate::write::lock;
use crate::write::part::{
    GIVEN_TO_NEW, INPUT, NEW, ORDINAL, TURN, Writer, cte, from_cte, input_name, link_column,
};
use crate::write::target::{self, Reach};

/// `many`: whether the statement is for any number of records, or for one.
pub(super) fn rows(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    action: &Action,
    (records, many): (&[Record], bool),
) {
    let object = writer.object;
    let mut input = Input::new(compiler, many, |given| given.records);
    input.put("id", &ColumnType::of(Scalar::Uuid), |record, _| {
        let id = record.id.map_or_else(Uuid::now_v7, |id| id.0);
        Some(id.to_string())
    });
    if many {
        let ordinal = ColumnType::of(Scalar::Integer);
        input.put(ORDINAL, &ordinal, |_, ordinal| Some(ordinal.to_string()));
    }
    let given: BTreeSet<&str> = records.iter().flat_map(Record::touched).collect();
    let mut written: Vec<SqlName> = Vec::new();
    for column in object.fields.values().flat_map(|field| &field.columns) {
        if given.contains(column.name.as_str()) {
            let (name, column_type) = (column.name.clone(), column.column_type.clone());
            let value = move |record: &Record, _| {
                let value = record.columns.get(name.as_str()).unwrap_or(&Json::Null);
                sql::input_form(value, &column_type)
            };
            input.put(column.name.as_str(), &column.column_type, value);
            written.push(column.name.clone());
        }
    }
    let linked: BTreeSet<&ApiName> = records
        .iter()
        .flat_map(|record| record.links.iter().map(|(field, _)| field))
        .collect();
    for field in linked {
        let name = field.clone();
        let ids = move |record: &Record, _| {
            let ids = record.linked(&name).unwrap_or_default().to_vec();
            sql::input_form(&Json::Array(ids), &link_column())
        };
        input.put(&input_name(field), &link_column(), ids);
    }
    for field in writer.rules.fields_of_new() {
        let default = field.definition.default_value.as_ref();
        let default = default.and_then(|default| field.store(default).ok());
        let of = Arc::clone(field);
        let flag =
            move |record: &Record, _| Some(gives(record, &of, default.as_deref()).to_string());
        input.put(&gives_name(field), &ColumnType::of(Scalar::Boolean), flag);
    }
    let input = input.finish();
    in_turn(compiler, with, writer, (INPUT, input));

    let mut rows = Sql::select();
    rows.from(sql::iden(INPUT));
    let becoming = Becoming {
        rows,
        place: if many {
            sql::col(INPUT, ORDINAL)
        } else {
            Expr::cust("0::int8")
        },
        known: Known::None,
        value: &mut |_, column| {
            let name = &column.name;
            let given = written.contains(name).then(|| sql::column(INPUT, name));
            let value = given.or_else(|| writer.first(name.as_str(), INPUT));
            value.unwrap_or_else(|| empty(column))
        },
        given: &mut |_, field| {
            let mut asked = writer.rules.fields_of_new();
            let is_asked = asked.any(|other| other.api_name() == field.api_name());
            is_asked.then(|| sql::col(INPUT, &gives_name(field)))
        },
    };
    let allowed = allowed::decide(compiler, with, writer, action, becoming);
    let insert = from_input(compiler, writer, &written, allowed);
    cte(with, NEW, insert);
}

/// No value of a column.
pub(super) fn empty(column: &Column) -> Expr {
    sql::cast(Expr::cust("null"), &column.column_type.postgres())
}

/// Adds what comes in, as a CTE of this name. It has its first row when the statement may take its unique values.
pub(super) fn in_turn(
    compiler: &mut Compiler<'_>,
    with: &mut WithClause,
    writer: &Writer<'_>,
    (name, mut input): (&str, SelectStatement),
) {
    // One that takes them in no order has the lock already.
    if let Some(Keys::Ordered(_)) = writer.keys {
        cte(with, TURN, lock::shared(compiler, &writer.object.table));
        input.from(sql::iden(TURN));
    }
    cte(with, name, input);
}

/// The column of the input that says which records give a value of a field.
fn gives_name(field: &Field) -> String {
    format!("_gives {}", field.api_name())
}

/// Whether the caller has given a record a value of a field. One that it has by default counts as not given.
fn gives(record: &Record, field: &Field, default: Option<&[Json]>) -> bool {
    let mut columns = field.columns.iter().enumerate();
    let of_column = columns.any(|(place, column)| {
        let given = record.columns.get(column.name.as_str());
        given.is_some_and(|given| default.and_then(|default| default.get(place)) != Some(given))
    });
    of_column || record.linked(field.api_name()).is_some()
}

/// The rows of the input as new rows, those that `only` is true of.
pub(super) fn from_input(
    compiler: &mut Compiler<'_>,
    writer: &Writer<'_>,
    written: &[SqlName],
    only: Option<Expr>,
) -> InsertStatement {
    if writer.object.is_numbered() {
        compiler.params.take_numbers();
    }
    let mut select = Sql::select();
    let system = GIVEN_TO_NEW.iter();
    select.exprs(system.map(|name| writer.first(name, "i").expect("a new row has it")));
    for name in written {
        let value = sql::column("i", name);
        select.expr(target::checked(
            compiler,
            writer.object,
            name,
            value,
            Reach::Written(INPUT),
        ));
    }
    from_cte(&mut select, INPUT, "i");
    select.and_where_option(only);
    select.and_where(writer.current.clone());
    if let Some(Keys::Ordered(column)) = writer.keys {
        select.order_by((sql::iden("i"), sql::iden(column.as_str())), Order::Asc);
    }
    let names = GIVEN_TO_NEW.iter().map(|name| sql::iden(name));
    let mut insert = compiler.insert_into(&writer.object.table);
    insert
        .columns(names.chain(written.iter().map(|name| sql::iden(name.as_str()))))
        .select_from(select)
        .expect("as many columns as expressions")
        .returning(
            Sql::returning().columns(writer.new.iter().map(|name| sql::iden(name.as_str()))),
        );
    insert
}

/// What comes in, as a select under construction: a row for each of the given.
pub(super) struct Input<'c, 's, T: 'static> {
    compiler: &'c mut Compiler<'s>,
    select: SelectStatement,
    many: bool,
    given: for<'r> fn(&BindContext<'r>) -> &'r [T],
}

impl<'c, 's, T> Input<'c, 's, T> {
    /// `many`: whether the statement is for any number of the given, or for one.
    pub(super) fn new(
        compiler: &'c mut Compiler<'s>,
        many: bool,
        given: for<'r> fn(&BindContext<'r>) -> &'r [T],
    ) -> Self {
        Self {
            compiler,
            select: Sql::select(),
            many,
            given,
        }
    }

    /// One column. A single value is a parameter of its own; many are an array that is unnested.
    pub(super) fn put(
        &mut self,
        name: &str,
        column_type: &ColumnType,
        value: impl Fn(&T, usize) -> Option<String> + Send + Sync + 'static,
    ) {
        let postgres = column_type.postgres();
        let (params, all) = (&mut self.compiler.params, self.given);
        let expr = if self.many {
            let values = move |given: &BindContext<'_>| {
                let values = all(given).iter().zip(0..);
                let values = values.map(|(item, ordinal)| value(item, ordinal));
                Some(Param::List(values.collect()))
            };
            let array = params.given(values, "text[]");
            sql::cast(
                Expr::from(Func::cust(sql::iden("unnest")).arg(array)),
                &postgres,
            )
        } else {
            let value =
                move |given: &BindContext<'_>| Some(Param::Text(value(all(given).first()?, 0)));
            params.given(value, &postgres)
        };
        self.select.expr_as(expr, sql::iden(name));
    }

    pub(super) fn finish(self) -> SelectStatement {
        self.select
    }
}
