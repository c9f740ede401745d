//! Creates of one shape that are asked for at the same moment are made with one statement, as a log commits whole groups.
//!
//! As many statements of a shape as there are processors run by themselves. Whoever comes meanwhile waits until one of them has
//! ended, and then those who wait are one statement: what it costs beside its rows is paid once for all of them. They are
//! answered at the same moment and may well come again, so the next statement waits a little for them. Each is answered as if
//! it had been alone. Where the database refuses one of them, none is made, and each runs by itself to hear what
//! is wrong with it, if anything. What takes long by itself is not made together: the others would wait for it.

use bytes::Bytes;
use serde_json::{Map, Value as Json};
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;
use std::time::Duration;
use tessera_schema::ident::{TenantId, UserId};
use tessera_schema::record::Record;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::error::{InternalError, Result};
use crate::failure::Failure;
use crate::lanes::{LaneError, Lanes};
use crate::model::snapshot::Snapshot;
use crate::plan::given::Given;
use crate::query::tree::Selection;
use crate::row::Row;
use crate::run;
use crate::sql::{Param, Statement};
use crate::write::{Action, Write, Written, statement};

use self::queue::{Queue, Told, Waiting};

mod queue;

/// One statement has no more work than this, as long as each of those in it takes alone.
const WORK: Duration = Duration::from_millis(20);
/// Nor does it make more than so many.
const MOST: u32 = 100;
/// A record of more bytes goes alone: a hundred of them would be too much for one statement.
const LARGE: usize = 64 * 1024;
/// Nobody waits longer for others.
const PATIENCE: Duration = Duration::from_millis(20);
/// Whoever has been answered and asks for more does so within this.
const RETURN: Duration = Duration::from_micros(200);

/// The creates of one shape, whoever asks for them.
#[derive(Debug)]
pub(crate) struct Together {
    /// What they have in common: all of one of them but its values.
    example: Write,
    /// Makes many of them; there once one had to wait.
    statement: OnceLock<Statement>,
    queue: Queue,
}

/// Leave to run a statement. When it is dropped, those who wait have it together.
#[derive(Debug)]
struct Turn {
    together: Arc<Together>,
    lanes: Lanes,
    tenant: TenantId,
    /// How many may be one statement.
    most: usize,
    /// How many its statement was for, where it was for several.
    answered: Option<usize>,
}

impl Together {
    /// For writes like this one. `None` where they are not to be made together.
    pub(crate) fn like(write: &Write, statement: &Statement) -> Option<Arc<Self>> {
        let Action::Create(record) = &write.action else {
            return None;
        };
        // Others' inputs may be others, and cursors depend on them.
        if statement.takes_inputs() || !statement.cursors.lists.is_empty() {
            return None;
        }
        Some(Arc::new(Self {
            example: Write {
                object: Arc::clone(&write.object),
                action: Action::CreateMany(vec![record.clone()]),
                selection: write.selection.clone(),
                rollback: false,
            },
            statement: OnceLock::new(),
            // One runs while another waits for the disk, even on a single processor.
            queue: Queue::new(available_parallelism().map_or(2, |count| count.get().max(2))),
        }))
    }

    /// Creates a record together with others, or as it is done `alone`, with a statement that usually takes so long.
    pub(crate) async fn create(
        self: &Arc<Self>,
        lanes: &Lanes,
        snapshot: &Snapshot,
        usual: Option<Duration>,
        (actor, record): (UserId, &Record),
        alone: impl Future<Output = Result<Option<Written>>>,
    ) -> Result<Option<Written>> {
        let most = usual.map_or(1, most);
        if most < 2 || record.columns.values().map(size).sum::<usize>() > LARGE {
            return alone.await;
        }
        let Some((ticket, mut outcome)) = self.queue.wait(actor, record) else {
            let _turn = Turn {
                together: Arc::clone(self),
                lanes: lanes.clone(),
                tenant: snapshot.tenant.id,
                most,
                answered: None,
            };
            return alone.await;
        };
        let compile = || statement::compile_each(snapshot, &self.example);
        self.statement.get_or_init(compile);
        let outcome = match timeout(PATIENCE, &mut outcome).await {
            Ok(outcome) => outcome,
            Err(_) if self.queue.leave(ticket) => Ok(Told::Alone),
            // Its turn has come.
            Err(_) => outcome.await,
        };
        match outcome {
            Ok(Told::Done(written)) => written.map(Some),
            Ok(Told::Alone) => alone.await,
            // Whoever would have told is gone, as everything is about to be.
            Err(gone) => Err(Failure::Away(gone.into()).into()),
        }
    }

