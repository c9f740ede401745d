//! An object as a caller gives values to its records.

use serde_json::Value as Json;
use std::sync::Arc;

use super::Right;
use super::view::View;
use crate::filter::variable::Variable;
use crate::object::{Field, Object};

/// The values that a caller may give to records of an object, and those that their role gives.
#[derive(Debug, Clone)]
pub struct Input<'v> {
    /// As the caller knows it.
    pub(crate) seen: &'v Object,
    /// With all that a record has.
    pub(crate) whole: &'v Object,
    access: Option<(&'v View, &'v [Right])>,
    /// Of new records and of changes, by key.
    presets: [Vec<(String, Json)>; 2],
}

impl<'v> Input<'v> {
    /// With the rights that a write needs: `Create`, `Update` or both. `variables` gives the value that a variable has in this
    /// request.
    #[must_use]
    pub fn of(
        view: &'v View,
        (seen, whole): (&'v Object, &'v Object),
        rights: &'v [Right],
        variables: &dyn Fn(Variable) -> Option<Json>,
    ) -> Self {
        let resolved = |right| {
            if !rights.contains(&right) {
                return Vec::new();
            }
            let presets = view.presets(whole, right).into_iter();
            let resolve = |(key, value): (&str, &Json)| {
                let variable = value.as_str().and_then(Variable::parse);
                let value = variable
                    .and_then(variables)
                    .unwrap_or_else(|| value.clone());
                (key.to_owned(), value)
            };
            presets.map(resolve).collect()
        };
        Self {
            seen,
            whole,
            access: Some((view, rights)),
            presets: [resolved(Right::Create), resolved(Right::Update)],
        }
    }

    /// Whether the caller may give a field a value.
    pub(crate) fn may_give(&self, field: &Field) -> bool {
        self.access.is_none_or(|(view, rights)| {
            let mut rights = rights.iter();
            rights.all(|right| view.may_on(self.whole, field, *right))
        })
    }

    pub(crate) fn presets(&self, creating: bool) -> &[(String, Json)] {
        &self.presets[usize::from(!creating)]
    }
}

/// With all rights.
impl<'v> From<&'v Object> for Input<'v> {
    fn from(object: &'v Object) -> Self {
        Self {
            seen: object,
            whole: object,
            access: None,
            presets: [Vec::new(), Vec::new()],
        }
    }
}

impl<'v> From<&'v Arc<Object>> for Input<'v> {
    fn from(object: &'v Arc<Object>) -> Self {
        Self::from(&**object)
    }
}
