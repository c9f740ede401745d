//! The indexes on texts, for tenants whose indexes were sorted by bytes. Later changes of a model bring their own.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;
use tessera_postgres::failure::Failure;
use tessera_schema::column::SqlName;

use crate::error::Result;
use crate::model::models::Models;
use crate::model::step::Step;
use crate::model::{plan, store};
use crate::sql::Quoted;
use crate::tenant::Tenant;

/// How often an index is tried to be put in the place of the old one, where traffic holds the table.
const TRIES: u32 = 20;

impl Models {
    /// Makes the indexes again, tenant by tenant. Nobody waits: each is made beside the old one and takes its place. Where
    /// another server is at it already, it is left alone.
    pub(crate) async fn make_collated_indexes(&self, tenants: Vec<Tenant>) -> Result<()> {
        // The lock and the missing time limit belong to the connection, so it is not given back.
        let mut connection = self.pool().acquire().await?.detach();
        sqlx::raw_sql("set statement_timeout = 0; set lock_timeout = 0")
            .execute(&mut connection)
            .await?;
        let alone: bool =
            sqlx::query_scalar("select pg_try_advisory_lock(hashtext('tessera collated indexes'))")
                .fetch_one(&mut connection)
                .await?;
        if alone {
            for tenant in tenants {
                self.collate(&mut connection, &tenant).await?;
            }
        }
        connection.close().await?;
        Ok(())
    }

    async fn collate(&self, connection: &mut PgConnection, tenant: &Tenant) -> Result<()> {
        let done: bool =
            sqlx::query_scalar("select indexes_collated from platform.tenants where id = $1")
                .bind(tenant.id.0)
                .fetch_one(&mut *connection)
                .await?;
        if done {
            return Ok(());
        }
        let snapshot = store::load(self.pool(), self.types(), self.cursors(), tenant.id).await?;
        for step in plan::collated_indexes(&snapshot.model) {
            match remake(connection, tenant, step).await {
                Ok(()) => {}
                // The table, the column or the old index has gone meanwhile, with whoever changed the field.
                Err(failure)
                    if matches!(failure.state(), Some("42P01" | "42703" | "42704" | "42P07")) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        sqlx::query("update platform.tenants set indexes_collated = true where id = $1")
            .bind(tenant.id.0)
            .execute(connection)
            .await?;
        tracing::info!(tenant = %tenant.slug, "indexes on texts were made again, in the order of words");
        Ok(())
    }
}

/// Makes an index beside the one of its name, and puts it in its place.
async fn remake(connection: &mut PgConnection, tenant: &Tenant, step: Step) -> Result<(), Failure> {
    let Step::CreateIndex {
        table,
        name,
        columns,
        kind,
    } = step
    else {
        return Ok(());
    };
    let schema = Quoted(tenant.schema.as_str());
    let beside = SqlName::join(&[name.as_str(), "collated"]);
    let (old, new) = (Quoted(name.as_str()), Quoted(beside.as_str()));
    // One that was begun and cut off is there, but of no use.
    let drop = format!("drop index concurrently if exists {schema}.{new}");
    let step = Step::CreateIndex {
        table,
        name: beside.clone(),
        columns,
        kind,
    };
    let create = step
        .text(&tenant.schema, None)
        .replacen("index ", "index concurrently ", 1);
    for text in [drop, create] {
        sqlx::raw_sql(AssertSqlSafe(text))
            .execute(&mut *connection)
            .await?;
    }
    let replace = format!(
        "begin; set local lock_timeout = '1s'; drop index {schema}.{old};
         alter index {schema}.{new} rename to {old}; commit"
    );
    for attempt in 1.. {
        let replaced = sqlx::raw_sql(AssertSqlSafe(replace.clone()))
            .execute(&mut *connection)
            .await;
        let Err(error) = replaced else {
            return Ok(());
        };
        sqlx::raw_sql("rollback").execute(&mut *connection).await?;
        let failure = Failure::from(error);
        if failure.state() != Some("55P03") || attempt >= TRIES {
            let drop = format!("drop index concurrently if exists {schema}.{new}");
            sqlx::raw_sql(AssertSqlSafe(drop))
                .execute(&mut *connection)
                .await?;
            return Err(failure);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    unreachable!("the last try returns")
}
