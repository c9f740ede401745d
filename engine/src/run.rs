//! Running a statement: parameters bound, faults of the database told apart.

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, PgConnection};
use std::sync::Arc;
use std::time::Instant;
use tessera_compiler::bind::Param;
use tessera_compiler::statement::Statement;
use tessera_postgres::failure::Failure;
use tessera_postgres::lanes::Lanes;
use tessera_postgres::row::Row;
use tessera_postgres::slow;
use tessera_schema::ident::TenantId;

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
