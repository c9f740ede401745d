//! What everything that is done for a request knows of it.

use sqlx::PgConnection;
use tessera_catalog::before_commit::{BeforeCommit, Ending};
use tessera_compiler::bind::Caller;
use tessera_error::Result;
use tessera_identity::audit::{self, Act};
use tessera_identity::principal::Principal;
use tessera_schema::ident::ChangeId;

use crate::idempotency::Run;

/// The request that something is done for.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The caller.
    pub principal: Principal,
    /// The change that what is written belongs to.
    pub change: ChangeId,
    /// The run of the request's `Idempotency-Key`, if it has one: what is written is committed with a mark on the key.
    pub run: Option<Run>,
}

impl RequestContext {
    /// A request without an `Idempotency-Key`, which is a change by itself.
    #[must_use]
    pub fn of(principal: Principal) -> Self {
        Self {
            principal,
            change: ChangeId::generate(),
            run: None,
        }
    }

    /// The caller, as rules and filters name them.
    pub(crate) fn caller(&self) -> Caller<'_> {
        Caller {
            user: self.principal.user,
            team_ids: &self.principal.team_ids,
        }
    }

    /// Who writes, and the change that it belongs to.
    pub(crate) fn writer(&self) -> (Caller<'_>, ChangeId) {
        (self.caller(), self.change)
    }
}

/// A change of a model for a request, and how it ends. One that stays is committed with the mark on the request's key, and with its
/// entry in the audit log.
#[derive(Debug)]
pub(crate) struct ModelChange<'c> {
    pub(crate) context: &'c RequestContext,
    pub(crate) ending: Ending,
    pub(crate) act: Act,
}

impl BeforeCommit for ModelChange<'_> {
    async fn run(&self, connection: &mut PgConnection) -> Result<Ending> {
        if self.ending == Ending::Commit {
            audit::note(connection, Some(self.context.principal.user), &self.act).await?;
            if let Some(run) = &self.context.run {
                run.confirm(connection).await?;
            }
        }
        Ok(self.ending)
    }
}
