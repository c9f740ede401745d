//! One object, compiled: its table, its columns, and what each name on it means.

use indexmap::IndexMap;
use serde_json::{Value as Json, json};
use std::sync::{Arc, LazyLock, OnceLock};

use crate::column::{Column, ColumnType, SqlName};
use crate::definition::{FieldDefinition, InverseDefinition, ObjectHead};
use crate::field_type::{
    Component, FieldType, FieldTypes, OnDelete, Settings, Storage, Target,
};
use crate::ident::{ApiName, FieldId, ObjectId};
use crate::model::UnknownFieldType;
use crate::scalar::Scalar;
use crate::validator::Validator;
use crate::violation::Violation;

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
    pub definition: FieldDefinition,
    pub origin: Origin,
}

/// Who made a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An admin of the tenant.
    Tenant,
    /// A module's built-in object.
    Module(ApiName),
}

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

#[derive(Debug)]
pub struct Field {
    pub id: FieldId,
    pub definition: FieldDefinition,
    pub origin: Origin,
    pub field_type: Arc<dyn FieldType>,
    pub storage: Storage,
    /// The columns on the object's own table, in the storage's order.
    pub columns: Vec<Column>,
    /// One of the fields that every object has; the server fills it.
    pub system: bool,
    validator: OnceLock<Validator>,
}

/// The way back from a relation's target.
#[derive(Debug, Clone, PartialEq)]
pub struct Inverse {
    pub definition: InverseDefinition,
    /// The object and field the relation was defined on.
    pub object: ApiName,
    pub field: ApiName,
    pub to_many: ToMany,
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

#[derive(Debug, Clone, PartialEq)]
pub struct ToOne {
    pub key: ApiName,
    pub column: SqlName,
    pub target: ApiName,
    /// A record always points at something.
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ToMany {
    pub key: ApiName,
    pub target: ApiName,
    pub via: Via,
}

/// How the records of a to-many relation are found.
#[derive(Debug, Clone, PartialEq)]
pub enum Via {
    /// A column of theirs points here.
    Column(SqlName),
    /// Rows of a link table join `near`, this record, with `far`, the other.
    Link {
        table: SqlName,
        near: SqlName,
        far: SqlName,
    },
}

impl Object {
    pub(crate) fn compile(
        types: &FieldTypes,
        source: Arc<ObjectSource>,
    ) -> Result<Self, UnknownFieldType> {
        let mut fields: IndexMap<ApiName, Arc<Field>> = IndexMap::new();
        let (first, last) = SYSTEM_FIELDS.split_at(1);
        let mut put = |field: Arc<Field>| fields.insert(field.definition.api_name.clone(), field);
        first.iter().cloned().for_each(|field| {
            put(field);
        });
        for field in &source.fields {
            put(Arc::new(Field::compile(types, field)?));
        }
        last.iter().cloned().for_each(|field| {
            put(field);
        });
        Ok(Self {
            table: SqlName::from(&source.head.api_name),
            source,
            fields,
            inverses: IndexMap::new(),
            read_only: false,
        })
    }

    /// The tenant's users, as an object like any other.
    pub(crate) fn users() -> Arc<Self> {
        static USERS: LazyLock<Arc<Object>> = LazyLock::new(|| {
            let source: ObjectSource = users_source();
            let mut object = Object::compile(&FieldTypes::builtin(), Arc::new(source))
                .expect("the users' fields have built-in types");
            object.table = SqlName::join(&["_users"]);
            object.read_only = true;
            Arc::new(object)
        });
        USERS.clone()
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
        SqlName::join(&["_link", self.api_name().as_str(), field.definition.api_name.as_str()])
    }

