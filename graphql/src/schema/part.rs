//! The types that each object brings into a schema.

use std::sync::Arc;
use tessera_schema::model::Model;
use tessera_schema::naming::pascal;
use tessera_schema::object::Object;

use crate::roots::from_pascal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Record,
    Connection,
    Edge,
    Filter,
    /// Some, every or none of the records of a to-many relation.
    ListFilter,
    OrderBy,
    CreateInput,
    UpdateInput,
}

impl Part {
    const ALL: [Self; 8] = [
        Self::Record,
        Self::Connection,
        Self::Edge,
        Self::Filter,
        Self::ListFilter,
        Self::OrderBy,
        Self::CreateInput,
        Self::UpdateInput,
    ];

    const fn suffix(self) -> &'static str {
        match self {
            Self::Record => "",
            Self::Connection => "Connection",
            Self::Edge => "Edge",
            Self::Filter => "Filter",
            Self::ListFilter => "ListFilter",
            Self::OrderBy => "OrderBy",
            Self::CreateInput => "CreateInput",
            Self::UpdateInput => "UpdateInput",
        }
    }

    const fn writes(self) -> bool {
        matches!(self, Self::CreateInput | Self::UpdateInput)
    }

    pub(crate) fn name(self, object: &Object) -> String {
        format!("{}{}", pascal(object.api_name().as_str()), self.suffix())
    }

    /// The part that a type's name stands for.
    pub(crate) fn read(model: &Model, type_name: &str) -> Option<(Self, Arc<Object>)> {
        Self::ALL.into_iter().find_map(|part| {
            let name = from_pascal(type_name.strip_suffix(part.suffix())?)?;
            let object = model.object(&name)?;
            (!part.writes() || !object.read_only).then(|| (part, Arc::clone(object)))
        })
    }
}
