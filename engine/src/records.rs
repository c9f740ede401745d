//! Records: what both faces call to read and write them.

use bytes::Bytes;
use sqlx::Row;
use tessera_schema::filter::Filter;
use tessera_schema::object::Object;

use crate::engine::Engine;
use crate::error::{InternalError, Result, UserError};
use crate::model::snapshot::Snapshot;
use crate::principal::Principal;
use crate::query::tree::{Deleted, Query};
use crate::query::{compile, cost};
use crate::run;
use crate::write::{self, Write, Written};

/// The answers of a query, in the order of its roots.
#[derive(Debug)]
pub struct Answer {
    /// JSON text; `None` for a record that is not there.
    pub roots: Vec<Option<Bytes>>,
    /// The version of the record, for a root that is one record.
    pub versions: Vec<Option<i32>>,
}

impl Engine {
    /// Answers a query with one statement. Call it inside [`Engine::on_model`].
    pub async fn read(
        &self,
        principal: &Principal,
        snapshot: &Snapshot,
        query: &Query,
    ) -> Result<Answer> {
        may(principal.role.permissions.read, "read records")?;
        cost::check_query(query)?;
        let statement = compile::query(snapshot, query);
        let row = run::one_row(&self.pool, &statement)
            .await
            .map_err(run::explain)?;
        if row.try_get::<i64, _>(0)? != snapshot.version {
            return Err(InternalError::ModelChanged.into());
        }
        let mut answer = Answer {
            roots: Vec::with_capacity(query.roots.len()),
            versions: Vec::with_capacity(query.roots.len()),
        };
        for index in 0..query.roots.len() {
            answer.roots.push(run::json(&row, 2 * index + 1)?);
            answer.versions.push(row.try_get(2 * index + 2)?);
        }
        Ok(answer)
    }

    /// How many records a filter matches, by the planner's reckoning: nothing is scanned.
    pub async fn estimate(
        &self,
        principal: &Principal,
        snapshot: &Snapshot,
        object: &Object,
        filter: &Filter,
        deleted: Deleted,
    ) -> Result<u64> {
        may(principal.role.permissions.read, "read records")?;
        let statement = compile::estimate(snapshot, object, filter, deleted);
        let row = run::one_row(&self.pool, &statement)
            .await
            .map_err(run::explain)?;
        let plan: sqlx::types::Json<serde_json::Value> = row.try_get(0)?;
        Ok(plan.0[0]["Plan"]["Plan Rows"].as_u64().unwrap_or_default())
    }

    /// Does one write with one statement. Call it inside [`Engine::on_model`].
    pub async fn write(
        &self,
        principal: &Principal,
        snapshot: &Snapshot,
        write: &Write,
    ) -> Result<Written> {
        may(principal.role.permissions.write, "change records")?;
        if write.object.read_only {
            return Err(UserError::Forbidden {
                action: "change this object",
            }
            .into());
        }
        if write.rollback {
            let mut transaction = self.pool.begin().await?;
            let written = write::perform(&mut *transaction, principal, snapshot, write).await;
            transaction.rollback().await?;
            return written;
        }
        write::perform(&self.pool, principal, snapshot, write).await
    }
}

fn may(allowed: bool, action: &'static str) -> Result<(), UserError> {
    if allowed {
        Ok(())
    } else {
        Err(UserError::Forbidden { action })
    }
}