    /// The objects that this one's relations point at.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &ApiName> {
        self.fields.values().filter_map(|field| match &field.storage {
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

impl Field {
    fn compile(types: &FieldTypes, source: &FieldSource) -> Result<Self, UnknownFieldType> {
        let definition = source.definition.clone();
        let field_type = types
            .get(&definition.field_type)
            .cloned()
            .ok_or_else(|| UnknownFieldType(definition.field_type.clone()))?;
        let storage = field_type.storage(&definition.settings);
        let name = definition.api_name.as_str();
        let column = |name: SqlName, column_type: &ColumnType, not_null: bool| Column {
            name,
            column_type: column_type.clone(),
            not_null,
        };
        let required = definition.required;
        let columns = match &storage {
            Storage::Column(column_type) => {
                let not_null = required || column_type.numbering.is_some();
                vec![column(SqlName::from(&definition.api_name), column_type, not_null)]
            }
            Storage::Components(components) => components
                .iter()
                .map(|component| {
                    let name = SqlName::join(&[name, component.name]);
                    column(name, &component.column_type, required && component.required)
                })
                .collect(),
            Storage::ToOne(_) => {
                let name = SqlName::join(&[&format!("{name}_id")]);
                vec![column(name, &ColumnType::of(Scalar::Uuid), required)]
            }
            Storage::ManyToMany(_) => Vec::new(),
        };
        Ok(Self {
            id: source.id,
            definition,
            origin: source.origin.clone(),
            field_type,
            storage,
            columns,
            system: false,
            validator: OnceLock::new(),
        })
    }

    #[must_use]
    pub fn api_name(&self) -> &ApiName {
        &self.definition.api_name
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.definition.settings
    }

    /// The name under which a value is written and plainly read.
    #[must_use]
    pub fn value_key(&self) -> String {
        let name = self.definition.api_name.as_str();
        match self.storage {
            Storage::ToOne(_) => format!("{name}_id"),
            Storage::ManyToMany(_) => format!("{name}_ids"),
            Storage::Column(_) | Storage::Components(_) => name.to_owned(),
        }
    }

    /// Every name this field takes on its object.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let name = self.definition.api_name.to_string();
        match self.storage {
            Storage::ToOne(_) | Storage::ManyToMany(_) => vec![self.value_key(), name],
            Storage::Column(_) | Storage::Components(_) => vec![name],
        }
    }

    /// Whether callers may give a value.
    #[must_use]
    pub fn writable(&self) -> bool {
        !self.system && self.columns.iter().all(|c| c.column_type.numbering.is_none())
    }

    /// This field as a relation to one record.
    #[must_use]
    pub fn to_one(&self) -> Option<ToOne> {
        let Storage::ToOne(reference) = &self.storage else {
            return None;
        };
        Some(ToOne {
            key: self.definition.api_name.clone(),
            column: self.columns[0].name.clone(),
            target: match &reference.target {
                Target::Object(name) => name.clone(),
                Target::Users => Object::users().api_name().clone(),
            },
            required: self.definition.required,
        })
    }

    /// What becomes of records whose target is destroyed: one that must point at something cannot be emptied.
    #[must_use]
    pub fn on_delete(&self) -> OnDelete {
        match &self.storage {
            Storage::ToOne(reference) if reference.on_delete != OnDelete::SetNull => {
                reference.on_delete
            }
            _ if self.definition.required => OnDelete::Restrict,
            _ => OnDelete::SetNull,
        }
    }

    /// JSON Schema of a value that is not null.
    #[must_use]
    pub fn value_schema(&self) -> Json {
        let mut schema = self.field_type.value_schema(&self.definition.settings);
        // Required text is there to be read: a blank would only look like a value.
        if self.definition.required && schema["type"] == json!("string") && schema.get("minLength").is_none() {
            schema["minLength"] = json!(1);
        }
        schema
    }

    /// Checks a value that is not null and gives its normal form, one JSON value for each column
    /// (for a many-to-many relation, the list of ids).
    ///
    /// # Errors
    /// Everything wrong with it; pointers begin at the value.
    pub fn store(&self, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        let validator = self.validator.get_or_init(|| {
            Validator::new(&self.value_schema())
                .expect("a field type's JSON Schema compiles with settings that were checked")
        });
        let violations = validator.check(value);
        if !violations.is_empty() {
            return Err(violations);
        }
        self.field_type.store(&self.definition.settings, value)
    }
}

/// The fields every object has: `id` first, the others after its own.
static SYSTEM_FIELDS: LazyLock<Vec<Arc<Field>>> = LazyLock::new(|| {
    const FIELDS: [(&str, &str, &str, &str, bool); 7] = [
        ("id", "uuid", "Id", "Идентификатор", true),
        ("created_at", "datetime", "Created at", "Создано", true),
        ("updated_at", "datetime", "Updated at", "Изменено", true),
        ("created_by", "uuid", "Created by", "Кем создано", false),
        ("updated_by", "uuid", "Updated by", "Кем изменено", false),
        ("deleted_at", "datetime", "Deleted at", "Удалено", false),
        ("version", "integer", "Version", "Версия", true),
    ];
    FIELDS
        .iter()
        .map(|(api_name, field_type, name, russian, required)| {
            let source = builtin_field(api_name, field_type, name, russian, *required);
            let mut field = Field::compile(&FieldTypes::builtin(), &source)
                .expect("the fields of every object have built-in types");
            field.system = true;
            Arc::new(field)
        })
        .collect()
});

fn builtin_field(
    api_name: &str,
    field_type: &str,
    name: &str,
    russian: &str,
    required: bool,
) -> FieldSource {
    let body = json!({
        "api_name": api_name, "type": field_type, "name": name, "required": required,
        "translations": {"ru": {"name": russian}},
    });
    FieldSource {
        id: FieldId(uuid::Uuid::nil()),
        definition: FieldDefinition::parse(body).expect("a definition of our own is well formed"),
        origin: Origin::Tenant,
    }
}

fn users_source() -> ObjectSource {
    let definition = crate::definition::ObjectDefinition::parse(json!({
        "api_name": "user", "plural_api_name": "users", "name": "User", "plural_name": "Users",
        "icon": "user-round", "label_field": "name",
        "translations": {"ru": {"name": "Пользователь", "plural_name": "Пользователи"}},
    }))
    .expect("a definition of our own is well formed");
    ObjectSource {
        id: ObjectId(uuid::Uuid::nil()),
        head: definition.head,
        fields: vec![
            builtin_field("name", "text", "Name", "Имя", true),
            builtin_field("email", "email", "E-mail", "Электронная почта", true),
        ],
        origin: Origin::Tenant,
        position: i32::MAX,
    }
}
