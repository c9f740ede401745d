//! The conditions on a composite value as a whole, even where a change names few of its parts.

use crate::object::Field;
use crate::storage::Component;
use crate::violation::{Pointer, Violation};

/// Something that a composite value must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// Where there is any part, the one of this place.
    Part(usize),
    /// Any part: the field is required.
    Any,
}

impl Demand {
    /// The demands on the values of a field.
    #[must_use]
    pub fn of(field: &Field) -> Vec<Self> {
        let components = field.components();
        let parts = components.iter().enumerate();
        let required = |(index, component): (usize, &Component)| {
            component.required.then_some(Self::Part(index))
        };
        let mut demands: Vec<_> = parts.filter_map(required).collect();
        if field.definition.required && !components.is_empty() {
            demands.push(Self::Any);
        }
        demands
    }

    /// Whether a value of this number of parts does not meet it.
    pub(crate) fn fails(self, parts: usize, is_empty: impl Fn(usize) -> bool) -> bool {
        let nothing = (0..parts).all(&is_empty);
        match self {
            Self::Part(index) => is_empty(index) && !nothing,
            Self::Any => nothing,
        }
    }

    /// The violation by a value that does not meet it; the pointer begins at the value.
    #[must_use]
    pub fn violation(self, field: &Field) -> Violation {
        match self {
            Self::Part(index) => {
                let name = &*field.components()[index].name;
                let message = format!("`{name}` is missing: a value has it, or is null as a whole");
                Violation::new(Pointer::root().key(name), "required", message)
            }
            Self::Any => {
                let message = format!("{} is required", field.definition.name);
                Violation::new(Pointer::root(), "required", message)
            }
        }
    }
}
