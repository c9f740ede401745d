//! The model as a caller sees it: a smaller model. What is hidden is not in it, and so it is unknown to whatever reads the view.

use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Right;
use super::area::Area;
use super::grants::{AccessKey, Grants};
use super::permissions::Permission;
use super::row_rules::RowRules;
use crate::filter::Filter;
use crate::model::Model;
use crate::naming::Spelling;
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
            rules: rules(whole, grants),
            grants: Arc::clone(grants),
        }
    }

    /// The same view, with these rules on its records.
    #[must_use]
    pub fn with_rules(self, rules: RowRules) -> Self {
        Self { rules, ..self }
    }

    #[must_use]
    pub fn key(&self) -> AccessKey {
        self.grants.key()
    }

    /// Whether the caller has a right on an object, if only for some of its records or fields.
    #[must_use]
    pub fn may(&self, object: &Object, right: Right) -> bool {
        let exists = right == Right::Read || !object.read_only;
        // The users are read by all who read anything: records name them.
        let granted = if object.read_only {
            self.grants.somewhere(right)
        } else {
            self.grants.on(object.api_name(), right).next().is_some()
        };
        exists && granted
    }

    /// As [`View::may`], for the values of a field.
    #[must_use]
    pub fn may_on(&self, object: &Object, field: &Field, right: Right) -> bool {
        let exists = right == Right::Read || field.writable();
        let granted = || {
            object.read_only || field.system || self.grants.has_on(object.api_name(), field, right)
        };
        exists && self.may(object, right) && granted()
    }

    /// The values that a write sets, by key. Every role with the right has to set a value; the first role's counts. A value of
    /// one role alone would reach the records of the others.
    #[must_use]
    pub(super) fn presets(&self, object: &Object, right: Right) -> BTreeMap<&str, &Json> {
        let mut granting = self.grants.on(object.api_name(), right);
        let Some(first) = granting.next() else {
            return BTreeMap::new();
        };
        let presets = first.presets.iter();
        let by_all = |key: &str| {
            granting
                .clone()
                .all(|other| other.presets.contains_key(key))
        };
        let presets = presets.filter(|(key, _)| by_all(key));
        presets.map(|(key, value)| (key.as_str(), value)).collect()
    }

    /// Whether the caller may know of objects at all.
    #[must_use]
    pub fn knows_objects(&self) -> bool {
        self.may_change_model() || self.grants.any()
    }

    /// Whether the caller may change the model, and so knows all of it.
    #[must_use]
    pub fn may_change_model(&self) -> bool {
        self.grants.administer(Area::Model)
    }

    #[must_use]
    pub fn administers(&self, area: Area) -> bool {
        self.grants.administer(area)
    }

    /// Whether the caller has a right on any object.
    #[must_use]
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.grants.somewhere(right)
    }
}

fn seen(whole: &Arc<Model>, grants: &Grants) -> Arc<Model> {
    if grants.administer(Area::Model) {
        return Arc::clone(whole);
    }
    // The users are in every view: records name them.
    let knows = |object: &Object| object.read_only || grants.any_on(object.api_name());
    let knows_field = |object: &Object, field: &Field| {
        field.system || object.read_only || grants.knows(object.api_name(), field)
    };
    whole.part(knows, knows_field)
}

/// The rules of all roles: the records that any of them grants.
fn rules(whole: &Model, grants: &Grants) -> RowRules {
    let mut rules = RowRules::default();
    for object in whole.objects() {
        if object.read_only {
            continue;
        }
        for right in Right::ALL {
            let granting = grants.on(object.api_name(), right);
            if right == Right::Read && granting.clone().next().is_none() {
                // Callers may know of it all the same: by what they write, or because they change the model.
                rules.put(object.api_name().clone(), right, nothing());
                continue;
            }
            if let Some(rule) = any(whole, object, granting.clone()) {
                rules.put(object.api_name().clone(), right, rule);
            }
            let all = granting.clone().count();
            for field in object.own_fields() {
                let reaching = granting.clone().filter(|granted| granted.reaches(field));
                let reached = reaching.clone().count();
                if reached == all {
                    continue;
                }
                // Who changes the model knows of fields that they may not read.
                if right == Right::Read && reached == 0 && grants.administer(Area::Model) {
                    let name = field.api_name().clone();
                    rules.put_on(object.api_name().clone(), name, right, nothing());
                }
                if let Some(rule) = any(whole, object, reaching) {
                    let name = field.api_name().clone();
                    rules.put_on(object.api_name().clone(), name, right, rule);
                }
            }
        }
    }
    rules
}

/// A rule that no record matches.
const fn nothing() -> Filter {
    Filter::Any(Vec::new())
}

/// The records that any of these is for; `None` where one is for all, or there are none.
fn any<'p>(
    whole: &Model,
    object: &Object,
    granting: impl Iterator<Item = &'p Permission>,
) -> Option<Filter> {
    let mut filters = Vec::new();
    for permission in granting {
        // A rule that does not fit the model is for no record.
        let read = |filter| Filter::parse(whole, object, filter, Spelling::Snake);
        match read(permission.filter.as_ref()?) {
            Ok(filter) if filters.contains(&filter) => {}
            Ok(filter) => filters.push(filter),
            Err(_) => filters.push(nothing()),
        }
    }
    match filters.len() {
        0 => None,
        1 => filters.pop(),
        _ => Some(Filter::Any(filters)),
    }
}
