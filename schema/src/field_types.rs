//! The built-in field types, one file each, and the registry of the types that a tenant has.
//!
//! To add one: write its file and name it in [`all`]. `choice`, `numeric`, `related` and `textual` are shared by several types.

use indexmap::IndexMap;
use std::sync::{Arc, LazyLock};

use crate::field_type::FieldType;
use crate::ident::ApiName;

pub mod address;
pub mod auto_number;
pub mod boolean;
mod choice;
pub mod currency;
pub mod date;
pub mod datetime;
pub mod decimal;
pub mod duration;
pub mod email;
pub mod float;
pub mod full_name;
pub mod integer;
pub mod json;
pub mod long_text;
pub mod many_to_many;
pub mod multi_select;
mod numeric;
pub mod percent;
pub mod phone;
pub mod rating;
mod related;
pub mod relation;
pub mod select;
pub mod text;
mod textual;
pub mod time;
pub mod url;
pub mod user;
pub mod uuid;

/// Every built-in field type, in the order people are offered them.
#[must_use]
pub fn all() -> Vec<Arc<dyn FieldType>> {
    vec![
        Arc::new(text::Text),
        Arc::new(long_text::LongText),
        Arc::new(integer::Integer),
        Arc::new(decimal::Decimal),
        Arc::new(float::Float),
        Arc::new(currency::Currency),
        Arc::new(percent::Percent),
        Arc::new(boolean::Boolean),
        Arc::new(date::Date),
        Arc::new(datetime::DateTime),
        Arc::new(time::Time),
        Arc::new(duration::Duration),
        Arc::new(select::Select),
        Arc::new(multi_select::MultiSelect),
        Arc::new(email::Email),
        Arc::new(phone::Phone),
        Arc::new(url::Url),
        Arc::new(uuid::Uuid),
        Arc::new(json::JsonDocument),
        Arc::new(address::Address),
        Arc::new(full_name::FullName),
        Arc::new(rating::Rating),
        Arc::new(auto_number::AutoNumber),
        Arc::new(user::User),
        Arc::new(relation::Relation),
        Arc::new(many_to_many::ManyToMany),
    ]
}

/// The field types that a model can be made of, by name: the built-in ones, and a tenant's own.
#[derive(Debug, Clone)]
pub struct FieldTypes(IndexMap<Box<str>, Arc<dyn FieldType>>);

impl FieldTypes {
    /// The built-in types, which all tenants without types of their own share. A model knows its types: ask
    /// [`Model::types`](crate::model::Model::types) where there is one.
    #[must_use]
    pub fn builtin() -> Arc<Self> {
        static BUILTIN: LazyLock<Arc<FieldTypes>> = LazyLock::new(|| {
            let named = all().into_iter().map(|t| (t.name().into(), t));
            Arc::new(FieldTypes(named.collect()))
        });
        BUILTIN.clone()
    }

    /// These types, and a tenant's own behind them.
    ///
    /// # Errors
    /// The first of its own types that has no name of its own.
    pub fn with(
        &self,
        own: impl IntoIterator<Item = Arc<dyn FieldType>>,
    ) -> Result<Self, BadTypeName> {
        let mut types = self.clone();
        for field_type in own {
            let name: Box<str> = field_type.name().into();
            if !is_qualified(&name) {
                return Err(BadTypeName::NotQualified(name.into()));
            }
            if types.0.contains_key(&name) {
                return Err(BadTypeName::Taken(name.into()));
            }
            types.0.insert(name, field_type);
        }
        Ok(types)
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn FieldType>> {
        self.0.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn FieldType>> {
        self.0.values()
    }

    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(|name| &**name).collect()
    }
}

/// Whether it is two names with a point between, such as `bank.iban`. No built-in type has such a name.
fn is_qualified(name: &str) -> bool {
    let parts = name.split_once('.');
    parts.is_some_and(|(of, own)| ApiName::parse(of).is_ok() && ApiName::parse(own).is_ok())
}

/// A tenant's own type cannot have this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTypeName {
    #[error("the field type `{0}` needs a name of two parts, such as `bank.iban`")]
    NotQualified(String),
    #[error("there is a field type `{0}` already")]
    Taken(String),
}

/// The type of a stored field is not one of the tenant's: its plugin is gone.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the field type `{0}` is not known")]
pub struct UnknownFieldType(pub String);
