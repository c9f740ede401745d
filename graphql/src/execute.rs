//! Carrying an operation out.

use async_graphql::parser::types::OperationType;
use bytes::Bytes;
use serde_json::{Map, Value as Json};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::engine::Engine;
use tessera_engine::request_context::RequestContext;
use tessera_error::{Error, Result, UserError};
use tessera_schema::naming::Spelling;
use tessera_schema::time_zone::TimeZone;
use tessera_schema::violation::{Pointer, Violation};

use crate::cache::Schemas;
use crate::compile::{self, Plan};
use crate::document::Document;
use crate::introspected::{Introspected, Turn};
use crate::operation;
use crate::plan::OperationPlan;
use crate::response::Answer;
use crate::schema::Built;
use crate::scope::Scope;
use crate::validate::validate;

mod mutation;
mod query;

/// One request, up to but not including the model it will run on.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) schemas: &'a Schemas,
    pub(crate) introspected: &'a Introspected,
    pub(crate) context: &'a RequestContext,
    pub(crate) document: &'a Document,
    pub(crate) variables: &'a Map<String, Json>,
    /// Where the days of variables in filters begin.
    pub(crate) time_zone: Option<&'a TimeZone>,
    /// What a plan for it depends on.
    pub(crate) key: Vec<u8>,
}

/// What was done, or an answer with errors in it.
type Done<T> = std::result::Result<T, Answer>;

impl Job<'_> {
    pub(crate) async fn run(&self) -> Result<Answer> {
        match self.document.kind() {
            OperationType::Mutation => self.mutation().await,
            _ => self
                .on_model(|snapshot| self.query(snapshot))
                .await
                .map(merge),
        }
    }

    /// As [`Engine::on_model`], for work whose answer may hold errors: such an answer only stands if the model it
    /// was made with is still the current one.
    async fn on_model<T, F, W>(&self, work: F) -> Result<Done<T>>
    where
        T: Send,
        F: Fn(Arc<Snapshot>) -> W + Send + Sync,
        W: Future<Output = Result<Done<T>>> + Send,
    {
        let doubtful: Mutex<Option<Answer>> = Mutex::new(None);
        let put = |answer| *doubtful.lock().unwrap_or_else(PoisonError::into_inner) = answer;
        let result = self
            .engine
            .on_model(self.context.principal.tenant, |snapshot| {
                let work = work(snapshot);
                let put = &put;
                async move {
                    put(None);
                    match work.await? {
                        Ok(done) => Ok(done),
                        Err(answer) => {
                            put(Some(answer));
                            Err(UserError::Malformed(Vec::new()).into())
                        }
                    }
                }
            })
            .await;
        let doubtful = doubtful
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        match (result, doubtful) {
            (Err(Error::User(UserError::Malformed(none))), Some(answer)) if none.is_empty() => {
                Ok(Err(answer))
            }
            (result, _) => result.map(Ok),
        }
    }

    /// What each root field asks of the engine under one model.
    async fn plan(&self, snapshot: &Snapshot, turn: Option<&Turn>) -> Done<(Arc<Built>, Plan)> {
        let scope = if self.document.introspects() {
            Scope::Everything
        } else {
            self.document.scope(self.variables)
        };
        metrics::counter!("tessera_operations_validated_total").increment(1);
        let view = snapshot.view(self.context.principal.roles());
        let making = self.schemas.get(snapshot, &view, scope, turn.cloned());
        let built = making.await;
        validate(&built.schema, self.document)
            .await
            .map_err(Answer::refused)?;
        let fields = operation::fields(
            &view.model,
            built.schema.registry(),
            self.document,
            self.variables,
        )
        .map_err(Answer::refused)?;
        let plan = compile::plan(
            self.context,
            snapshot,
            &view,
            self.document.kind(),
            &fields,
            self.variables,
            self.time_zone,
        );
        Ok((built, plan))
    }

    fn keep(&self, snapshot: &Snapshot, plan: OperationPlan) {
        let weight = plan.weight();
        snapshot.plans.put(self.key.clone(), Arc::new(plan), weight);
    }
}

const fn null() -> Bytes {
    Bytes::from_static(b"null")
}

fn merge(done: Done<Answer>) -> Answer {
    done.unwrap_or_else(|answer| answer)
}

/// Not this operation's fault: the HTTP status tells, so that clients and balancers try again.
fn is_outage(error: &UserError) -> bool {
    error.status() == 429 || error.status() >= 500
}

/// The engine points at columns' api names; callers here know them in `camelCase`.
fn spelled(error: UserError) -> UserError {
    let spell = |violations: Vec<Violation>| {
        let spelled = violations.into_iter().map(|violation| {
            let keys = violation.pointer.as_str().split('/').skip(1);
            let pointer = keys.fold(Pointer::root(), |pointer, key| {
                pointer.key(Spelling::Camel.write(key))
            });
            Violation {
                pointer,
                ..violation
            }
        });
        spelled.collect()
    };
    match error {
        UserError::Conflict(violations) => UserError::Conflict(spell(violations)),
        UserError::Invalid(violations) => UserError::Invalid(spell(violations)),
        UserError::Malformed(violations) => UserError::Malformed(spell(violations)),
        other => other,
    }
}
