//! How far the requests of a connection are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The requests of a connection, counted.
#[derive(Debug, Default)]
pub(super) struct Requests {
    begun: AtomicU32,
    answered: AtomicU32,
    /// The parts of large answers that are still to be sent.
    unsent: AtomicU32,
    /// The last one was answered before its body was read.
    pub(super) unread: AtomicBool,
}

impl Requests {
    pub(super) fn begun(&self) -> u32 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Whether one is not answered yet.
    pub(super) fn are_running(&self) -> bool {
        self.begun() != self.answered.load(Ordering::Relaxed)
    }

    /// Whether a part of a large answer is still to be sent.
    pub(super) fn are_unsent(&self) -> bool {
        self.unsent.load(Ordering::Relaxed) > 0
    }
}

/// A request that is being answered.
pub(super) struct Running(Arc<Requests>);

impl Running {
    pub(super) fn new(requests: Arc<Requests>) -> Self {
        requests.begun.fetch_add(1, Ordering::Relaxed);
        Self(requests)
    }

    pub(super) fn requests(&self) -> &Arc<Requests> {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// A part of a large answer that is still to be sent.
pub(super) struct Unsent(Arc<Requests>);

impl Unsent {
    pub(super) fn new(requests: &Arc<Requests>) -> Self {
        requests.unsent.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(requests))
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        self.0.unsent.fetch_sub(1, Ordering::Relaxed);
    }
}
