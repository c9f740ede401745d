//! The fields of `Query` and `Mutation`: which names they have, and what a name means.
//!
//! Each direction costs what one object costs, so that a model of a thousand objects is never walked for a name.

use std::sync::Arc;
use tessera_schema::access::Right;
use tessera_schema::ident::ApiName;
use tessera_schema::model::Model;
use tessera_schema::naming::{Spelling, camel, from_pascal, pascal};
use tessera_schema::object::Object;

/// A field of `Query`.
#[derive(Debug, Clone)]
pub(crate) enum QueryRoot {
    /// `contact`: a record by its id.
    One(Arc<Object>),
    /// `contacts`: a connection.
    Many(Arc<Object>),
    /// `contactsGroupBy`: records in groups.
    Groups(Arc<Object>),
    /// `search`: hits over objects.
    Search,
    /// `node`: a record of any object.
    Node,
}

const GROUP_BY: &str = "GroupBy";
const SEARCH: &str = "search";
const NODE: &str = "node";

impl QueryRoot {
    pub(crate) fn read(model: &Model, field: &str) -> Option<Self> {
        let spellings = [Some(field), field.strip_suffix('_')];
        let records = spellings.into_iter().flatten();
        let records = records.filter_map(|name| Self::records(model, name));
        let others = [
            Self::groups(model, field),
            Some(Self::Search),
            Some(Self::Node),
        ];
        let mut roots = records.chain(others.into_iter().flatten());
        roots.find(|root| root.name(model) == field)
    }

    /// A record or records, as objects' names have it.
    fn records(model: &Model, field: &str) -> Option<Self> {
        let name = Spelling::Camel.read(field)?;
        let one = model.object(&name).cloned().map(Self::One);
        one.or_else(|| model.by_plural(&name).cloned().map(Self::Many))
    }

    /// Records in groups, as the object's plural has it.
    fn groups(model: &Model, field: &str) -> Option<Self> {
        let plural = field.strip_suffix(GROUP_BY)?;
        let name = Spelling::Camel.read(plural.strip_suffix('_').unwrap_or(plural))?;
        model.by_plural(&name).cloned().map(Self::Groups)
    }

    pub(crate) fn of(object: &Arc<Object>) -> [Self; 3] {
        [
            Self::One(Arc::clone(object)),
            Self::Many(Arc::clone(object)),
            Self::Groups(Arc::clone(object)),
        ]
    }

    /// As with types, the platform's names and those of older objects stay: an object `search` is asked for as `search_`.
    pub(crate) fn name(&self, model: &Model) -> String {
        match self {
            Self::One(object) => Self::of_records(model, object, object.api_name()),
            Self::Many(object) => Self::of_records(model, object, object.plural()),
            Self::Groups(object) => {
                let plural = camel(object.plural().as_str());
                let name = format!("{plural}{GROUP_BY}");
                let records = Self::records(model, &name);
                if records.is_some_and(|other| other.is_older_than(object)) {
                    format!("{plural}_{GROUP_BY}")
                } else {
                    name
                }
            }
            Self::Search => SEARCH.to_owned(),
            Self::Node => NODE.to_owned(),
        }
    }

    fn of_records(model: &Model, object: &Object, name: &ApiName) -> String {
        let name = camel(name.as_str());
        let groups = || Self::groups(model, &name);
        if [SEARCH, NODE].contains(&name.as_str())
            || groups().is_some_and(|other| other.is_older_than(object))
        {
            format!("{name}_")
        } else {
            name
        }
    }

    fn is_older_than(&self, object: &Object) -> bool {
        match self {
            Self::One(other) | Self::Many(other) | Self::Groups(other) => {
                other.is_older_than(object)
            }
            Self::Search | Self::Node => true,
        }
    }
}

/// A field of `Mutation`: what to do, to one record or to many.
#[derive(Debug, Clone)]
pub(crate) struct MutationRoot {
    pub(crate) verb: Verb,
    pub(crate) object: Arc<Object>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    CreateMany,
    UpsertMany,
    Update,
    UpdateMany,
    Delete,
    DeleteMany,
    Restore,
    Destroy,
}

impl Verb {
    const ALL: [Self; 9] = [
        Self::Create,
        Self::CreateMany,
        Self::UpsertMany,
        Self::Update,
        Self::UpdateMany,
        Self::Delete,
        Self::DeleteMany,
        Self::Restore,
        Self::Destroy,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Create | Self::CreateMany => "create",
            Self::UpsertMany => "upsert",
            Self::Update | Self::UpdateMany => "update",
            Self::Delete | Self::DeleteMany => "delete",
            Self::Restore => "restore",
            Self::Destroy => "destroy",
        }
    }

    /// What the caller has to be granted. An upsert makes records; those that it would change are another matter.
    pub(crate) const fn right(self) -> Right {
        match self {
            Self::Create | Self::CreateMany | Self::UpsertMany => Right::Create,
            Self::Update | Self::UpdateMany => Right::Update,
            Self::Delete | Self::DeleteMany => Right::Delete,
            Self::Restore => Right::Restore,
            Self::Destroy => Right::Destroy,
        }
    }

    const fn plural(self) -> bool {
        matches!(
            self,
            Self::CreateMany | Self::UpsertMany | Self::UpdateMany | Self::DeleteMany
        )
    }
}

impl MutationRoot {
    pub(crate) fn read(model: &Model, field: &str) -> Option<Self> {
        Verb::ALL.into_iter().find_map(|verb| {
            let name = from_pascal(field.strip_prefix(verb.word())?)?;
            let object = if verb.plural() {
                model.by_plural(&name)
            } else {
                model.object(&name)
            };
            let object = Arc::clone(object?);
            Self::possible(verb, &object).then_some(Self { verb, object })
        })
    }

    pub(crate) fn of(object: &Arc<Object>) -> impl Iterator<Item = Self> {
        let possible = Verb::ALL
            .into_iter()
            .filter(|verb| Self::possible(*verb, object));
        possible.map(|verb| Self {
            verb,
            object: Arc::clone(object),
        })
    }

    pub(crate) fn name(&self) -> String {
        let object = if self.verb.plural() {
            self.object.plural()
        } else {
            self.object.api_name()
        };
        format!("{}{}", self.verb.word(), pascal(object.as_str()))
    }

    /// What takes new values needs a field to take them, and what matches records one to match them on.
    fn possible(verb: Verb, object: &Object) -> bool {
        let possible = match verb {
            Verb::Update | Verb::UpdateMany => object.own_fields().any(|field| field.writable()),
            Verb::UpsertMany => object.unique_keys().next().is_some(),
            _ => true,
        };
        possible && !object.read_only
    }
}
