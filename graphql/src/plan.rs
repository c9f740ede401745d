//! An operation worked out, for all requests of its shape: kept with the snapshot of the model it was worked out on.

use async_graphql::Pos;
use bytes::Bytes;
use tessera_engine::records::{ReadPlan, WritePlan};
use tessera_identity::principal::Principal;
use tessera_schema::time_zone::TimeZone;

use crate::compile::mutation::Order;
use crate::document::Document;
use crate::request::GraphQlRequest;
use crate::response::AffectedPart;

/// Tells this face's keys from others'.
const FACE: u8 = b'G';

#[derive(Debug)]
pub(crate) enum OperationPlan {
    Query {
        /// What the engine is asked.
        read: ReadPlan,
        /// Response keys, each with what is the same in every answer or is the next of the engine's answers.
        fields: Vec<(String, Option<Bytes>)>,
    },
    Mutation(Vec<(String, FieldPlan)>),
}

/// A field of a mutation.
#[derive(Debug)]
pub(crate) enum FieldPlan {
    Constant(Bytes),
    Write {
        /// Where the document asks for it.
        at: Pos,
        plan: Box<WritePlan>,
        order: Order,
        /// The parts of the answer, where it tells how many records there were.
        affected: Option<Vec<(String, AffectedPart)>>,
    },
}

impl OperationPlan {
    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        const FIELD: usize = 256;
        match self {
            Self::Query { read, fields } => read.weight() + fields.len() * FIELD,
            Self::Mutation(fields) => fields
                .iter()
                .map(|(_, field)| match field {
                    FieldPlan::Constant(_) => FIELD,
                    FieldPlan::Write { plan, .. } => plan.weight() + 2 * FIELD,
                })
                .sum(),
        }
    }
}

/// What a plan depends on: the document, who may do what, and the shape of the variables.
pub(crate) fn key(request: &GraphQlRequest, document: &Document, principal: &Principal) -> Vec<u8> {
    let name = request.operation_name.as_deref().unwrap_or_default();
    let mut key = Vec::with_capacity(request.query.len() + name.len() + 64);
    key.push(FACE);
    key.extend_from_slice(principal.access().as_bytes());
    tessera_compiler::plan::shape::text(&request.query, &mut key);
    tessera_compiler::plan::shape::text(name, &mut key);
    let zone = request.time_zone.as_ref().map_or("", TimeZone::name);
    tessera_compiler::plan::shape::text(zone, &mut key);
    document.roles.write_key(&request.variables, &mut key);
    key
}
