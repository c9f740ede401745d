//! The storage of a field's values: columns of the object's table, or a table of links.
//!
//! The kinds of storage are known to this file alone. Other code asks for what it needs: the columns, the form of a value, the
//! object that a relation leads to. So a further kind is a change here.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;

use crate::column::{Column, ColumnType, SqlName};
use crate::definition::InverseDefinition;
use crate::ident::ApiName;
use crate::mismatch::{Mismatch, at_value};
use crate::scalar::Scalar;
use crate::title::Title;
use crate::violation::{Violation, is_enough};

/// The storage of a field's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Column(ColumnType),
    Components(Vec<Component>),
    ToOne(Reference),
    ManyToMany(Link),
}

/// The form of the value that a record has under a field's key.
#[derive(Debug, Clone, Copy)]
pub enum ValueForm<'s> {
    /// The value of one column; of a relation to one record, that record's id.
    Column(&'s ColumnType),
    /// A value of several columns.
    Composite(&'s [Component]),
    /// The ids of any number of records.
    Ids,
}

/// The column of a relation to one record.
static ID: ColumnType = ColumnType::of(Scalar::Uuid);

impl Storage {
    /// One column, named as the field.
    #[must_use]
    pub const fn column(column: ColumnType) -> Self {
        Self(Kind::Column(column))
    }

    /// One column for each component, named `field__component`. There are several.
    #[must_use]
    pub const fn composite(components: Vec<Component>) -> Self {
        Self(Kind::Components(components))
    }

    /// A column `field_id` that points at one record, or one user.
    #[must_use]
    pub const fn to_one(reference: Reference) -> Self {
        Self(Kind::ToOne(reference))
    }

    /// Rows of a table of their own, which join two records.
    #[must_use]
    pub const fn many_to_many(link: Link) -> Self {
        Self(Kind::ManyToMany(link))
    }

    /// The name of its kind in the description of a field type.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match &self.0 {
            Kind::Column(_) => "column",
            Kind::Components(_) => "components",
            Kind::ToOne(_) => "to_one",
            Kind::ManyToMany(_) => "many_to_many",
        }
    }

    #[must_use]
    pub fn form(&self) -> ValueForm<'_> {
        match &self.0 {
            Kind::Column(column) => ValueForm::Column(column),
            Kind::Components(components) => ValueForm::Composite(components),
            Kind::ToOne(_) => ValueForm::Column(&ID),
            Kind::ManyToMany(_) => ValueForm::Ids,
        }
    }

    /// The parts of a composite value; none for any other.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        match &self.0 {
            Kind::Components(components) => components,
            _ => &[],
        }
    }

    /// The record that a value points at.
    #[must_use]
    pub const fn reference(&self) -> Option<&Reference> {
        match &self.0 {
            Kind::ToOne(reference) => Some(reference),
            _ => None,
        }
    }

    /// The records that a many-to-many relation joins with this one.
    #[must_use]
    pub const fn link(&self) -> Option<&Link> {
        match &self.0 {
            Kind::ManyToMany(link) => Some(link),
            _ => None,
        }
    }

    /// The object that a relation leads to; none for the tenant's users, which no definition makes.
    #[must_use]
    pub const fn target(&self) -> Option<&ApiName> {
        match &self.0 {
            Kind::ToOne(reference) => match &reference.target {
                Target::Object(name) => Some(name),
                Target::Users => None,
            },
            Kind::ManyToMany(link) => Some(&link.target),
            Kind::Column(_) | Kind::Components(_) => None,
        }
    }

    /// The way back that a relation offers on its target.
    #[must_use]
    pub const fn inverse(&self) -> Option<&InverseDefinition> {
        match &self.0 {
            Kind::ToOne(reference) => reference.inverse.as_ref(),
            Kind::ManyToMany(link) => link.inverse.as_ref(),
            Kind::Column(_) | Kind::Components(_) => None,
        }
    }

    /// The end of the key that a value is written under, behind the field's name.
    pub(crate) const fn key_suffix(&self) -> &'static str {
        match &self.0 {
            Kind::Column(_) | Kind::Components(_) => "",
            Kind::ToOne(_) => "_id",
            Kind::ManyToMany(_) => "_ids",
        }
    }

    /// The columns of a field on its object's table.
    pub(crate) fn columns(&self, field: &ApiName, required: bool) -> Vec<Column> {
        let column = |name: SqlName, column_type: &ColumnType, not_null: bool| Column {
            name,
            column_type: column_type.clone(),
            not_null,
        };
        match &self.0 {
            Kind::Column(of) => {
                let not_null = required || of.numbering.is_some();
                vec![column(SqlName::from(field), of, not_null)]
            }
            Kind::Components(components) => {
                let columns = components.iter().map(|component| {
                    let name = SqlName::join(&[field.as_str(), &component.name]);
                    let not_null = required && component.required;
                    column(name, &component.column_type, not_null)
                });
                columns.collect()
            }
            Kind::ToOne(_) => {
                let name = SqlName::join(&[&format!("{field}{}", self.key_suffix())]);
                vec![column(name, &ID, required)]
            }
            Kind::ManyToMany(_) => Vec::new(),
        }
    }

    /// JSON Schema of any value that the columns can hold.
    pub(crate) fn json_schema(&self) -> Json {
        match self.form() {
            ValueForm::Column(column) => column.json_schema(),
            ValueForm::Composite(components) => {
                let parts = components
                    .iter()
                    .map(|c| (c.name.to_string(), c.column_type.json_schema()));
                json!({"type": "object", "properties": parts.collect::<Map<_, _>>(), "additionalProperties": false})
            }
            ValueForm::Ids => json!({"type": "array", "items": Scalar::Uuid.json_schema()}),
        }
    }

    /// The normal form of a value that is not composite, by its column's scalar.
    pub(crate) fn normalise(&self, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
        let normal = match self.form() {
            ValueForm::Column(column) if column.list => normal_list(column.scalar, value)?,
            ValueForm::Column(column) => column.scalar.normalise(value).map_err(at_value)?,
            ValueForm::Ids => normal_list(Scalar::Uuid, value)?,
            ValueForm::Composite(_) => unreachable!("its parts are stored one by one"),
        };
        Ok(vec![normal])
    }
}

