//! What a caller may do, and what of a model they may know of.
//!
//! [`permissions`] says what one role grants, [`grants`] what the roles of a caller grant together. [`view`] is the model as such
//! a caller sees it, with [`row_rules`] on the records of its objects; [`input`] is how they write them.

pub mod area;
pub mod grants;
pub mod input;
pub mod permissions;
pub mod role;
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
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Restore,
        Self::Destroy,
    ];

    /// The rights to change records.
    pub const WRITES: [Self; 5] = [
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Restore,
        Self::Destroy,
    ];

    /// As a role names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Destroy => "destroy",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.name() == name)
    }

    /// The words after "your role may not".
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Read => "read these records",
            Self::Create => "create such a record",
            Self::Update => "change this record",
            Self::Delete => "delete this record",
            Self::Restore => "restore this record",
            Self::Destroy => "destroy this record",
        }
    }

    /// Whether it is to give values.
    #[must_use]
    pub const fn gives_values(self) -> bool {
        matches!(self, Self::Create | Self::Update)
    }
}
