//! Definitions with the ids they are stored under.

use std::sync::Arc;
use uuid::Uuid;

use crate::definition::{FieldDefinition, ObjectDefinition, ObjectHead};
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
    /// Shared with the compiled field.
    pub definition: Arc<FieldDefinition>,
    pub origin: Origin,
}

impl ObjectSource {
    /// A definition that is not stored yet; `new_id` gives it and its fields their ids.
    pub fn new(
        definition: ObjectDefinition,
        origin: &Origin,
        position: i32,
        new_id: impl Fn() -> Uuid,
    ) -> Self {
        let fields = definition.fields.into_iter();
        Self {
            id: ObjectId(new_id()),
            head: definition.head,
            fields: fields
                .map(|field| FieldSource::new(field, origin, new_id()))
                .collect(),
            origin: origin.clone(),
            position,
        }
    }
}

impl FieldSource {
    #[must_use]
    pub fn new(definition: FieldDefinition, origin: &Origin, id: Uuid) -> Self {
        Self {
            id: FieldId(id),
            definition: Arc::new(definition),
            origin: origin.clone(),
        }
    }
}

/// Who made a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An admin of the tenant.
    Tenant,
    /// A module's built-in object.
    Module(ApiName),
}
