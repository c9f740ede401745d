//! A tenant's model as a GraphQL schema, whole or as far as one document reaches.
//!
//! Types are made from the root fields on, each when something first refers to it. Nothing is ever resolved through
//! the schema: it serves to parse, validate, introspect and print.

mod aggregate;
mod filter;
mod group;
mod input;
mod order;
mod part;
mod platform;
mod record;
mod root;
mod value;

use async_graphql::dynamic::{
    Field as Output, FieldFuture, InputObject, InputValue, Schema, SchemaBuilder, Type, TypeRef,
};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::model::Model;
use tessera_schema::object::{Field, Object};

use crate::roots::QueryRoot;
use crate::scope::Scope;
use crate::validate::ValidateOnly;
pub(crate) use group::WHOLE;
pub(crate) use input::unique_value;
pub(crate) use part::{Leaves, Part};
use platform::{MUTATION, NODE, QUERY};

/// The whole schema of a view in GraphQL's schema language.
#[must_use]
pub fn sdl(view: &View) -> String {
    Built::new(view, &Scope::Everything).schema.sdl()
}

/// A schema and about how much memory it takes.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) schema: Schema,
    pub(crate) weight: u32,
}

impl Built {
    pub(crate) fn new(view: &View, scope: &Scope) -> Self {
        /// Measured: async-graphql keeps each field twice, with its names and types as strings.
        const FIELD: usize = 1_000;
        /// What there is without a model: introspection, directives, scalars.
        const BASE: usize = 100_000;
        let mut builder = Builder::new(view, scope);
        builder.add_platform();
        if builder.has_nodes {
            builder.add_node();
        }
        builder.add_query();
        let mutation = builder.add_mutation();
        builder.add_named_types();
        builder.add_referred();
        let weight = BASE + builder.fields * FIELD;
        let query = builder.platform(QUERY);
        let mutation = mutation.then(|| builder.platform(MUTATION));
        let mut schema = Schema::build(&query, mutation.as_deref(), None).extension(ValidateOnly);
        if *scope != Scope::Everything {
            // It would only suggest what the document itself says elsewhere.
            schema = schema.disable_suggestions();
        }
        let schema = builder
            .types
            .into_iter()
            .fold(schema, SchemaBuilder::register);
        Self {
            schema: schema
                .finish()
                .expect("every type that a field refers to has been made, and each has a field"),
            weight: u32::try_from(weight).unwrap_or(u32::MAX),
        }
    }
}

struct Builder<'m> {
    view: &'m View,
    model: &'m Model,
    scope: &'m Scope,
    /// Whether records are seen as nodes.
    has_nodes: bool,
    types: Vec<Type>,
    /// Names of types that are made or waiting.
    seen: HashSet<String>,
    /// Nearest to the roots first, with the steps from there.
    waiting: VecDeque<(Part, Arc<Object>, usize)>,
    /// Steps from a root to the type that is being made.
    distance: usize,
    fields: usize,
}

impl<'m> Builder<'m> {
    fn new(view: &'m View, scope: &'m Scope) -> Self {
        let model = &*view.model;
        let has_nodes = scope.has(NODE) || scope.has(&QueryRoot::Node.name(model));
        Self {
            view,
            model,
            scope,
            has_nodes,
            types: Vec::new(),
            seen: HashSet::new(),
            waiting: VecDeque::new(),
            distance: 0,
            fields: 0,
        }
    }

    fn name(&self, part: Part, object: &Object) -> String {
        part.name(self.model, object)
    }

    /// Refers to a type of an object, which will be made if it was not yet.
    fn refer(&mut self, part: Part, object: &Arc<Object>) -> String {
        let name = self.name(part, object);
        if self.seen.insert(name.clone()) {
            self.waiting
                .push_back((part, Arc::clone(object), self.distance + 1));
        }
        name
    }

    /// Whether a field that leads to another object is wanted. Relations may lead on and on: where the document cannot
    /// follow, they end.
    fn leads(&self, name: &str) -> bool {
        self.scope.has(name) && self.scope.reaches(self.distance)
    }

    /// Types that a document names itself, in fragments and variables.
    fn add_named_types(&mut self) {
        let Scope::Named(scope) = self.scope else {
            return;
        };
        for name in &scope.names {
            match Part::read(self.model, name) {
                Some((part, object)) if part.writes() && !self.writes(&object) => {}
                Some((part, object)) => {
                    self.refer(part, &object);
                }
                None => {}
            }
        }
    }

    /// Whether the caller may change records of an object in any way.
    fn writes(&self, object: &Object) -> bool {
        let mut rights = Right::WRITES.into_iter();
        rights.any(|right| self.view.may(object, right))
    }

    fn add_referred(&mut self) {
        while let Some((part, object, distance)) = self.waiting.pop_front() {
            self.distance = distance;
            match part {
                Part::Record => self.add_record(&object),
                Part::Connection => self.add_connection(&object),
                Part::Edge => self.add_edge(&object),
                Part::Filter => self.add_filter(&object),
                Part::ListFilter => self.add_list_filter(&object),
                Part::OrderBy => self.add_order_by(&object),
                Part::CreateInput => self.add_create_input(&object),
                Part::UpdateInput => self.add_update_input(&object),
                Part::Group => self.add_group(&object),
                Part::GroupBy => self.add_group_by(&object),
                Part::GroupKeys => self.add_group_keys(&object),
                Part::GroupHaving => self.add_group_having(&object),
                Part::GroupOrderBy => self.add_group_order_by(&object),
                Part::Aggregate => self.add_aggregate(&object),
                Part::Leaves(leaves) => self.add_leaves(&object, leaves),
                Part::LeavesHaving(leaves) => self.add_leaves_having(&object, leaves),
                Part::LeavesOrderBy => self.add_leaves_order_by(&object),
                Part::UniqueField => self.add_unique_field(&object),
            }
        }
    }

    fn add(&mut self, ty: impl Into<Type>, fields: usize) {
        self.types.push(ty.into());
        self.fields += fields;
    }

    fn add_input(&mut self, name: &str, fields: Vec<InputValue>) {
        let count = fields.len();
        let object = fields
            .into_iter()
            .fold(InputObject::new(name), InputObject::field);
        self.add(object, count);
    }
}

/// What a field is for, and which values it takes where they are limited.
fn description(field: &Field) -> Option<String> {
    let own = field.definition.description.clone();
    let all = [own, options(field)];
    let all: Vec<_> = all.into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join("\n\n"))
}

/// The options of a field, where it has such.
fn options(field: &Field) -> Option<String> {
    let mut columns = field.columns.iter();
    let column = columns.find_map(|column| {
        let options = column.column_type.one_of.as_ref()?;
        Some((options, column.column_type.list))
    });
    let (options, list) = column?;
    let options: Vec<_> = options.iter().map(|option| format!("`{option}`")).collect();
    let word = if list { "Any of" } else { "One of" };
    Some(format!("{word} {}.", options.join(", ")))
}

/// An output field. Its resolver is never asked.
fn output(name: impl Into<String>, ty: TypeRef, description: Option<&str>) -> Output {
    let field = Output::new(name, ty, |_| FieldFuture::Value(None));
    match description {
        Some(text) => field.description(text),
        None => field,
    }
}

fn input(name: impl Into<String>, ty: TypeRef, description: Option<&str>) -> InputValue {
    let value = InputValue::new(name, ty);
    match description {
        Some(text) => value.description(text),
        None => value,
    }
}

fn named(name: impl Into<String>, required: bool) -> TypeRef {
    if required {
        TypeRef::named_nn(name)
    } else {
        TypeRef::named(name)
    }
}
