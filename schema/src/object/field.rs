//! One field, compiled: its type, its columns, and the values it takes.

use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::Object;
use super::relation::ToOne;
use super::source::{FieldSource, Origin};
use crate::column::Column;
use crate::definition::FieldDefinition;
use crate::field_type::FieldType;
use crate::field_types::{FieldTypes, UnknownFieldType};
use crate::function::Function;
use crate::ident::{ApiName, FieldId};
use crate::settings::Settings;
use crate::storage::{Component, OnDelete, Storage, ValueForm};
use crate::text;
use crate::validator::Validator;
use crate::violation::Violation;

#[derive(Debug)]
pub struct Field {
    pub id: FieldId,
    pub definition: Arc<FieldDefinition>,
    pub origin: Origin,
    pub field_type: Arc<dyn FieldType>,
    pub storage: Storage,
    /// The columns on the object's own table, in the storage's order.
    pub columns: Vec<Column>,
    /// One of the fields that every object has; the server fills it.
    pub system: bool,
    validator: OnceLock<Validator>,
    /// As `validator`, for a change.
    change_validator: OnceLock<Validator>,
}

impl Field {
    pub(super) fn compile(
        types: &FieldTypes,
        source: &FieldSource,
    ) -> Result<Self, UnknownFieldType> {
        let name = &source.definition.field_type;
        let field_type = types.get(name).cloned();
        let field_type = field_type.ok_or_else(|| UnknownFieldType(name.clone()))?;
        Ok(Self::of(field_type, source))
    }

    /// A field of a type, whose name its definition gives.
    pub(super) fn of(field_type: Arc<dyn FieldType>, source: &FieldSource) -> Self {
        let definition = Arc::clone(&source.definition);
        let storage = field_type.storage(&definition.settings);
        let columns = storage.columns(&definition.api_name, definition.required);
        Self {
            id: source.id,
            definition,
            origin: source.origin.clone(),
            field_type,
            storage,
            columns,
            system: false,
            validator: OnceLock::new(),
            change_validator: OnceLock::new(),
        }
    }

    #[must_use]
    pub fn api_name(&self) -> &ApiName {
        &self.definition.api_name
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.definition.settings
    }

    /// The object on the other end of a relation, which a field of `object` is.
    pub(crate) fn target(&self, object: &Object) -> Option<ApiName> {
        let to_one = self.to_one().map(|relation| relation.target);
        to_one.or_else(|| object.link(self).map(|link| link.target))
    }

