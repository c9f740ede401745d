//! Which records of an object a right is for, and in which of them it reaches a field.

use std::collections::HashMap;
use std::sync::Arc;

use super::Right;
use crate::filter::Filter;
use crate::ident::ApiName;

/// The row rules of a caller: filters that records have to match, read on the whole model. Where there is none, a right is for
/// every record.
#[derive(Debug, Clone, Default)]
pub struct RowRules {
    objects: HashMap<(ApiName, Right), Arc<Filter>>,
    /// By object, field and right.
    fields: HashMap<(ApiName, ApiName, Right), Arc<Filter>>,
}

impl RowRules {
    /// Limits a right on an object to the records that match a filter.
    pub fn put(&mut self, object: ApiName, right: Right, rule: Filter) {
        self.objects.insert((object, right), Arc::new(rule));
    }

    /// Limits a right on a field to the records that match a filter. It is for fewer records than the right on the object.
    pub fn put_on(&mut self, object: ApiName, field: ApiName, right: Right, rule: Filter) {
        self.fields.insert((object, field, right), Arc::new(rule));
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.fields.is_empty()
    }

    #[must_use]
    pub fn get(&self, object: &ApiName, right: Right) -> Option<&Arc<Filter>> {
        self.objects.get(&(object.clone(), right))
    }

    /// The rule on a field; none where it is for the same records as the right on the object.
    #[must_use]
    pub fn get_on(&self, object: &ApiName, field: &ApiName, right: Right) -> Option<&Arc<Filter>> {
        self.fields.get(&(object.clone(), field.clone(), right))
    }
}
