//! The built-in field types, one file each.
//!
//! To add one: write its file and name it in [`all`]. `choice`, `numeric`, `related` and `textual` hold
//! what several types share.

use indexmap::IndexMap;
use std::sync::{Arc, LazyLock};

use crate::field_type::FieldType;

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

/// The field types there are, by name.
#[derive(Debug)]
pub struct FieldTypes(IndexMap<&'static str, Arc<dyn FieldType>>);

impl FieldTypes {
    #[must_use]
    pub fn builtin() -> Arc<Self> {
        static BUILTIN: LazyLock<Arc<FieldTypes>> =
            LazyLock::new(|| Arc::new(FieldTypes::of(all())));
        BUILTIN.clone()
    }

    #[must_use]
    pub fn of(types: Vec<Arc<dyn FieldType>>) -> Self {
        Self(types.into_iter().map(|t| (t.name(), t)).collect())
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn FieldType>> {
        self.0.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn FieldType>> {
        self.0.values()
    }

    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }
}

/// A stored field has a type that this server does not know (a plugin that is gone).
#[derive(Debug, Clone, thiserror::Error)]
#[error("the field type `{0}` is not known")]
pub struct UnknownFieldType(pub String);
