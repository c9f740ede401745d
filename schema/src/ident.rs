//! Names and ids as types of their own.

use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// The name of an object, field, relation or module as clients write it: `^[a-z][a-z0-9]*(_[a-z0-9]+)*$`, at most 50 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ApiName(Arc<str>);

/// Why a text is not an [`ApiName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a name may have at most 50 characters, this one has {0}")]
    TooLong(usize),
    #[error(
        "`{0}` is not a name: it takes lower-case words of a-z and 0-9 joined by single underscores, and begins with a letter"
    )]
    Form(String),
}

impl NameError {
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "too_long",
            Self::Form(_) => "pattern",
        }
    }
}

impl ApiName {
    pub const MAX_LEN: usize = 50;

    pub fn parse(text: &str) -> Result<Self, NameError> {
        let length = text.chars().count();
        if length > Self::MAX_LEN {
            return Err(NameError::TooLong(length));
        }
        let well_formed = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.split('_').all(|word| {
                !word.is_empty()
                    && word
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            });
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(NameError::Form(text.chars().take(80).collect()))
        }
    }

    /// A name for a part of a definition whose own name is missing or refused, so that the rest of it can be checked. No name
    /// that is parsed equals it, nor does that of another number.
    #[must_use]
    pub fn stand_in(number: usize) -> Self {
        Self(format!("_{number}").into())
    }

    #[must_use]
    pub fn is_stand_in(&self) -> bool {
        self.0.starts_with('_')
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ApiName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ApiName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ApiName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl PartialEq<str> for ApiName {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl<'de> Deserialize<'de> for ApiName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

macro_rules! uuid_newtype {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

uuid_newtype! {
    /// One tenant of the platform.
    TenantId,
    /// A person who may belong to several tenants.
    UserId,
    /// An object definition, for as long as it lives under whatever name.
    ObjectId,
    /// A field definition.
    FieldId,
    /// A record of any object.
    RecordId,
    /// A role of one tenant.
    RoleId,
    /// The writes of one or several requests that belong together, for example one paste of many rows.
    ChangeId,
}

impl ChangeId {
    /// A new id, later than those before it.
    #[must_use]
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}
