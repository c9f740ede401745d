//! One object, compiled: its table, its columns, and what each name on it means.

mod field;
mod relation;
mod source;
mod system;
mod unique;

use indexmap::IndexMap;
use std::sync::{Arc, LazyLock};

pub use self::field::Field;
pub use self::relation::{Inverse, ToMany, ToOne, Via};
pub use self::source::{FieldSource, ObjectSource, Origin};
pub use self::unique::UniqueKey;
use crate::column::{Column, SqlName};
use crate::definition::InverseDefinition;
use crate::field_type::{Component, Storage, Target};
use crate::field_types::{FieldTypes, UnknownFieldType};
use crate::ident::ApiName;

#[derive(Debug, Clone)]
pub struct Object {
    pub source: Arc<ObjectSource>,
    pub table: SqlName,
    /// In order, the fields every object has included.
    pub fields: IndexMap<ApiName, Arc<Field>>,
    /// What other objects' relations offer on this one.
    pub inverses: IndexMap<ApiName, Inverse>,
    /// The tenant's users: read like any object, changed through membership.
    pub read_only: bool,
}

/// What a name on an object means.
#[derive(Debug, Clone)]
pub enum Attribute<'a> {
    /// A value of one column; a relation's `x_id` is one.
    Column(&'a Arc<Field>, &'a Column),
    /// A value of several columns.
    Composite(&'a Arc<Field>, &'a [Component]),
    /// The record a relation points at.
    ToOne(ToOne),
    ToMany(ToMany),
    /// The ids on the other side of a many-to-many relation; only for writing.
    LinkIds(&'a Arc<Field>),
}

impl Object {
    pub(crate) fn compile(
        types: &FieldTypes,
        source: Arc<ObjectSource>,
    ) -> Result<Self, UnknownFieldType> {
        let own = source.fields.iter();
        let own = own.map(|field| Field::compile(types, field).map(Arc::new));
        let own = own.collect::<Result<_, _>>()?;
        Ok(Self::of(source, own))
    }

    /// An object with its own fields, which its source defines.
    fn of(source: Arc<ObjectSource>, own: Vec<Arc<Field>>) -> Self {
        let (first, last) = system::FIELDS_OF_ALL.split_at(1);
        let first = first.iter().cloned();
        let fields = first.chain(own).chain(last.iter().cloned());
        Self {
            table: SqlName::from(&source.head.api_name),
            source,
            fields: fields
                .map(|field| (field.api_name().clone(), field))
                .collect(),
            inverses: IndexMap::new(),
            read_only: false,
        }
    }

    /// The tenant's users, as an object like any other.
    pub(crate) fn users() -> Arc<Self> {
        static USERS: LazyLock<Arc<Object>> = LazyLock::new(|| {
            let (source, fields) = system::users();
            let mut object = Object::of(Arc::new(source), fields);
            object.table = SqlName::join(&["_users"]);
            object.read_only = true;
            Arc::new(object)
        });
        USERS.clone()
    }

    /// When it came into the model, compared with others: the platform's own first.
    pub(crate) fn age(&self) -> impl Ord + use<> {
        (!self.read_only, self.source.position, self.source.id)
    }

    #[must_use]
    pub fn is_older_than(&self, other: &Self) -> bool {
        self.age() < other.age()
    }

    #[must_use]
    pub fn api_name(&self) -> &ApiName {
        &self.source.head.api_name
    }

    #[must_use]
    pub fn plural(&self) -> &ApiName {
        &self.source.head.plural_api_name
    }

    /// The fields this object's definition names, without those every object has.
    pub fn own_fields(&self) -> impl Iterator<Item = &Arc<Field>> {
        self.fields.values().filter(|field| !field.system)
    }

    /// Whether new records take running numbers.
    #[must_use]
    pub fn is_numbered(&self) -> bool {
        let mut columns = self.fields.values().flat_map(|field| &field.columns);
        columns.any(|column| column.column_type.numbering.is_some())
    }

