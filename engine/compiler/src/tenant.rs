//! A tenant and the Postgres schema that holds everything of it.

use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use tessera_schema::ident::TenantId;

/// The Postgres schema of one tenant. Made by the platform, never from what a tenant sends.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SchemaName(Arc<str>);

impl SchemaName {
    #[must_use]
    pub fn of(tenant: TenantId) -> Self {
        Self(format!("tenant_{}", tenant.0.simple()).into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl sea_query::Iden for SchemaName {
    fn unquoted(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Tenant {
    pub id: TenantId,
    /// What people type to name the tenant: `^[a-z0-9]+(-[a-z0-9]+)*$`.
    pub slug: String,
    pub name: String,
    #[serde(skip)]
    pub schema: SchemaName,
}
