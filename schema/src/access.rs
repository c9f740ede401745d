//! What a caller may do, and what of a model they may know of.
//!
//! [`grants`] says which rights a caller has on objects and fields. [`view`] is the model as such a caller sees it, with
//! [`row_rules`] on the records of its objects.

pub mod grants;
pub mod row_rules;
pub mod view;

use serde::Serialize;

/// What a role grants on an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    Read,
    Create,
    Update,
    /// To move to the bin.
    Delete,
    /// To take out of the bin.
    Restore,
    /// To remove for good.
    Destroy,
}

impl Right {
    /// The rights to change records.
    pub const WRITES: [Self; 5] = [
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Restore,
        Self::Destroy,
    ];
}
