//! Records: what both faces call to read and write them.

use bytes::Bytes;
use serde_json::{Map, Value as Json};
use tessera_compiler::bind::BindContext;
use tessera_compiler::cost::Cost;
use tessera_compiler::cursor::Sealer;
use tessera_compiler::failure;
use tessera_compiler::query::compile::Estimate;
use tessera_compiler::query::render::Document;
use tessera_compiler::query::size::Size;
use tessera_compiler::query::tree::{Deleted, Query, Root, Selection};
use tessera_compiler::query::{compile, rows, size, states};
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::statement::Statement;
use tessera_compiler::write::statement::Lock;
use tessera_compiler::write::{self, Write, Written};
use tessera_error::{InternalError, Result, UserError};
use tessera_postgres::failure::Failure;
use tessera_postgres::row::Row;
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::filter::Filter;
use tessera_schema::object::Object;
use tessera_schema::search::Search;

use crate::engine::Engine;
use crate::lock;
use crate::request_context::RequestContext;
use crate::run::{self, Place};

/// The answers of a query, in the order of its roots.
#[derive(Debug)]
pub struct Answer {
    /// JSON text; `None` for a record that is not there.
    pub roots: Vec<Option<Bytes>>,
    /// The version of the record, for a root that is one record.
    pub versions: Vec<Option<i32>>,
}

/// A read worked out: one statement for all requests of its shape, and how their answers are written.
#[derive(Debug)]
pub struct ReadPlan {
    statement: Statement,
    size: Size,
    answer: Rendering,
}

#[derive(Debug)]
enum Rendering {
    /// One row, with JSON and a version for each root.
    Json {
        roots: usize,
    },
    Rows(Document),
}

/// A write worked out: one statement for all writes of its shape.
#[derive(Debug)]
pub struct WritePlan {
    statement: Statement,
    /// What the answer shows of each record written.
    size: Size,
    /// Tells which columns it writes.
    columns: u64,
    /// Locks what it is about, before it, in its transaction.
    lock: Option<Lock>,
}

/// How about how many records there are is found out.
#[derive(Debug)]
pub struct EstimatePlan {
    estimate: Estimate,
    /// Of the model that it was worked out on.
    version: i64,
}

impl Rendering {
    fn read(&self, rows: &[Row], first: &Row, sealer: &Sealer<'_>) -> Result<Answer> {
        match self {
            Self::Rows(document) => {
                let (root, version) = document.render(rows, sealer)?;
                Ok(Answer {
                    roots: vec![root],
                    versions: vec![version],
                })
            }
            Self::Json { roots } => {
                let mut answer = Answer {
                    roots: Vec::with_capacity(*roots),
                    versions: Vec::with_capacity(*roots),
                };
                for index in 0..*roots {
                    answer.roots.push(sealer.json(first, 2 * index + 1)?);
                    answer.versions.push(first.get(2 * index + 2)?);
                }
                Ok(answer)
            }
        }
    }
}

impl EstimatePlan {
    pub(crate) fn cost(&self) -> Cost {
        Cost::new(self.statement().planning, Size::default())
    }

    const fn statement(&self) -> &Statement {
        match &self.estimate {
            Estimate::Planned(statement) | Estimate::Counted(statement) => statement,
        }
    }

    pub(crate) async fn run(
        &self,
        place: Place<'_>,
        context: &RequestContext,
        inputs: &Map<String, Json>,
    ) -> Result<u64> {
        let given = BindContext::of_read(inputs, context.caller());
        let statement = self.statement();
        let params = statement.params(&given).ok_or(InternalError::Unbound)?;
        let rows = run::rows(place, statement, params)
            .await
            .map_err(failure::explain)?;
        let row = rows.first().ok_or_else(Failure::no_row)?;
        if let Estimate::Counted(_) = self.estimate {
            if row.get::<i64>("_model")? != self.version {
                return Err(InternalError::ModelChanged.into());
            }
            return Ok(u64::try_from(row.get::<i64>("_count")?).unwrap_or_default());
        }
        let plan: Json = row.get(0)?;
        Ok(plan[0]["Plan"]["Plan Rows"].as_u64().unwrap_or_default())
    }

    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.statement().weight()
    }
}

impl ReadPlan {
    /// How states of an object's records are shown.
    pub(crate) fn of_states(
        context: &RequestContext,
        snapshot: &Snapshot,
        object: &Object,
        selection: &Selection,
    ) -> Result<Self, UserError> {
        let view = snapshot.view(context.principal.roles());
        may(&view, object, Right::Read)?;
        let statement = states::statement(snapshot, &view, object, selection);
        statement.planning.check()?;
        Ok(Self {
            statement: statement.only_reads(),
            size: size::of_each(selection),
            answer: Rendering::Json { roots: 1 },
        })
    }

    pub(crate) const fn cost(&self) -> Cost {
        Cost::new(self.statement.planning, self.size)
    }

    pub(crate) async fn run(
        &self,
        place: Place<'_>,
        context: &RequestContext,
        snapshot: &Snapshot,
        inputs: &Map<String, Json>,
    ) -> Result<Option<Answer>> {
        let given = BindContext::of_read(inputs, context.caller());
        let Some(params) = self.statement.params(&given) else {
            return Ok(None);
        };
        let rows = run::rows(place, &self.statement, params)
            .await
            .map_err(failure::explain)?;
        let first = rows.first().ok_or_else(Failure::no_row)?;
        if first.get::<i64>(0)? != snapshot.version {
            return Err(InternalError::ModelChanged.into());
        }
        let sealer = self.statement.cursors.sealer(inputs)?;
        self.answer.read(&rows, first, &sealer).map(Some)
    }

    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let document = match &self.answer {
            Rendering::Json { .. } => 0,
            Rendering::Rows(document) => document.weight(),
        };
        self.statement.weight() + document
    }
}

