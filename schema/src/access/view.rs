//! The model as a caller sees it: a smaller model. What is hidden is not in it, and so it is unknown to whatever reads the view.

use std::sync::Arc;

use super::Right;
use super::grants::{AccessKey, Grants};
use super::row_rules::RowRules;
use crate::model::Model;
use crate::object::{Field, Object};

/// What callers of one access key see of a model.
#[derive(Debug, Clone)]
pub struct View {
    /// The model without hidden objects and fields. The whole model itself where nothing is hidden.
    pub model: Arc<Model>,
    pub rules: RowRules,
    grants: Arc<Grants>,
}

impl View {
    #[must_use]
    pub fn of(whole: &Arc<Model>, grants: &Arc<Grants>) -> Self {
        Self {
            model: seen(whole, grants),
            rules: RowRules::default(),
            grants: Arc::clone(grants),
        }
    }

    /// The same view, with rules on its records.
    #[must_use]
    pub fn with_rules(self, rules: RowRules) -> Self {
        Self { rules, ..self }
    }

    #[must_use]
    pub fn key(&self) -> AccessKey {
        self.grants.key()
    }

    /// Whether the caller has a right on an object, be it for some of its records or fields only.
    #[must_use]
    pub fn may(&self, object: &Object, right: Right) -> bool {
        let exists = right == Right::Read || !object.read_only;
        exists && self.grants.on(object.api_name()).has(right)
    }

    /// As [`View::may`], for the values of a field.
    #[must_use]
    pub fn may_on(&self, object: &Object, field: &Field, right: Right) -> bool {
        let exists = right == Right::Read || field.writable();
        let granted = || {
            let grants = self.grants.on(object.api_name());
            field.system || grants.has_on(right, field.api_name())
        };
        exists && self.may(object, right) && granted()
    }

    /// Whether the caller may know of objects at all.
    #[must_use]
    pub fn knows_objects(&self) -> bool {
        self.may_change_model() || self.grants.any()
    }

    /// Whether the caller may change the model, and so knows all of it.
    #[must_use]
    pub fn may_change_model(&self) -> bool {
        self.grants.model()
    }

    /// Whether the caller has a right on any object.
    #[must_use]
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.grants.somewhere(right)
    }
}

fn seen(whole: &Arc<Model>, grants: &Grants) -> Arc<Model> {
    if grants.model() {
        return Arc::clone(whole);
    }
    // The users are in every view: records name them.
    let knows = |object: &Object| object.read_only || grants.on(object.api_name()).any();
    let knows_field = |object: &Object, field: &Field| {
        field.system || grants.on(object.api_name()).knows(field.api_name())
    };
    whole.part(knows, knows_field)
}
