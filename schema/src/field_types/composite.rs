//! What the types of several columns share.

use serde_json::Value as Json;

use crate::field_type::{Storage, at_value};
use crate::violation::Violation;

/// Normalises each component by its scalar; an absent one is null.
pub(super) fn store(storage: &Storage, value: &Json) -> Result<Vec<Json>, Vec<Violation>> {
    let Storage::Components(components) = storage else {
        return Ok(Vec::new());
    };
    let mut violations = Vec::new();
    let columns = components
        .iter()
        .map(|component| match &value[component.name] {
            Json::Null => Json::Null,
            part => component
                .column_type
                .scalar
                .normalise(part)
                .unwrap_or_else(|mismatch| {
                    let at = at_value(mismatch).into_iter();
                    violations.extend(at.map(|violation| violation.below(component.name)));
                    Json::Null
                }),
        })
        .collect();
    if violations.is_empty() {
        Ok(columns)
    } else {
        Err(violations)
    }
}
