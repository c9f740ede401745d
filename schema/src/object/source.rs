//! Definitions with the ids they are stored under.

use crate::definition::{FieldDefinition, ObjectHead};
use crate::ident::{ApiName, FieldId, ObjectId};

/// The object's definition with the ids it is stored under.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectSource {
    pub id: ObjectId,
    pub head: ObjectHead,
    pub fields: Vec<FieldSource>,
    pub origin: Origin,
    /// Objects are shown in this order.
    pub position: i32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FieldSource {
    pub id: FieldId,
    pub definition: FieldDefinition,
    pub origin: Origin,
}

/// Who made a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An admin of the tenant.
    Tenant,
    /// A module's built-in object.
    Module(ApiName),
}
