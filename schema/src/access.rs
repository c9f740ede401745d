//! What a caller may do with the records of a model.

/// What a role grants on an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
