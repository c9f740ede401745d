//! One object, compiled: its table, its columns, and the meaning of each name on it.

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
use crate::field_types::{FieldTypes, UnknownFieldType};
use crate::ident::ApiName;
use crate::storage::{Component, ValueForm};

#[derive(Debug, Clone)]
pub struct Object {
    pub source: Arc<ObjectSource>,
    pub table: SqlName,
    /// In order, the fields every object has included.
    pub fields: IndexMap<ApiName, Arc<Field>>,
    /// The ways back that other objects' relations offer on this one.
    pub inverses: IndexMap<ApiName, Inverse>,
    /// The tenant's users: read like any object, changed through membership.
    pub read_only: bool,
}

/// The meaning of a name on an object.
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

    /// The object without some of its fields and ways back. Nothing else of it names those either.
    pub(crate) fn part(
        &self,
        keeps: impl Fn(&Field) -> bool,
        keeps_inverse: impl Fn(&Inverse) -> bool,
    ) -> Self {
        let mut part = self.clone();
        part.fields.retain(|_, field| keeps(field));
        part.inverses.retain(|_, inverse| keeps_inverse(inverse));
        let known = |name: &ApiName| part.fields.contains_key(name);
        let mut source = ObjectSource::clone(&self.source);
        source
            .fields
            .retain(|field| known(&field.definition.api_name));
        source.head.label_field.take_if(|label| !known(label));
        for section in &mut source.head.form {
            section.fields.retain(known);
        }
        part.source = Arc::new(source);
        part
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

    /// The meaning of `key` on this object; none where it has no such name.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<Attribute<'_>> {
        if let Some(field) = self.fields.get(key) {
            return self.under_name(field);
        }
        if let Some(inverse) = self.inverses.get(key) {
            return Some(Attribute::ToMany(inverse.to_many.clone()));
        }
        ["_id", "_ids"].into_iter().find_map(|suffix| {
            let field = self.fields.get(key.strip_suffix(suffix)?)?;
            (field.storage.key_suffix() == suffix).then(|| under_key(field))?
        })
    }

    /// The meaning of a field's own name.
    fn under_name<'a>(&self, field: &'a Arc<Field>) -> Option<Attribute<'a>> {
        match field.form() {
            ValueForm::Composite(components) => Some(Attribute::Composite(field, components)),
            ValueForm::Ids => self.link(field).map(Attribute::ToMany),
            ValueForm::Column(_) => match field.to_one() {
                Some(to_one) => Some(Attribute::ToOne(to_one)),
                None => under_key(field),
            },
        }
    }

    /// Every name on it with its meaning: of a field its own name first, then the key of its value where that is another.
    pub fn attributes(&self) -> impl Iterator<Item = (String, Attribute<'_>)> {
        let own = self.fields.values().flat_map(|field| {
            let name = Some((field.api_name().to_string(), self.under_name(field)));
            let key = field
                .is_relation()
                .then(|| (field.value_key(), under_key(field)));
            name.into_iter().chain(key)
        });
        let own = own.filter_map(|(key, attribute)| Some((key, attribute?)));
        let inverses = self.inverses.iter();
        own.chain(
            inverses.map(|(key, inverse)| {
                (key.to_string(), Attribute::ToMany(inverse.to_many.clone()))
            }),
        )
    }

    /// Every name that can be asked for, in order.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let own = self.fields.values().flat_map(|field| field.keys());
        own.chain(self.inverses.keys().map(ToString::to_string))
    }

    /// A many-to-many field of this object as a relation to walk.
    #[must_use]
    pub fn link(&self, field: &Field) -> Option<ToMany> {
        Some(ToMany {
            key: field.definition.api_name.clone(),
            target: field.linked()?.clone(),
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
        let fields = self.fields.values();
        fields.filter_map(|field| field.storage.target())
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
        let offered = self.own_fields().filter_map(|field| {
            let target = field.storage.target()?;
            let inverse = field.storage.inverse()?;
            let via = match field.columns.first() {
                Some(column) => Via::Column(column.name.clone()),
                None => Via::Link {
                    table: self.link_table(field),
                    near: SqlName::join(&["to_id"]),
                    far: SqlName::join(&["from_id"]),
                },
            };
            Some(offer(field, inverse, target, via))
        });
        offered.collect()
    }
}

/// The meaning of the key that a value is written under, which is also read without its relation.
fn under_key(field: &Arc<Field>) -> Option<Attribute<'_>> {
    match field.form() {
        ValueForm::Column(_) => Some(Attribute::Column(field, field.columns.first()?)),
        ValueForm::Composite(components) => Some(Attribute::Composite(field, components)),
        ValueForm::Ids => Some(Attribute::LinkIds(field)),
    }
}
