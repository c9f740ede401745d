//! An operation as it is to be carried out: fragments spread, directives applied, variables filled in, and fields of
//! the same response key merged.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    Directive, Field as Node, OperationType, Selection, SelectionSet,
};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::sync::Arc;
use tessera_schema::model::Model;
use tessera_schema::naming::NODE_ID;

use crate::document::Document;
use crate::error::GraphQlError;
use crate::field::Field;
use crate::introspection;
use crate::limits;
use crate::node_id::NodeId;
use crate::schema::Part;
use crate::template::Template;
use crate::variables::Variables;

/// The root fields of a document's operation. The document has been validated against the schema.
pub(crate) fn fields(
    model: &Model,
    registry: &Registry,
    document: &Document,
    variables: &Map<String, Json>,
) -> Result<Vec<Field>, Vec<GraphQlError>> {
    let operation = document.operation();
    let root = match operation.node.ty {
        OperationType::Query => Some(&registry.query_type),
        OperationType::Mutation => registry.mutation_type.as_ref(),
        OperationType::Subscription => None,
    };
    let root = root.ok_or_else(|| {
        let message = format!(
            "this schema has no operations of the kind {}",
            operation.node.ty
        );
        vec![GraphQlError::malformed(message, vec![operation.pos])]
    })?;
    let collector = Collector {
        model,
        document,
        variables: Variables::read(registry, &operation.node, variables)?,
        registry,
    };
    let fields = collector
        .fields(root, &[&operation.node.selection_set], 1)
        .map_err(|error| vec![error])?;
    if fields.len() > limits::ROOTS {
        let message = format!(
            "an operation may have at most {} fields at its root, aliases included",
            limits::ROOTS
        );
        return Err(vec![GraphQlError::limit(
            "too_many",
            message,
            vec![operation.pos],
        )]);
    }
    introspection::check(&fields).map_err(|error| vec![error])?;
    Ok(fields)
}

/// Whether arguments that are the same in this request are so in every request of its shape.
fn alike(one: &[(String, Template)], other: &[(String, Template)]) -> bool {
    let varies = |(_, template): &&(String, Template)| !matches!(template, Template::Constant(_));
    let within = |some: &[(String, Template)], all: &[(String, Template)]| {
        let mut varying = some.iter().filter(varies);
        varying.all(|argument| all.contains(argument))
    };
    within(one, other) && within(other, one)
}

struct Collector<'a> {
    model: &'a Model,
    document: &'a Document,
    registry: &'a Registry,
    variables: Variables<'a>,
}

type Set<'a> = &'a Positioned<SelectionSet>;
/// The places that ask for one response key.
type Asked<'a> = IndexMap<&'a str, Vec<&'a Positioned<Node>>>;