    /// What the statement for many binds.
    fn params(&self, statement: &Statement, waited: &[Waiting]) -> Option<Vec<Param>> {
        let records = waited.iter().map(|one| one.record.clone());
        let write = Write {
            object: Arc::clone(&self.example.object),
            action: Action::CreateMany(records.collect()),
            selection: Selection::default(),
            rollback: false,
        };
        statement.params(&Given {
            inputs: &Map::new(),
            actor: waited.first()?.actor,
            write: Some(&write),
        })
    }
}

/// About how many bytes a value takes.
fn size(value: &Json) -> usize {
    match value {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(size).sum(),
        Json::Object(members) => members
            .iter()
            .map(|(key, value)| key.len() + size(value))
            .sum(),
        Json::Number(number) => number.as_str().len(),
        Json::Null | Json::Bool(_) => size_of::<Json>(),
    }
}

/// How many may be one statement.
fn most(usual: Duration) -> usize {
    let fit = WORK.as_micros() / usual.as_micros().max(1);
    usize::try_from(fit.min(MOST.into())).expect("it is small")
}

impl Drop for Turn {
    fn drop(&mut self) {
        // There is none only when everything ends.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if let Some(answered) = self.answered {
            runtime.spawn(self.passed_on(None).expect(answered));
            return;
        }
        let next = self.together.queue.next(self.most);
        if !next.is_empty() {
            let answered = Some(next.len()).filter(|&several| several > 1);
            runtime.spawn(self.passed_on(answered).take(next));
        }
    }
}

impl Turn {
    fn passed_on(&self, answered: Option<usize>) -> Self {
        Self {
            together: Arc::clone(&self.together),
            lanes: self.lanes.clone(),
            answered,
            ..*self
        }
    }

    /// Waits for those who have just been answered.
    async fn expect(self, answered: usize) {
        self.together.queue.fill(answered, RETURN).await;
    }

    /// Runs those who waited, and tells each what became of it.
    async fn take(self, waited: Vec<Waiting>) {
        // One gains nothing by it.
        let several = self.together.statement.get().filter(|_| waited.len() > 1);
        let bound =
            several.and_then(|several| Some((several, self.together.params(several, &waited)?)));
        let Some((Statement { text, pace, .. }, params)) = bound else {
            return tell_each(waited, || Told::Alone);
        };
        metrics::counter!("tessera_statements_total").increment(1);
        let outcome = self
            .lanes
            .fetch_unless_long(self.tenant, text, pace, params)
            .await;
        match outcome {
            Ok(Some(rows)) if rows.len() == waited.len() => {
                metrics::counter!("tessera_created_together_total").increment(rows.len() as u64);
                for (one, row) in waited.into_iter().zip(&rows) {
                    one.tell(Told::Done(written(row)));
                }
            }
            Ok(Some(_)) => {
                tell_each(waited, || {
                    Told::Done(Err(InternalError::ModelChanged.into()))
                });
            }
            Ok(None) => tell_each(waited, || Told::Alone),
            Err(error) if has_done_nothing(&error) => tell_each(waited, || Told::Alone),
            Err(error) => {
                tell_each(waited, || {
                    Told::Done(Err(run::explain(same(&error).into())))
                });
            }
        }
    }
}

fn tell_each(waited: Vec<Waiting>, told: impl Fn() -> Told) {
    for one in waited {
        one.tell(told());
    }
}

fn written(row: &Row) -> Result<Written> {
    Ok(Written {
        body: row
            .raw(statement::BODY_OF_EACH)?
            .map(Bytes::copy_from_slice)
            .unwrap_or_default(),
        affected: 1,
        version: row.get("_version")?,
        created: Vec::new(),
    })
}

/// Whether the database refused it and goes on.
fn has_done_nothing(error: &LaneError) -> bool {
    let LaneError::Statement(failure) = error else {
        return false;
    };
    failure.refusal().is_some_and(|refusal| !refusal.fatal)
}

/// The same again, for the next of those it happened to.
fn same(error: &LaneError) -> LaneError {
    match error {
        LaneError::Busy => LaneError::Busy,
        LaneError::Away => LaneError::Away,
        LaneError::Statement(failure @ Failure::Misunderstood(_)) => {
            Failure::Misunderstood(failure.to_string().into()).into()
        }
        LaneError::Statement(failure) => Failure::Away(failure.to_string().into()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{most, size};
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn the_longer_one_takes_the_fewer_are_together() {
        let known = [
            (0, 100),
            (50, 100),
            (500, 40),
            (9_000, 2),
            (11_000, 1),
            (90_000, 0),
        ];
        for (micros, expected) in known {
            assert_eq!(most(Duration::from_micros(micros)), expected, "{micros}");
        }
    }

    #[test]
    fn what_is_large_is_so_however_deep_it_lies() {
        let text = "x".repeat(1_000);
        for value in [json!(text), json!([text]), json!({"a": {"b": [text]}})] {
            assert!((1_000..1_010).contains(&size(&value)));
        }
    }
}
