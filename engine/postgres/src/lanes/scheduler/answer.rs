//! What the scheduler answers, and what it leaves to others to do.

use std::time::Duration;
use tessera_schema::ident::TenantId;

use crate::lanes::LaneId;
use crate::lanes::pace::Need;

/// A place in the queue. Later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::lanes) struct Ticket(pub(super) u64);

/// A waiting request's turn has come.
#[derive(Debug)]
pub(in crate::lanes) struct Grant<C, W> {
    pub(in crate::lanes) lane: LaneId,
    pub(in crate::lanes) tenant: TenantId,
    pub(in crate::lanes) connection: C,
    pub(in crate::lanes) waiter: W,
    pub(in crate::lanes) need: Need,
    pub(in crate::lanes) waited: Duration,
    pub(in crate::lanes) company: Company,
    /// Not on a home lane.
    pub(in crate::lanes) spilled: bool,
}

/// Whether others were on a lane already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lanes) enum Company {
    First,
    Joined,
}

/// A place on a home lane.
#[derive(Debug)]
pub(in crate::lanes) struct Taken<C> {
    pub(in crate::lanes) lane: LaneId,
    pub(in crate::lanes) connection: C,
    pub(in crate::lanes) company: Company,
    /// A lane that is now to be opened.
    pub(in crate::lanes) open: Option<LaneId>,
}

/// Who is left on a lane that a request has left.
#[derive(Debug)]
pub(in crate::lanes) enum Left<C, W> {
    /// Others; and these join them.
    Others(Vec<Grant<C, W>>),
    Nobody(C),
}

/// What has to be done outside.
#[derive(Debug)]
pub(in crate::lanes) struct Todo<C, W> {
    pub(in crate::lanes) grants: Vec<Grant<C, W>>,
    /// A lane that is now to be opened.
    pub(in crate::lanes) open: Option<LaneId>,
    /// Nobody can serve these any more.
    pub(in crate::lanes) refused: Vec<W>,
}

impl<C, W> Default for Todo<C, W> {
    fn default() -> Self {
        Self {
            grants: Vec::new(),
            open: None,
            refused: Vec::new(),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(in crate::lanes) enum Refusal {
    /// The queue is as long as it may get.
    Full,
    /// No lane has a connection, and none can be made.
    Away,
}

/// How many lanes are in what state, and how many requests wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    pub busy: usize,
    pub idle: usize,
    pub waiting: usize,
}
