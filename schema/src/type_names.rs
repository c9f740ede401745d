//! Names of the types that APIs make for objects: `Contact`, and with words behind it `ContactFilter`.
//!
//! Whatever a tenant calls its objects, a name stands for one type, and a new object renames nothing that is there:
//! - The types of the platform keep their names. The type of an object `date` is `Date_`.
//! - Of two objects, the one that was made first keeps its names. Beside an older `contact`, the type of an object
//!   `contact_filter` is `ContactFilter_`; beside a younger one, the filter of `contact` is `Contact_Filter`.
//!
//! So names depend on the model alone, and not on the order in which it is read. No object's name has an underscore at these
//! places, so names that give way differ from all others.

use crate::ident::ApiName;
use crate::model::Model;
use crate::naming::{from_pascal, pascal};

/// The names of one API's types.
#[derive(Debug, Clone, Copy)]
pub struct TypeNames<'s> {
    suffixes: &'s [&'s str],
    is_fixed: fn(&Model, &str) -> bool,
}

impl<'s> TypeNames<'s> {
    /// `suffixes` are the words that the API puts behind objects' names, the empty one for the object itself among them;
    /// `is_fixed` says whether a type of this name is the platform's own.
    #[must_use]
    pub const fn new(suffixes: &'s [&'s str], is_fixed: fn(&Model, &str) -> bool) -> Self {
        Self { suffixes, is_fixed }
    }

    /// The type of an object with this suffix.
    #[must_use]
    pub fn of_object(&self, model: &Model, object: &ApiName, suffix: &str) -> String {
        debug_assert!(self.suffixes.contains(&suffix), "{suffix} is listed");
        let stem = pascal(object.as_str());
        let name = format!("{stem}{suffix}");
        if (self.is_fixed)(model, &name) || self.is_of_older(model, object, &name) {
            format!("{stem}_{suffix}")
        } else {
            name
        }
    }

    /// Whether an object that was made before this one has a type of this name.
    fn is_of_older(&self, model: &Model, object: &ApiName, name: &str) -> bool {
        let Some(object) = model.object(object.as_str()) else {
            return false;
        };
        let stems = self.suffixes.iter();
        let mut stems = stems.filter_map(|suffix| name.strip_suffix(suffix));
        stems.any(|stem| {
            let other = from_pascal(stem).and_then(|name| model.object(&name));
            other.is_some_and(|other| other.is_older_than(object))
        })
    }
}
