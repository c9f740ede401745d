//! What a change did with each record, from its events.

use sqlx::types::Json as JsonColumn;
use std::collections::BTreeMap;
use tessera_schema::ident::RecordId;
use uuid::Uuid;

use crate::history::event::{Values, Verb};

/// What a change did, by records.
pub(super) type Parts = BTreeMap<RecordId, Part>;

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Event {
    pub(super) object: String,
    pub(super) record_id: Uuid,
    pub(super) action: Verb,
    pub(super) before: Option<JsonColumn<Values>>,
    pub(super) after: Option<JsonColumn<Values>>,
}

/// What a change did with one record.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) first: Verb,
    pub(super) last: Verb,
    /// The columns that it changed, as they were before.
    pub(super) before: Values,
    /// The same as the change left them.
    pub(super) after: Values,
}

impl Part {
    pub(super) fn new(event: Event) -> Self {
        let mut part = Self {
            first: event.action,
            last: event.action,
            before: Values::new(),
            after: Values::new(),
        };
        part.add(event);
        part
    }

    pub(super) fn add(&mut self, event: Event) {
        self.last = event.action;
        for (column, value) in event.before.map(|before| before.0).unwrap_or_default() {
            self.before.entry(column).or_insert(value);
        }
        self.after
            .extend(event.after.map(|after| after.0).unwrap_or_default());
    }
}
