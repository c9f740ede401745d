//! Names of the types that APIs make for objects: `Contact`, and with words behind it `ContactFilter`.
//!
//! Whatever a tenant calls its objects, a name stands for one type. What an object is called itself comes first:
//! beside an object `contact_filter`, the filter of `contact` is `Contact_Filter`. Of two that are made of objects' names, the
//! one with the longer name of an object comes first. A type of the platform's own comes last: beside an object `page_info`
//! it is `PageInfo_`.

use crate::ident::ApiName;
use crate::model::Model;
use crate::naming::{from_pascal, pascal};

/// The words that an API puts behind objects' names; the empty one for the object itself is among them.
#[derive(Debug, Clone, Copy)]
pub struct TypeNames<'s> {
    suffixes: &'s [&'s str],
}

impl<'s> TypeNames<'s> {
    #[must_use]
    pub const fn new(suffixes: &'s [&'s str]) -> Self {
        Self { suffixes }
    }

    /// The type of an object with this suffix.
    #[must_use]
    pub fn of_object(&self, model: &Model, object: &ApiName, suffix: &str) -> String {
        debug_assert!(self.suffixes.contains(&suffix), "{suffix} is listed");
        let name = pascal(object.as_str());
        let longer = self.suffixes.iter().filter_map(|other| {
            let between = suffix.strip_suffix(other)?;
            (!between.is_empty()).then(|| format!("{name}{between}"))
        });
        if { longer }.any(|name| is_object(model, &name)) {
            format!("{name}_{suffix}")
        } else {
            format!("{name}{suffix}")
        }
    }

    /// A type of the platform's own.
    #[must_use]
    pub fn of_platform(&self, model: &Model, name: &str) -> String {
        let mut objects = self
            .suffixes
            .iter()
            .filter_map(|suffix| name.strip_suffix(suffix));
        if objects.any(|object| is_object(model, object)) {
            format!("{name}_")
        } else {
            name.to_owned()
        }
    }
}

fn is_object(model: &Model, type_name: &str) -> bool {
    from_pascal(type_name).is_some_and(|name| model.object(&name).is_some())
}
