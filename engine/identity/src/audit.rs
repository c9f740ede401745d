//! The audit log of a tenant: changes of its model and of access to it, and sign-ins. Each entry is written in the transaction that
//! does what it says.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value as Json, json};
use sqlx::types::Json as JsonColumn;
use sqlx::{FromRow, PgConnection};
use std::time::Duration;
use tessera_error::Result;
use tessera_postgres::database;
use tessera_schema::access::area::Area;
use tessera_schema::ident::{TenantId, UserId};
use uuid::Uuid;

use super::Identity;
use crate::principal::Principal;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Objects, fields and modules.
    Model,
    /// Members, roles, teams, invitations and API keys.
    Access,
    SignIn,
}

impl Subject {
    pub const ALL: [Self; 3] = [Self::Model, Self::Access, Self::SignIn];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Access => "access",
            Self::SignIn => "sign_in",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.name() == name)
    }
}

/// An act, as the log keeps it.
#[derive(Debug, Clone)]
pub struct Act {
    pub subject: Subject,
    /// A noun and a past participle: `role.changed`.
    pub action: &'static str,
    /// What was done, with the names that were given.
    pub details: Json,
}

impl Act {
    pub(super) const fn of_access(action: &'static str, details: Json) -> Self {
        Self {
            subject: Subject::Access,
            action,
            details,
        }
    }
}

/// An entry of the log.
#[derive(Debug, Clone, Serialize)]
pub struct AuditEntry {
    pub at: DateTime<Utc>,
    /// Null for an operator.
    pub by: Option<Actor>,
    pub area: String,
    pub action: String,
    pub details: Json,
}

/// Who did something. The name and the address are null where the account is gone.
#[derive(Debug, Clone, Serialize)]
pub struct Actor {
    pub id: Uuid,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// The part of the log that is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditRequest {
    pub subject: Option<Subject>,
    pub by: Option<UserId>,
    /// As [`AuditLog::next`] of the part before.
    pub after: Option<i64>,
    pub limit: u32,
}

/// A part of the log.
#[derive(Debug)]
pub struct AuditLog {
    /// The latest first.
    pub entries: Vec<AuditEntry>,
    /// Where the next part begins; `None` after the oldest entry.
    pub next: Option<i64>,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    at: DateTime<Utc>,
    actor: Option<Uuid>,
    name: Option<String>,
    email: Option<String>,
    area: String,
    action: String,
    details: JsonColumn<Json>,
}

/// Adds an entry. The transaction acts for the tenant.
pub async fn note(connection: &mut PgConnection, by: Option<UserId>, act: &Act) -> Result<()> {
    sqlx::query(
        "insert into platform.audit (tenant_id, actor, area, action, details)
         values (platform.current_tenant_id(), $1, $2, $3, $4)",
    )
    .bind(by.map(|user| user.0))
    .bind(act.subject.name())
    .bind(act.action)
    .bind(JsonColumn(&act.details))
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds an entry about a session.
pub(super) async fn note_sign_in(
    connection: &mut PgConnection,
    user: UserId,
    action: &'static str,
    user_agent: Option<&str>,
) -> Result<()> {
    let act = Act {
        subject: Subject::SignIn,
        action,
        details: json!({"user_agent": user_agent}),
    };
    note(connection, Some(user), &act).await
}

impl Identity {
    /// The log of the caller's tenant.
    ///
    /// # Errors
    /// The caller does not administer the area `audit`.
    pub async fn audit(&self, principal: &Principal, request: AuditRequest) -> Result<AuditLog> {
        principal.must_administer(Area::Audit)?;
        let mut transaction = database::begin_for(&self.pool, principal.tenant).await?;
        let mut rows: Vec<Row> = sqlx::query_as(
            "select a.id, a.at, a.actor, u.name, u.email, a.area, a.action, a.details
             from platform.audit a
             left join platform.memberships m on m.tenant_id = a.tenant_id and m.user_id = a.actor
             left join platform.users u on u.id = m.user_id
             where a.tenant_id = platform.current_tenant_id() and a.id < $1
                 and ($2::text is null or a.area = $2) and ($3::uuid is null or a.actor = $3)
             order by a.id desc limit $4",
        )
        .bind(request.after.unwrap_or(i64::MAX))
        .bind(request.subject.map(Subject::name))
        .bind(request.by.map(|user| user.0))
        .bind(i64::from(request.limit) + 1)
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let more = rows.len() > request.limit as usize;
        rows.truncate(request.limit as usize);
        let next = rows.last().map(|row| row.id).filter(|_| more);
        let entries = rows.into_iter().map(|row| AuditEntry {
            at: row.at,
            by: row.actor.map(|id| Actor {
                id,
                name: row.name,
                email: row.email,
            }),
            area: row.area,
            action: row.action,
            details: row.details.0,
        });
        Ok(AuditLog {
            entries: entries.collect(),
            next,
        })
    }

    /// Deletes the entries of all tenants that are older than this.
    pub async fn sweep_audit(&self, older_than: Duration) -> Result<()> {
        for tenant in self.list_tenants().await? {
            self.sweep_audit_of(tenant.id, older_than).await?;
        }
        Ok(())
    }

    async fn sweep_audit_of(&self, tenant: TenantId, older_than: Duration) -> Result<()> {
        let mut transaction = database::begin_for(&self.pool, tenant).await?;
        sqlx::query(
            "delete from platform.audit
             where tenant_id = platform.current_tenant_id() and at < now() - make_interval(secs => $1)",
        )
        .bind(older_than.as_secs_f64())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
