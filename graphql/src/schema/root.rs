//! `Query` and `Mutation`.

use async_graphql::dynamic::{Field, Object, TypeRef};
use std::sync::Arc;
use tessera_schema::naming::NODE_ID;
use tessera_schema::scalar::Scalar;

use super::platform::{AFFECTED, DELETED, MUTATION, NODE, QUERY, SEARCH_HIT};
use super::{Builder, Part, Scope, input, output};
use crate::roots::{MutationRoot, QueryRoot, Verb};

impl Builder<'_> {
    pub(super) fn add_query(&mut self) {
        let mut roots: Vec<QueryRoot> = match self.scope {
            Scope::Everything => self
                .model
                .objects()
                .into_iter()
                .flat_map(QueryRoot::of)
                .chain([QueryRoot::Search, QueryRoot::Node])
                .collect(),
            Scope::Named(scope) => {
                let named = scope.names.iter();
                named
                    .filter_map(|name| QueryRoot::read(self.model, name))
                    .collect()
            }
        };
        if roots.is_empty() {
            // A type has at least one field, and members can be asked for in every model.
            roots.extend(QueryRoot::read(self.model, "user"));
        }
        let count = roots.len();
        let query = roots
            .iter()
            .fold(Object::new(self.platform(QUERY)), |query, root| {
                query.field(self.query_field(root))
            });
        self.add(query, count * 7);
    }

    fn query_field(&mut self, root: &QueryRoot) -> Field {
        match root {
            QueryRoot::One(object) => {
                let ty = self.refer(Part::Record, object);
                let head = &object.source.head;
                output(
                    root.name(self.model),
                    TypeRef::named(ty),
                    head.description.as_deref(),
                )
                .argument(self.id())
            }
            QueryRoot::Many(object) => {
                let deleted = input(
                    "deleted",
                    TypeRef::named(self.platform(DELETED)),
                    Some("`EXCLUDE` where it is not given."),
                );
                let field = self
                    .connection_field(&root.name(self.model), object)
                    .argument(deleted);
                if object.searched_columns().is_empty() {
                    return field;
                }
                let words =
                    "Only what has these words; the best first, unless `orderBy` says otherwise.";
                field.argument(input("q", TypeRef::named(TypeRef::STRING), Some(words)))
            }
            QueryRoot::Search => {
                self.add_search_hit();
                let description = "Records of any object that have the words, the best first.";
                let names = "As in `SearchHit`; all that can be searched where they are not given.";
                let first = "20 where it is not given; at most 100.";
                output(
                    root.name(self.model),
                    TypeRef::named_nn_list_nn(self.platform(SEARCH_HIT)),
                    Some(description),
                )
                .argument(input("query", TypeRef::named_nn(TypeRef::STRING), None))
                .argument(input(
                    "objects",
                    TypeRef::named_nn_list(TypeRef::STRING),
                    Some(names),
                ))
                .argument(input(
                    "first",
                    TypeRef::named(TypeRef::INT),
                    Some(first),
                ))
            }
            QueryRoot::Node => {
                let id = input(NODE_ID, TypeRef::named_nn(TypeRef::ID), None);
                let description = "A record of any object, by what it answers as `nodeId`.";
                output(
                    root.name(self.model),
                    TypeRef::named(self.platform(NODE)),
                    Some(description),
                )
                .argument(id)
            }
            QueryRoot::Groups(object) => self.groups_field(&root.name(self.model), object),
        }
    }

    /// Adds `Mutation`, if there is anything to change.
    pub(super) fn add_mutation(&mut self) -> bool {
        let may = |root: &MutationRoot| self.view.may(&root.object, root.verb.right());
        let every = || {
            let objects = self.model.definitions().into_iter();
            objects.flat_map(MutationRoot::of).filter(may)
        };
        let roots: Vec<MutationRoot> = match self.scope {
            Scope::Everything => every().collect(),
            Scope::Named(scope) if !scope.mutation => return false,
            Scope::Named(scope) => {
                let named = scope
                    .names
                    .iter()
                    .filter_map(|name| MutationRoot::read(self.model, name))
                    .filter(may);
                let named: Vec<_> = named.collect();
                // Only so that an unknown name is reported as one: a type has at least one field.
                if named.is_empty() {
                    every().take(1).collect()
                } else {
                    named
                }
            }
        };
        if roots.is_empty() {
            return false;
        }
        let count = roots.len();
        let mutation = roots
            .iter()
            .fold(Object::new(self.platform(MUTATION)), |mutation, root| {
                mutation.field(self.mutation_field(root))
            });
        self.add(mutation, count * 3);
        self.add_affected();
        true
    }

    fn mutation_field(&mut self, root: &MutationRoot) -> Field {
        let object: &Arc<_> = &root.object;
        let answer = match root.verb {
            Verb::UpdateMany | Verb::DeleteMany => TypeRef::named_nn(self.platform(AFFECTED)),
            Verb::CreateMany | Verb::UpsertMany => {
                TypeRef::named_nn_list_nn(self.refer(Part::Record, object))
            }
            _ => TypeRef::named_nn(self.refer(Part::Record, object)),
        };
        let field = output(root.name(), answer, describe(root.verb));
        match root.verb {
            Verb::Create => {
                let data = TypeRef::named_nn(self.refer(Part::CreateInput, object));
                field.argument(input("data", data, None))
            }
            Verb::CreateMany => {
                let data = TypeRef::named_nn_list_nn(self.refer(Part::CreateInput, object));
                field.argument(input("data", data, None))
            }
            Verb::UpsertMany => {
                let data = TypeRef::named_nn_list_nn(self.refer(Part::CreateInput, object));
                let on = TypeRef::named_nn(self.refer(Part::UniqueField, object));
                field
                    .argument(input("data", data, None))
                    .argument(input("on", on, None))
            }
            Verb::Update => {
                let data = TypeRef::named_nn(self.refer(Part::UpdateInput, object));
                let version = "Refused where the record's version is another.";
                field
                    .argument(self.id())
                    .argument(input("data", data, None))
                    .argument(input(
                        "ifVersion",
                        TypeRef::named(TypeRef::INT),
                        Some(version),
                    ))
            }
            Verb::UpdateMany => {
                let data = TypeRef::named_nn(self.refer(Part::UpdateInput, object));
                let filter = TypeRef::named_nn(self.refer(Part::Filter, object));
                field
                    .argument(input("filter", filter, Some(CHOICE)))
                    .argument(input("data", data, None))
                    .argument(max_affected())
            }
            Verb::DeleteMany => {
                let filter = TypeRef::named_nn(self.refer(Part::Filter, object));
                field
                    .argument(input("filter", filter, Some(CHOICE)))
                    .argument(max_affected())
            }
            Verb::Delete | Verb::Restore | Verb::Destroy => field.argument(self.id()),
        }
    }

    fn id(&self) -> async_graphql::dynamic::InputValue {
        input("id", TypeRef::named_nn(self.scalar(Scalar::Uuid)), None)
    }
}

const fn describe(verb: Verb) -> Option<&'static str> {
    match verb {
        Verb::Create => None,
        Verb::CreateMany => Some("All or none."),
        Verb::UpsertMany => Some(
            "Made where no record has the same value of `on`, changed where one has: what is left out then stays as it is. All or none.",
        ),
        Verb::Update | Verb::UpdateMany => Some("What is left out stays as it is; null empties."),
        Verb::Delete | Verb::DeleteMany => Some("Moves to the bin."),
        Verb::Restore => Some("Takes out of the bin."),
        Verb::Destroy => Some("Removes for good."),
    }
}

/// Of the filter of a write.
const CHOICE: &str =
    "It needs a condition that leaves records out; `{}`, together with `maxAffected`, means all.";

fn max_affected() -> async_graphql::dynamic::InputValue {
    let description = "Where the filter finds more records than this, none is touched.";
    input(
        "maxAffected",
        TypeRef::named(TypeRef::INT),
        Some(description),
    )
}
