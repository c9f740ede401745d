//! How much of a model a schema shows: all of it, or what one document can touch.

use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    Everything,
    Named(Arc<Names>),
}

/// The names a document and the keys of its variables speak of.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Names {
    pub(crate) names: BTreeSet<String>,
    /// How far the document can go from a root: each step in it takes at least one bracket.
    pub(crate) reach: usize,
    /// Some operation is a mutation.
    pub(crate) mutation: bool,
}

impl Scope {
    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> u32 {
        /// A name's place in the set, its text apart.
        const NAME: usize = 64;
        let bytes = match self {
            Self::Everything => 0,
            Self::Named(scope) => scope.names.iter().map(|name| name.len() + NAME).sum(),
        };
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// Whether a document may go on from a type this many steps away from a root.
    pub(crate) fn reaches(&self, distance: usize) -> bool {
        match self {
            Self::Everything => true,
            Self::Named(scope) => distance < scope.reach,
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Named(scope) => scope.names.contains(name),
        }
    }
}