    /// Whether it has this api name, or its value this key.
    #[must_use]
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let rest = name.strip_prefix(self.api_name().as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest == self.storage.key_suffix())
    }

    /// The name under which a value is written and plainly read.
    #[must_use]
    pub fn value_key(&self) -> String {
        format!("{}{}", self.api_name(), self.storage.key_suffix())
    }

    /// Every name this field takes on its object.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let name = self.api_name().to_string();
        if self.storage.key_suffix().is_empty() {
            vec![name]
        } else {
            vec![self.value_key(), name]
        }
    }

    /// The form of the value under [`Field::value_key`].
    #[must_use]
    pub fn form(&self) -> ValueForm<'_> {
        self.storage.form()
    }

    /// Whether its values are other records.
    #[must_use]
    pub const fn is_relation(&self) -> bool {
        self.storage.reference().is_some() || self.storage.link().is_some()
    }

    /// The object whose records a many-to-many relation joins with this one's.
    #[must_use]
    pub fn linked(&self) -> Option<&ApiName> {
        self.storage.link().map(|link| &link.target)
    }

    /// The columns that `q` and search look through; none where the field is not `searchable`.
    pub fn searched_columns(&self) -> impl Iterator<Item = &Column> {
        let searchable = self.settings().flag("searchable");
        self.columns.iter().filter(move |column| {
            searchable && column.column_type.scalar.is_text() && !column.column_type.list
        })
    }

    /// Whether callers may give a value.
    #[must_use]
    pub fn writable(&self) -> bool {
        !self.system
            && self
                .columns
                .iter()
                .all(|c| c.column_type.numbering.is_none())
    }

    /// The one column of a composite value that holds an amount, of which its sum is the sum. The other columns are its unit:
    /// amounts in different units are not added.
    #[must_use]
    pub fn measure(&self) -> Option<&Column> {
        let adds = |column: &&Column| {
            let possible = self.field_type.aggregates(&column.column_type);
            possible.contains(&Function::Sum)
        };
        let mut amounts = self.columns.iter().filter(adds);
        let only = amounts.next()?;
        (self.columns.len() > 1 && amounts.next().is_none()).then_some(only)
    }

    /// This field as a relation to one record.
    #[must_use]
    pub fn to_one(&self) -> Option<ToOne> {
        let reference = self.storage.reference()?;
        Some(ToOne {
            key: self.definition.api_name.clone(),
            column: self.columns[0].name.clone(),
            target: reference.target.object_name(),
            required: self.definition.required,
        })
    }

    /// The fate of records whose target is destroyed. A required relation cannot be emptied.
    #[must_use]
    pub fn on_delete(&self) -> OnDelete {
        match self.storage.reference() {
            Some(reference) if reference.on_delete != OnDelete::SetNull => reference.on_delete,
            _ if self.definition.required => OnDelete::Restrict,
            _ => OnDelete::SetNull,
        }
    }

    /// JSON Schema of a value that is not null.
    #[must_use]
    pub fn value_schema(&self) -> Json {
        let mut schema = self.field_type.value_schema(&self.definition.settings);
        // Required text is there to be read: a blank would only look like a value.
        if self.definition.required
            && schema["type"] == json!("string")
            && schema.get("minLength").is_none()
        {
            schema["minLength"] = json!(1);
        }
        schema
    }

    /// JSON Schema of a change of a value to one that is not null: of a composite any of its parts, and null for those to be
    /// emptied.
    #[must_use]
    pub fn change_schema(&self) -> Json {
        let mut schema = self.value_schema();
        if !self.components().is_empty()
            && let Some(keywords) = schema.as_object_mut()
        {
            keywords.shift_remove("required");
            keywords.shift_remove("minProperties");
            let parts = keywords.get_mut("properties").and_then(Json::as_object_mut);
            parts
                .into_iter()
                .flatten()
                .for_each(|(_, part)| may_be_null(part));
        }
        schema
    }

    /// The parts of a composite value; none for any other.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        self.storage.components()
    }

    /// Checks a change to a value that is not null and gives its normal form as [`Field::store`] does. An absent part of a
    /// composite is `None`.
    ///
    /// # Errors
    /// Everything wrong with it; pointers begin at the value.
    pub fn change(&self, value: &Json) -> Result<Vec<Option<Json>>, Vec<Violation>> {
        let components = self.components();
        if components.is_empty() {
            let values = self.store(value)?;
            return Ok(values.into_iter().map(Some).collect());
        }
        let validator = self.change_validator.get_or_init(|| {
            Validator::new(&self.change_schema()).expect("it compiles as that of the whole value")
        });
        let violations = validator.check(value);
        if !violations.is_empty() {
            return Err(violations);
        }
        self.field_type.store_parts(components, value)
    }

    /// Checks a value that is not null and gives its normal form, one JSON value for each column
    /// (for a many-to-many relation, the list of ids). Several records may have no value in a unique field, so an empty text
    /// becomes null there.
    ///
    /// # Errors
    /// Everything wrong with it; pointers begin at the value.
    pub fn store(&self, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        let validator = self.validator.get_or_init(|| {
            Validator::new(&self.value_schema())
                .expect("a field type's JSON Schema compiles with settings that were checked")
        });
        let value = &*self.composed(value);
        let violations = validator.check(value);
        if !violations.is_empty() {
            return Err(violations);
        }
        let mut values = self
            .field_type
            .store(&self.definition.settings, &self.storage, value)?;
        for (value, column) in values.iter_mut().zip(&self.columns) {
            if self.definition.unique
                && column.column_type.scalar.is_text()
                && value.as_str() == Some("")
            {
                *value = Json::Null;
            }
        }
        Ok(values)
    }

    /// A value with its texts composed, so that a text has one form; a document stays as it was sent.
    fn composed<'v>(&self, value: &'v Json) -> Cow<'v, Json> {
        let mut columns = self.columns.iter();
        if columns.any(|column| column.column_type.scalar.is_document()) {
            return Cow::Borrowed(value);
        }
        text::compose(value)
    }
}

fn may_be_null(schema: &mut Json) {
    let mut types = match schema["type"].take() {
        Json::Array(types) => types,
        one => vec![one],
    };
    if !types.contains(&json!("null")) {
        types.push(json!("null"));
    }
    schema["type"] = Json::Array(types);
}
