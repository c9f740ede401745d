//! A finished statement and its parameters.
//!
//! Values reach a statement only through [`Params`]. In a statement under construction every bound value is the *index* of a
//! parameter, so that one text can be bound again with others.

use sea_query::{Expr, Value, Values};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use tessera_postgres::lanes::pace::Pace;
use tessera_schema::ident::RecordId;
use tessera_schema::source::Located;
use uuid::Uuid;

use crate::bind::{BindContext, Param, Slot};
use crate::cursor::Cursors;
use crate::planning::Planning;
use crate::sql::cast;

/// A finished statement: one text for all requests of one shape, and what is bound in each.
#[derive(Debug, Clone)]
pub struct Statement {
    pub text: Arc<str>,
    pub pace: Arc<Pace>,
    /// In the order of `$1`, `$2`, …
    pub(crate) slots: Vec<Slot>,
    /// What of it Postgres has to plan.
    pub planning: Planning,
    pub cursors: Cursors,
}

impl Statement {
    /// Where it only reads: it may be run again, to see how it is best planned, and leaves nothing to be kept.
    #[must_use]
    pub fn only_reads(mut self) -> Self {
        let read = Pace::of_a_read();
        self.pace = Arc::new(if self.pace.is_planned_each_time() {
            read.planned_each_time()
        } else {
            read
        });
        self
    }

    /// What this request binds; `None` where a value does not fit its place.
    #[must_use]
    pub fn params(&self, context: &BindContext<'_>) -> Option<Vec<Param>> {
        self.slots.iter().map(|slot| slot.read(context)).collect()
    }

    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        // A slot that reads keeps what it reads with: a source, a column.
        const SLOT: usize = 160;
        self.text.len() + self.slots.len() * SLOT
    }
}

/// The parameters of a statement under construction.
#[derive(Debug, Default)]
pub(crate) struct Params {
    slots: Vec<Slot>,
    planned_each_time: bool,
    uncut: bool,
}

impl Params {
    fn push(&mut self, slot: Slot) -> u64 {
        self.slots.push(slot);
        self.slots.len() as u64 - 1
    }

    /// No plan for all values will do: how many records a value fits cannot be guessed, or a wrong guess costs too much.
    pub(crate) fn plan_each_time(&mut self) {
        self.planned_each_time = true;
    }

    /// The statement takes numbers from a sequence.
    pub(crate) fn take_numbers(&mut self) {
        self.uncut = true;
    }

    /// A value of a column, cast to the column's type.
    pub(crate) fn text(&mut self, value: Option<String>, postgres_type: &str) -> Expr {
        self.slot(Slot::Constant(Param::Text(value)), postgres_type)
    }

    pub(crate) fn number(&mut self, value: i64) -> Expr {
        self.slot(Slot::Constant(Param::Number(value)), "int8")
    }

    /// A value that each request has its own of, cast to a type.
    pub(crate) fn given(
        &mut self,
        reading: impl Fn(&BindContext<'_>) -> Option<Param> + Send + Sync + 'static,
        postgres_type: &str,
    ) -> Expr {
        self.slot(Slot::Given(Arc::new(reading)), postgres_type)
    }

    pub(crate) fn slot(&mut self, slot: Slot, postgres_type: &str) -> Expr {
        cast(Expr::val(self.push(slot)), postgres_type)
    }

    /// The id of a record.
    pub(crate) fn id(&mut self, id: &Located<RecordId>) -> Expr {
        match id.source.clone() {
            Some(source) => {
                let read = move |inputs: &Map<String, Json>| {
                    let id = Uuid::parse_str(source.read(inputs)?.as_str()?).ok()?;
                    Some(Param::Text(Some(id.to_string())))
                };
                self.slot(Slot::Input(Arc::new(read)), "uuid")
            }
            None => self.text(Some(id.value.to_string()), "uuid"),
        }
    }

    /// For an `OFFSET`, which the builder takes as a plain number.
    pub(crate) fn count(&mut self, value: u32) -> u64 {
        self.push(Slot::Constant(Param::Number(i64::from(value))))
    }

    /// Puts the parameters in the order in which the text names them.
    pub(crate) fn finish(
        self,
        text: String,
        values: Values,
        planning: Planning,
        cursors: Cursors,
    ) -> Statement {
        let pace = self.pace();
        Statement {
            pace: Arc::new(pace),
            slots: self.in_order(values),
            planning,
            text: text.into(),
            cursors,
        }
    }

    /// What the parameters of a text bind.
    pub(crate) fn in_order(&self, values: Values) -> Vec<Slot> {
        let in_order = values.into_iter().map(|value| match value {
            Value::BigUnsigned(Some(index)) => {
                let index = usize::try_from(index).expect("an index into a Vec fits usize");
                self.slots[index].clone()
            }
            other => unreachable!("statements bind only parameter indexes, not {other:?}"),
        });
        in_order.collect()
    }

    fn pace(&self) -> Pace {
        let mut pace = Pace::of_a_write();
        if self.planned_each_time {
            pace = pace.planned_each_time();
        }
        if self.uncut {
            pace = pace.uncut();
        }
        pace
    }
}
