//! Areas of administration.

use serde::{Deserialize, Serialize};

/// An area that a role may administer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Objects, fields and relations.
    Model,
    /// Members, invitations and teams.
    Members,
    Roles,
    /// API keys.
    Keys,
    Modules,
    Plugins,
    Audit,
    Settings,
}

impl Area {
    pub const ALL: [Self; 8] = [
        Self::Model,
        Self::Members,
        Self::Roles,
        Self::Keys,
        Self::Modules,
        Self::Plugins,
        Self::Audit,
        Self::Settings,
    ];

    /// As a role names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Members => "members",
            Self::Roles => "roles",
            Self::Keys => "keys",
            Self::Modules => "modules",
            Self::Plugins => "plugins",
            Self::Audit => "audit",
            Self::Settings => "settings",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|area| area.name() == name)
    }

    /// The words after "your role may not".
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Model => "change the model",
            Self::Members => "administer members",
            Self::Roles => "administer roles",
            Self::Keys => "administer API keys",
            Self::Modules => "enable modules",
            Self::Plugins => "administer plugins",
            Self::Audit => "read the audit log",
            Self::Settings => "change settings",
        }
    }
}
