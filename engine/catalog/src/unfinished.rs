//! The tenants that a round of work over all tenants could not be done for.

use tessera_compiler::tenant::Tenant;
use tessera_error::{Error, InternalError, Result};

/// Work on one tenant that fails does not keep the others from theirs; the failures are told at the end.
#[derive(Debug, Default)]
pub(crate) struct Unfinished(Vec<String>);

impl Unfinished {
    pub(crate) fn note(&mut self, tenant: &Tenant, error: &Error) {
        tracing::warn!(tenant = %tenant.slug, %error, "a tenant could not be brought up to date");
        self.0.push(tenant.slug.clone());
    }

    /// # Errors
    /// The tenants that were noted.
    pub(crate) fn check(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(InternalError::Unfinished(self.0.join(", ")).into())
        }
    }
}