    /// The columns that `q` and search look through, those of the label first.
    #[must_use]
    pub fn searched_columns(&self) -> Vec<&Column> {
        let label = self.source.head.label_field.as_ref();
        let (first, others): (Vec<_>, Vec<_>) = self
            .fields
            .values()
            .partition(|field| Some(field.api_name()) == label);
        let fields = first.into_iter().chain(others);
        fields.flat_map(|field| field.searched_columns()).collect()
    }

    /// The columns of the field that names a record to people; none where there is no such field.
    #[must_use]
    pub fn label_columns(&self) -> &[Column] {
        let label = self.source.head.label_field.as_ref();
        let field = label.and_then(|label| self.fields.get(label));
        field.map_or(&[], |field| &field.columns)
    }

    /// What `key` means on this object.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<Attribute<'_>> {
        if let Some(field) = self.fields.get(key) {
            return Some(match &field.storage {
                Storage::Column(_) => Attribute::Column(field, &field.columns[0]),
                Storage::Components(components) => Attribute::Composite(field, components),
                Storage::ToOne(_) => Attribute::ToOne(field.to_one()?),
                Storage::ManyToMany(_) => Attribute::ToMany(self.link(field)?),
            });
        }
        if let Some(inverse) = self.inverses.get(key) {
            return Some(Attribute::ToMany(inverse.to_many.clone()));
        }
        let relation = |suffix| self.fields.get(key.strip_suffix(suffix)?);
        if let Some(field) = relation("_id").filter(|f| matches!(f.storage, Storage::ToOne(_))) {
            return Some(Attribute::Column(field, &field.columns[0]));
        }
        relation("_ids")
            .filter(|f| matches!(f.storage, Storage::ManyToMany(_)))
            .map(Attribute::LinkIds)
    }

    /// Every name that can be asked for, in order.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let own = self.fields.values().flat_map(|field| field.keys());
        own.chain(self.inverses.keys().map(ToString::to_string))
    }

    /// A many-to-many field of this object as a relation to walk.
    #[must_use]
    pub fn link(&self, field: &Field) -> Option<ToMany> {
        let Storage::ManyToMany(link) = &field.storage else {
            return None;
        };
        Some(ToMany {
            key: field.definition.api_name.clone(),
            target: link.target.clone(),
            via: Via::Link {
                table: self.link_table(field),
                near: SqlName::join(&["from_id"]),
                far: SqlName::join(&["to_id"]),
            },
        })
    }

    /// The table that joins records of a many-to-many field.
    #[must_use]
    pub fn link_table(&self, field: &Field) -> SqlName {
        SqlName::join(&[
            "_link",
            self.api_name().as_str(),
            field.definition.api_name.as_str(),
        ])
    }

    /// The objects that this one's relations point at.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &ApiName> {
        self.fields
            .values()
            .filter_map(|field| match &field.storage {
                Storage::ToOne(reference) => match &reference.target {
                    Target::Object(name) => Some(name),
                    Target::Users => None,
                },
                Storage::ManyToMany(link) => Some(&link.target),
                _ => None,
            })
    }

    /// The ways back that this object's relations offer on their targets.
    pub(crate) fn offered_inverses(&self) -> Vec<(ApiName, Inverse)> {
        let offer = |field: &Field, definition: &InverseDefinition, target: &ApiName, via: Via| {
            let inverse = Inverse {
                definition: definition.clone(),
                object: self.api_name().clone(),
                field: field.definition.api_name.clone(),
                to_many: ToMany {
                    key: definition.api_name.clone(),
                    target: self.api_name().clone(),
                    via,
                },
            };
            (target.clone(), inverse)
        };
        self.own_fields()
            .filter_map(|field| match &field.storage {
                Storage::ToOne(reference) => match &reference.target {
                    Target::Object(target) => {
                        let via = Via::Column(field.columns[0].name.clone());
                        Some(offer(field, reference.inverse.as_ref()?, target, via))
                    }
                    Target::Users => None,
                },
                Storage::ManyToMany(link) => {
                    let via = Via::Link {
                        table: self.link_table(field),
                        near: SqlName::join(&["to_id"]),
                        far: SqlName::join(&["from_id"]),
                    };
                    Some(offer(field, link.inverse.as_ref()?, &link.target, via))
                }
                Storage::Column(_) | Storage::Components(_) => None,
            })
            .collect()
    }
}
