//! Which records of an object a right is for.

use std::collections::HashMap;
use std::sync::Arc;

use super::Right;
use crate::filter::Filter;
use crate::ident::ApiName;

/// The row rules of a caller: filters that records have to match. Where there is none, a right is for every record.
#[derive(Debug, Clone, Default)]
pub struct RowRules(HashMap<ApiName, HashMap<Right, Arc<Filter>>>);

impl RowRules {
    /// Limits a right on an object to the records that match a filter, which was read on the whole model.
    pub fn put(&mut self, object: ApiName, right: Right, rule: Filter) {
        let rules = self.0.entry(object).or_default();
        rules.insert(right, Arc::new(rule));
    }

    #[must_use]
    pub fn get(&self, object: &ApiName, right: Right) -> Option<&Arc<Filter>> {
        self.0.get(object)?.get(&right)
    }
}
