//! The memory of the Postgres process behind a connection.

use tokio_postgres::{Client, Error, Statement};

/// The function exists since Postgres 14. It is for superusers and `pg_read_all_stats`.
const MAY_ASK: &str =
    "select has_function_privilege('pg_catalog.pg_get_backend_memory_contexts()', 'execute')";
const ASK: &str = "select sum(total_bytes)::int8 from pg_catalog.pg_get_backend_memory_contexts()";

/// Asks a Postgres process for the memory that it has allocated.
#[derive(Debug)]
pub(super) struct Memory(Statement);

impl Memory {
    /// `None` where the role may not ask.
    pub(super) async fn of(client: &Client) -> Result<Option<Self>, Error> {
        let may_ask: bool = client.query_one(MAY_ASK, &[]).await?.try_get(0)?;
        Ok(if may_ask {
            Some(Self(client.prepare(ASK).await?))
        } else {
            None
        })
    }

    /// The bytes of all memory contexts. What a statement took while it ran is given back before.
    pub(super) async fn count(&self, client: &Client) -> Result<u64, Error> {
        let bytes: i64 = client.query_one(&self.0, &[]).await?.try_get(0)?;
        Ok(u64::try_from(bytes).unwrap_or_default())
    }
}
