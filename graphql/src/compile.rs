//! From an operation to what the engine is asked: each root field becomes a root of the query tree or a write.

mod arguments;
mod connection;
mod groups;
pub(crate) mod mutation;
mod record;
mod search;

use async_graphql::Pos;
use async_graphql::parser::types::OperationType;
use serde_json::{Map, Value as Json};
use std::cell::Cell;
use tessera_compiler::query::tree::{Deleted, Root};
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::Write;
use tessera_engine::request_context::RequestContext;
use tessera_error::UserError;
use tessera_schema::access::view::View;
use tessera_schema::model::Model;
use tessera_schema::naming::NODE_ID;
use tessera_schema::source::Located;
use tessera_schema::time_zone::TimeZone;
use tessera_schema::violation::{Pointer, Violation};

use self::mutation::Order;
use crate::error::GraphQlError;
use crate::field::Field;
use crate::introspection::is_introspection;
use crate::node_id::NodeId;
use crate::response::AffectedPart;
use crate::roots::{MutationRoot, QueryRoot};

/// What answers one root field.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// The name of the root type.
    TypeName(String),
    Introspect(Field),
    Read(Root),
    /// The second says how the same write is made of other requests.
    Write(Write, Order),
    /// A write that is answered with how many records it touched.
    WriteMany(Write, Order, Vec<(String, AffectedPart)>),
}

/// One root field: its answer, or why it has none.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) key: String,
    pub(crate) at: Pos,
    /// It may be null where it fails, and leave the other fields their answers.
    pub(crate) nullable: bool,
    pub(crate) step: Result<Step, GraphQlError>,
}

/// All root fields of an operation.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) fields: Vec<Planned>,
    /// Whether it holds for other requests whose variables have the same shape.
    pub(crate) lasting: bool,
}

/// Plans each root field.
pub(crate) fn plan(
    context: &RequestContext,
    snapshot: &Snapshot,
    view: &View,
    kind: OperationType,
    fields: &[Field],
    variables: &Map<String, Json>,
    time_zone: Option<&TimeZone>,
) -> Plan {
    let mut compiler = Compiler {
        context,
        snapshot,
        view,
        model: &view.model,
        variables,
        time_zone,
        mixed: Cell::new(false),
        path: Vec::new(),
    };
    let fields: Vec<Planned> = fields
        .iter()
        .map(|field| compiler.root(kind, field))
        .collect();
    let sound = fields.iter().all(|field| field.step.is_ok());
    Plan {
        fields,
        lasting: sound && !compiler.mixed.get(),
    }
}

struct Compiler<'m> {
    context: &'m RequestContext,
    snapshot: &'m Snapshot,
    view: &'m View,
    model: &'m Model,
    variables: &'m Map<String, Json>,
    /// Where the days of variables in filters begin.
    time_zone: Option<&'m TimeZone>,
    /// Set where a value has no one place in the request.
    mixed: Cell<bool>,
    /// Response keys down to the field at hand.
    path: Vec<String>,
}

impl Compiler<'_> {
    fn root(&mut self, kind: OperationType, field: &Field) -> Planned {
        self.path.push(field.key.clone());
        let (nullable, step) = match kind {
            _ if field.name == "__typename" => {
                (false, Ok(Step::TypeName(field.parent.to_string())))
            }
            _ if is_introspection(field) => (true, Ok(Step::Introspect(field.clone()))),
            OperationType::Mutation => (false, self.mutation_root(field)),
            OperationType::Query | OperationType::Subscription => self.query_root(field),
        };
        self.path.pop();
        Planned {
            key: field.key.clone(),
            at: field.at,
            nullable,
            step,
        }
    }

    fn query_root(&mut self, field: &Field) -> (bool, Result<Step, GraphQlError>) {
        match QueryRoot::read(self.model, &field.name) {
            Some(QueryRoot::One(object)) => {
                let mut read = || {
                    let id = self.id(field)?;
                    let selection = self.selection(&object, &field.fields)?;
                    Ok(Step::Read(Root::One {
                        object: object.clone(),
                        id,
                        deleted: Deleted::Exclude,
                        selection,
                    }))
                };
                (true, read())
            }
            Some(QueryRoot::Many(object)) => {
                let connection = self.connection(&object, None, field);
                let read =
                    connection.map(|connection| Step::Read(Root::Many { object, connection }));
                (false, read)
            }
            Some(QueryRoot::Groups(object)) => (false, self.groups(&object, field).map(Step::Read)),
            Some(QueryRoot::Node) => (true, self.node(field)),
            Some(QueryRoot::Search) => (false, self.search(field).map(Step::Read)),
            None => (false, Err(self.unknown(field))),
        }
    }

    fn node(&mut self, field: &Field) -> Result<Step, GraphQlError> {
        self.mixed.set(true);
        let text = field.argument(NODE_ID).and_then(Json::as_str);
        let id = text.and_then(NodeId::parse);
        let found = id.and_then(|id| Some((id.object(self.model)?.clone(), id.record)));
        let (object, record) = found.ok_or_else(|| {
            let message = "a `nodeId` that a record has answered is expected";
            let violation = Violation::new(Pointer::root(), "format", message);
            self.bad_argument(field, NODE_ID, vec![violation])
        })?;
        let selection = self.selection(&object, &field.fields)?;
        Ok(Step::Read(Root::One {
            object,
            id: Located {
                value: record,
                source: None,
            },
            deleted: Deleted::Exclude,
            selection,
        }))
    }

    fn mutation_root(&mut self, field: &Field) -> Result<Step, GraphQlError> {
        match MutationRoot::read(self.model, &field.name) {
            Some(root) => self.mutation(&root, field),
            None => Err(self.unknown(field)),
        }
    }

    fn error(&self, field: &Field, error: &UserError) -> GraphQlError {
        GraphQlError::of_field(error, field.at, self.path.clone())
    }

    /// A field that validation should have refused.
    fn unknown(&self, field: &Field) -> GraphQlError {
        let message = format!("`{}` has no field `{}`", field.parent, field.name);
        self.error(
            field,
            &UserError::malformed(Pointer::root(), "unknown", message),
        )
    }

    /// A bad argument: pointers begin at the arguments.
    fn bad_argument(&self, field: &Field, name: &str, violations: Vec<Violation>) -> GraphQlError {
        let violations = violations
            .into_iter()
            .map(|violation| violation.below(name))
            .collect();
        self.error(field, &UserError::Malformed(violations))
    }
}