fn normal_list(scalar: Scalar, value: &Json) -> Result<Json, Vec<Violation>> {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    let items = items.iter().enumerate().map(|(index, item)| {
        let normal = scalar.normalise(item);
        normal.map_err(|mismatch| (index.to_string(), mismatch))
    });
    all(items).map(Json::Array)
}

/// All parts, or the violations of those that are wrong.
pub(crate) fn all<T>(
    parts: impl Iterator<Item = Result<T, (String, Mismatch)>>,
) -> Result<Vec<T>, Vec<Violation>> {
    let mut normal = Vec::new();
    let mut violations = Vec::new();
    for part in parts {
        match part {
            Ok(value) => normal.push(value),
            Err((key, mismatch)) => {
                violations.extend(at_value(mismatch).into_iter().map(|v| v.below(&key)));
                if is_enough(&violations) {
                    break;
                }
            }
        }
    }
    if violations.is_empty() {
        Ok(normal)
    } else {
        Err(violations)
    }
}

/// A part of a composite value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub name: Cow<'static, str>,
    pub title: Title,
    pub column_type: ColumnType,
    /// A composite without this component is no value.
    pub required: bool,
    /// The component of a value that is given without it, in its normal form.
    pub default: Option<Json>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub target: Target,
    pub on_delete: OnDelete,
    pub inverse: Option<InverseDefinition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub target: ApiName,
    pub inverse: Option<InverseDefinition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Object(ApiName),
    /// The tenant's members.
    Users,
}

/// The name of the object of the tenant's members.
pub(crate) const USERS: &str = "user";

impl Target {
    /// The name of the object that the relation points at.
    #[must_use]
    pub fn object_name(&self) -> ApiName {
        match self {
            Self::Object(name) => name.clone(),
            Self::Users => ApiName::parse(USERS).expect("`user` is a name"),
        }
    }
}

/// The fate of a record when the one it points at is destroyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    #[default]
    SetNull,
    Restrict,
    Cascade,
}