impl WritePlan {
    /// What a write of the plan's shape costs.
    #[must_use]
    pub fn cost(&self, write: &Write) -> Cost {
        Cost::new(self.statement.planning, self.answer_of(write))
    }

    /// Whether the write locks records in a statement before it, in the same transaction.
    pub(crate) const fn locks_first(&self) -> bool {
        self.lock.is_some()
    }

    fn answer_of(&self, write: &Write) -> Size {
        size::of_write(self.size, write.action.records())
    }

    /// Whether everything that a request gives fits its place, so that `Executor::write` has an answer.
    #[must_use]
    pub fn fits(
        &self,
        context: &RequestContext,
        write: &Write,
        inputs: &Map<String, Json>,
    ) -> bool {
        let given = write.bind(inputs, context.writer());
        self.columns == write.action.columns() && self.statement.params(&given).is_some()
    }

    pub(crate) async fn run(
        &self,
        mut place: Place<'_>,
        context: &RequestContext,
        snapshot: &Snapshot,
        write: &Write,
        inputs: &Map<String, Json>,
    ) -> Result<Option<Written>> {
        self.answer_of(write).check_one_text()?;
        let given = write.bind(inputs, context.writer());
        if self.columns != write.action.columns() {
            return Ok(None);
        }
        let Some(params) = self.statement.params(&given) else {
            return Ok(None);
        };
        let view = || snapshot.view(context.principal.roles());
        if let (Some(lock), Place::Connection(connection)) = (&self.lock, &mut place)
            && !lock::of_write(lock, connection, snapshot, (write, &view), &given).await?
        {
            return Ok(None);
        }
        let outcome = run::rows(place, &self.statement, params).await;
        let sealer = self.statement.cursors.sealer(inputs)?;
        write::written(outcome, snapshot, write, &sealer, &view).map(Some)
    }

    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        // One that locks is about as large.
        let statements = if self.lock.is_some() { 2 } else { 1 };
        statements * self.statement.weight()
    }
}

impl Engine {
    /// Works a query out. Call it inside [`Engine::on_model`].
    pub fn plan_read(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        query: &Query,
    ) -> Result<ReadPlan, UserError> {
        let view = snapshot.view(context.principal.roles());
        for root in &query.roots {
            match root {
                Root::One { object, .. }
                | Root::Many { object, .. }
                | Root::Groups { object, .. } => {
                    may(&view, object, Right::Read)?;
                }
                // Of objects that may not be read, none is found.
                Root::Search { .. } => {}
            }
        }
        let size = size::of_query(query)?;
        metrics::counter!("tessera_plans_compiled_total").increment(1);
        let (statement, answer) = match query.roots.as_slice() {
            [root] if rows::suits(root) => {
                let (statement, document) = rows::compile(snapshot, &view, root);
                (statement, Rendering::Rows(document))
            }
            roots => {
                let roots = roots.len();
                (
                    compile::query(snapshot, &view, query),
                    Rendering::Json { roots },
                )
            }
        };
        statement.planning.check()?;
        let statement = statement.only_reads();
        Ok(ReadPlan {
            statement,
            size,
            answer,
        })
    }

    /// Answers a query that is not asked again. Call it inside [`Engine::on_model`].
    pub async fn read(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        query: &Query,
    ) -> Result<Answer> {
        let plan = self.plan_read(context, snapshot, query)?;
        let answer = self
            .executor()
            .read(context, snapshot, &plan, &Map::new())
            .await?;
        answer.ok_or_else(|| InternalError::Unbound.into())
    }

    /// Works out how about how many records a filter matches is found out.
    pub fn plan_estimate(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        object: &Object,
        filter: &Filter,
        search: Option<&Search>,
        deleted: Deleted,
    ) -> Result<EstimatePlan, UserError> {
        let view = snapshot.view(context.principal.roles());
        may(&view, object, Right::Read)?;
        let plan = EstimatePlan {
            estimate: compile::estimate(snapshot, &view, object, filter, search, deleted),
            version: snapshot.version,
        };
        plan.statement().planning.check()?;
        Ok(plan)
    }

    /// Works a write out. Call it inside [`Engine::on_model`].
    pub fn plan_write(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        write: &Write,
    ) -> Result<WritePlan, UserError> {
        let view = snapshot.view(context.principal.roles());
        may(&view, &write.object, write.action.right())?;
        metrics::counter!("tessera_plans_compiled_total").increment(1);
        if let Some(refusal) = write::allowed::undecidable(&view, &write.object, &write.action) {
            return Err(refusal);
        }
        let statement = write::statement::compile(snapshot, &view, write);
        statement.planning.check()?;
        Ok(WritePlan {
            size: size::of_each(&write.selection),
            columns: write.action.columns(),
            lock: write::statement::compile_lock(snapshot, &view, write),
            statement,
        })
    }

    /// Does a write that is not done again. Call it inside [`Engine::on_model`].
    pub async fn write(
        &self,
        context: &RequestContext,
        snapshot: &Snapshot,
        write: &Write,
    ) -> Result<Written> {
        let plan = self.plan_write(context, snapshot, write)?;
        let written = self
            .executor()
            .write(context, snapshot, &plan, write, &Map::new())
            .await?;
        written.ok_or_else(|| InternalError::Unbound.into())
    }
}

/// Refuses a caller who has no right on an object, not even for some of its records.
pub(crate) fn may(view: &View, object: &Object, right: Right) -> Result<(), UserError> {
    if view.may(object, right) {
        Ok(())
    } else {
        let action = right.action();
        Err(UserError::Forbidden { action })
    }
}
