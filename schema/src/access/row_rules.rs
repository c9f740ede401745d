//! Which records of an object a right is for, and in which of them it reaches a field.

use std::collections::HashMap;
use std::sync::Arc;

use super::Right;
use crate::filter::Filter;
use crate::ident::ApiName;
use crate::object::{Field, Object};

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

    /// Whether some records that the caller meets show null for a field that has a value: those that its rule or the object's does not
    /// match (a record may not be seen any more once it is written), and where it is a relation, those that lead to a hidden record.
    #[must_use]
    pub fn may_hide(&self, object: &Object, field: &Field) -> bool {
        let limits = |object: &ApiName| self.get(object, Right::Read).is_some();
        let name = object.api_name();
        let target = field.to_one().map(|to_one| to_one.target);
        let own = self.get_on(name, field.api_name(), Right::Read);
        own.is_some() || (!field.system && limits(name)) || target.as_ref().is_some_and(limits)
    }

    /// The rule on a field; none where it is for the same records as the right on the object.
    #[must_use]
    pub fn get_on(&self, object: &ApiName, field: &ApiName, right: Right) -> Option<&Arc<Filter>> {
        self.fields.get(&(object.clone(), field.clone(), right))
    }
}