impl<'a> Collector<'a> {
    fn fields(
        &self,
        parent: &str,
        sets: &[Set<'a>],
        depth: usize,
    ) -> Result<Vec<Field>, GraphQlError> {
        let mut asked = Asked::new();
        for set in sets {
            self.collect(parent, set, &mut asked)?;
        }
        let parent: Arc<str> = parent.into();
        asked
            .into_iter()
            .map(|(key, nodes)| self.field(&parent, key, &nodes, depth))
            .collect()
    }

    fn collect(
        &self,
        parent: &str,
        set: Set<'a>,
        asked: &mut Asked<'a>,
    ) -> Result<(), GraphQlError> {
        for selection in &set.node.items {
            if !self.included(selection.node.directives())? {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    asked.entry(key).or_default().push(field);
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    if condition
                        .is_none_or(|condition| self.applies(&condition.node.on.node, parent))
                    {
                        self.collect(parent, &inline.node.selection_set, asked)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self
                        .document
                        .executable
                        .fragments
                        .get(&spread.node.fragment_name.node);
                    let fragment = fragment
                        .filter(|f| self.applies(&f.node.type_condition.node.on.node, parent));
                    if let Some(fragment) = fragment {
                        self.collect(parent, &fragment.node.selection_set, asked)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a fragment on one type is for objects of another. Validation lets an interface stand only where there are
    /// objects that implement it.
    fn applies(&self, condition: &str, parent: &str) -> bool {
        let is_interface = || {
            let ty = self.registry.types.get(condition);
            matches!(ty, Some(MetaType::Interface { .. }))
        };
        condition == parent || is_interface()
    }

    /// The type of what a field answers; none where it will be null. Of an interface that is the type of a record.
    fn answered(&self, ty: &'a str, arguments: &Map<String, Json>) -> Option<Cow<'a, str>> {
        let name = MetaTypeName::concrete_typename(ty);
        match self.registry.types.get(name) {
            Some(MetaType::Interface { .. }) => {
                let id = NodeId::parse(arguments.get(NODE_ID)?.as_str()?)?;
                let object = id.object(self.model)?;
                Some(Cow::Owned(Part::Record.name(self.model, object)))
            }
            _ => Some(Cow::Borrowed(name)),
        }
    }

    /// What `@skip` and `@include` say.
    fn included(&self, directives: &'a [Positioned<Directive>]) -> Result<bool, GraphQlError> {
        for directive in directives {
            let name = directive.node.name.node.as_str();
            let wanted = match name {
                "skip" => false,
                "include" => true,
                _ => continue,
            };
            let Some(definition) = self.registry.directives.get(name) else {
                continue;
            };
            let arguments = self
                .variables
                .arguments(definition.args.values(), |name| {
                    directive.node.get_argument(name).map(|value| &value.node)
                })
                .map_err(|(argument, unfit)| unfit.error(&argument, directive.pos))?;
            if arguments.get("if") != Some(&Json::Bool(wanted)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn templates(&self, node: &Positioned<Node>) -> Vec<(String, Template)> {
        let default = |name: &str| self.variables.default_in_use(name).cloned();
        let arguments = node.node.arguments.iter();
        arguments
            .map(|(name, value)| (name.node.to_string(), Template::of(&value.node, &default)))
            .collect()
    }

    fn field(
        &self,
        parent: &Arc<str>,
        key: &str,
        nodes: &[&'a Positioned<Node>],
        depth: usize,
    ) -> Result<Field, GraphQlError> {
        let first = nodes[0];
        if key.len() > limits::KEY {
            let message = format!("an alias may have at most {} characters", limits::KEY);
            return Err(GraphQlError::limit("too_long", message, vec![first.pos]));
        }
        let name = first.node.name.node.as_str();
        let definition = self
            .registry
            .types
            .get(&**parent)
            .and_then(MetaType::fields)
            .and_then(|fields| fields.get(name));
        let arguments = match definition {
            Some(definition) => self.arguments(definition.args.values(), first)?,
            None => Map::new(),
        };
        let templates = self.templates(first);
        for other in &nodes[1..] {
            let same = other.node.name.node == name
                && alike(&templates, &self.templates(other))
                && definition.is_none_or(|d| {
                    self.arguments(d.args.values(), other)
                        .is_ok_and(|a| a == arguments)
                });
            if !same {
                let message = format!(
                    "`{key}` is asked for in two ways that differ: give one of them an alias"
                );
                return Err(GraphQlError::malformed(message, vec![first.pos, other.pos]));
            }
        }
        let sets: Vec<Set<'a>> = nodes.iter().map(|node| &node.node.selection_set).collect();
        let fields = match definition {
            Some(definition) if sets.iter().any(|set| !set.node.items.is_empty()) => {
                match self.answered(&definition.ty, &arguments) {
                    Some(inner)
                        if depth >= limits::DEPTH && !introspection::is_about_types(&inner) =>
                    {
                        let message = format!("selections may nest at most {} deep", limits::DEPTH);
                        return Err(GraphQlError::limit("too_deep", message, vec![first.pos]));
                    }
                    Some(inner) => self.fields(&inner, &sets, depth + 1)?,
                    None => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        Ok(Field {
            key: key.to_owned(),
            name: name.to_owned(),
            parent: Arc::clone(parent),
            at: first.pos,
            arguments,
            templates,
            fields,
        })
    }

    fn arguments(
        &self,
        expected: impl Iterator<Item = &'a async_graphql::registry::MetaInputValue>,
        node: &'a Positioned<Node>,
    ) -> Result<Map<String, Json>, GraphQlError> {
        self.variables
            .arguments(expected, |name| {
                node.node.get_argument(name).map(|value| &value.node)
            })
            .map_err(|(argument, unfit)| {
                unfit.error(&format!("{}({argument})", node.node.name.node), node.pos)
            })
    }
}
