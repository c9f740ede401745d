//! Running a statement: parameters bound, faults of the database told apart.

use bytes::Bytes;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, PgConnection};
use std::sync::Arc;
use std::time::Instant;
use tessera_error::{Error, InternalError, Result, UserError};
use tessera_postgres::failure::Failure;
use tessera_postgres::lanes::Lanes;
use tessera_postgres::row::Row;
use tessera_postgres::slow;
use tessera_schema::aggregate::TimeZone;
use tessera_schema::ident::TenantId;
use tessera_schema::violation::Pointer;

use crate::bind::Param;
use crate::cursor::Sealer;
use crate::statement::Statement;

/// Where a statement runs.
#[derive(Debug)]
pub(crate) enum Place<'c> {
    /// By itself.
    Lane(&'c Lanes, TenantId),
    /// In the transaction that is open there.
    Connection(&'c mut PgConnection),
}

/// Runs a statement with the parameters of one request.
pub(crate) async fn rows(
    place: Place<'_>,
    statement: &Statement,
    params: Vec<Param>,
) -> Result<Vec<Row>, Failure> {
    metrics::counter!("tessera_statements_total").increment(1);
    match place {
        Place::Lane(lanes, tenant) => {
            let Statement { text, pace, .. } = statement;
            Ok(lanes.fetch(tenant, text, pace, params).await?)
        }
        Place::Connection(connection) => {
            let text = AssertSqlSafe(Arc::clone(&statement.text));
            let begun = Instant::now();
            let rows = sqlx::query_with(text, bind(params)?)
                .fetch_all(connection)
                .await?;
            slow::log(&statement.text, None, begun.elapsed());
            Ok(rows.into_iter().map(Row::Transaction).collect())
        }
    }
}

fn bind(params: Vec<Param>) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for param in params {
        match param {
            Param::Text(text) => arguments.add(text),
            Param::List(texts) => arguments.add(texts),
            Param::Number(number) => arguments.add(number),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// A column of JSON text.
pub(crate) fn json(row: &Row, index: usize, sealer: &Sealer<'_>) -> Result<Option<Bytes>> {
    let json = row.raw(index)?;
    json.map(|json| sealer.in_json(json)).transpose()
}

/// What a failed statement means, its constraints apart: whether the model moved, or the request asked too much.
pub(crate) fn explain(failure: Failure) -> Error {
    match failure.state() {
        // Undefined table or column, or a plan whose result type changed: the tables are those of another version.
        Some("42P01" | "42703" | "0A000") => InternalError::ModelChanged.into(),
        Some("57014") => UserError::TimedOut.into(),
        // Deadlocks and serialisation failures are nobody's fault: the same request may well succeed.
        Some("40001" | "40P01" | "55P03") => UserError::Unavailable.into(),
        // Limits of Postgres: too many columns, arguments, levels.
        Some(code) if code.starts_with("54") => UserError::malformed(
            Pointer::root(),
            "too_complex",
            "the request asks for more than one statement can do: ask for less at once",
        )
        .into(),
        // The one parameter that names something of Postgres's own.
        Some("22023") => {
            let unknown = TimeZone::unknown();
            let place = Pointer::root().key("time_zone");
            UserError::malformed(place, unknown.code, unknown.message).into()
        }
        // A value out of its type's range, where the limits of a type alone did not show it.
        Some(code) if code.starts_with("22") => UserError::invalid(
            Pointer::root(),
            "out_of_range",
            "a value is outside the range that can be stored or compared",
        )
        .into(),
        _ => failure.into(),
    }
}
