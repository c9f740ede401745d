//! The source of each tenant's field types.

use sqlx::PgConnection;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use tessera_error::Result;
use tessera_schema::field_types::FieldTypes;
use tessera_schema::ident::TenantId;

/// The source of the field types that a tenant's model is made of: the built-in ones, and the tenant's own.
///
/// It is asked while a snapshot is read, and the snapshot keeps the answer. So a change of a tenant's types raises the version
/// of its model.
pub trait TenantTypes: Debug + Send + Sync {
    /// The types of the tenant that the connection's transaction acts for.
    fn of<'a>(&'a self, connection: &'a mut PgConnection, tenant: TenantId) -> Reading<'a>;
}

/// A tenant's types while they are read.
pub type Reading<'a> = Pin<Box<dyn Future<Output = Result<Arc<FieldTypes>>> + Send + 'a>>;

/// The same types for every tenant.
#[derive(Debug)]
pub struct Same(pub Arc<FieldTypes>);

impl TenantTypes for Same {
    fn of<'a>(&'a self, _: &'a mut PgConnection, _: TenantId) -> Reading<'a> {
        Box::pin(async { Ok(Arc::clone(&self.0)) })
    }
}
