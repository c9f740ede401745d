//! Carrying an operation out: one statement for all fields of a query, one for each field of a mutation.

use async_graphql::parser::types::OperationType;
use bytes::Bytes;
use serde_json::{Map, Value as Json};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tessera_engine::engine::Engine;
use tessera_engine::error::{Error, Result, UserError};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::Query;
use tessera_schema::naming::Spelling;
use tessera_schema::violation::{Pointer, Violation};

use crate::cache::Schemas;
use crate::compile::{self, Planned, Step};
use crate::document::Document;
use crate::error::GraphQlError;
use crate::introspection;
use crate::operation;
use crate::response::{self, Answer, Data};
use crate::schema::{Built, Scope};
use crate::validate::validate;

/// One request, up to but not including the model it will run on.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) schemas: &'a Schemas,
    pub(crate) principal: &'a Principal,
    pub(crate) document: &'a Document,
    pub(crate) variables: &'a Map<String, Json>,
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
            .on_model(self.principal.tenant, |snapshot| {
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
    async fn plan(&self, snapshot: &Snapshot) -> Done<(Arc<Built>, Vec<Planned>)> {
        let scope = if self.document.introspects() {
            Scope::Everything
        } else {
            self.document.scope(self.variables)
        };
        let writes = self.principal.role.permissions.write;
        let built = self.schemas.get(snapshot, writes, scope).await;
        validate(&built.schema, self.document)
            .await
            .map_err(Answer::refused)?;
        let fields = operation::fields(built.schema.registry(), self.document, self.variables)
            .map_err(Answer::refused)?;
        let planned = compile::plan(&snapshot.model, &fields);
        Ok((built, planned))
    }

    async fn query(&self, snapshot: Arc<Snapshot>) -> Result<Done<Answer>> {
        let (built, planned) = match self.plan(&snapshot).await {
            Ok(plan) => plan,
            Err(answer) => return Ok(Err(answer)),
        };
        let failed = planned.iter().filter(|field| field.step.is_err());
        if failed.clone().any(|field| !field.nullable) {
            let errors = failed.filter_map(|field| field.step.as_ref().err().cloned());
            return Ok(Err(Answer::failed(errors.collect())));
        }
        let roots = planned.iter().filter_map(|field| match &field.step {
            Ok(Step::Read(root)) => Some(root.clone()),
            _ => None,
        });
        let query = Query {
            roots: roots.collect(),
        };
        let mut answers = if query.roots.is_empty() {
            Vec::new()
        } else {
            match self.engine.read(self.principal, &snapshot, &query).await {
                Ok(answer) => answer.roots,
                Err(Error::User(error)) if !is_outage(&error) => {
                    let first = planned
                        .iter()
                        .find(|field| matches!(field.step, Ok(Step::Read(_))));
                    let errors = first.map(|field| {
                        GraphQlError::of_field(&error, field.at, vec![field.key.clone()])
                    });
                    return Ok(Err(Answer::failed(errors.into_iter().collect())));
                }
                Err(error) => return Err(error),
            }
        }
        .into_iter();
        let null = || Bytes::from_static(b"null");
        let mut errors = Vec::new();
        let mut fields = Vec::with_capacity(planned.len());
        for field in planned {
            let text = match field.step {
                Ok(Step::Read(_)) => answers.next().flatten().unwrap_or_else(null),
                Ok(Step::TypeName(name)) => response::json(&name).into(),
                Ok(Step::Introspect(asked)) => {
                    match introspection::answer(&built.schema, &asked).await {
                        Ok(text) => text.into(),
                        Err(found) => {
                            errors.extend(found);
                            null()
                        }
                    }
                }
                Ok(Step::Write(_) | Step::WriteMany(..)) => null(),
                Err(error) => {
                    errors.push(error);
                    null()
                }
            };
            fields.push((field.key, text));
        }
        let whole = errors.is_empty();
        let answer = Answer {
            data: Data::Fields(fields),
            errors,
        };
        Ok(if whole { Ok(answer) } else { Err(answer) })
    }

    /// One field after the other. All are checked before the first is begun; the first to fail ends the operation.
    async fn mutation(&self) -> Result<Answer> {
        let mut fields = Vec::new();
        loop {
            let index = fields.len();
            match self
                .on_model(|snapshot| self.mutation_field(snapshot, index))
                .await?
            {
                Ok(Some(field)) => fields.push(field),
                Ok(None) => break,
                Err(answer) => return Ok(answer),
            }
        }
        Ok(Answer {
            data: Data::Fields(fields),
            errors: Vec::new(),
        })
    }

    /// Does the field at `index`; none past the last.
    async fn mutation_field(
        &self,
        snapshot: Arc<Snapshot>,
        index: usize,
    ) -> Result<Done<Option<(String, Bytes)>>> {
        let mut planned = match self.plan(&snapshot).await {
            Ok((_, planned)) => planned,
            Err(answer) => return Ok(Err(answer)),
        };
        let errors: Vec<_> = planned
            .iter()
            .filter_map(|field| field.step.as_ref().err().cloned())
            .collect();
        if !errors.is_empty() {
            return Ok(Err(Answer::failed(errors)));
        }
        if index >= planned.len() {
            return Ok(Ok(None));
        }
        let Planned { key, at, step, .. } = planned.swap_remove(index);
        let written = match &step {
            Ok(Step::Write(write) | Step::WriteMany(write, _)) => {
                self.engine.write(self.principal, &snapshot, write).await
            }
            Ok(Step::TypeName(name)) => return Ok(Ok(Some((key, response::json(name).into())))),
            Ok(Step::Introspect(_) | Step::Read(_)) | Err(_) => {
                return Ok(Ok(Some((key, Bytes::from_static(b"null")))));
            }
        };
        match (written, step) {
            (Ok(written), Ok(Step::WriteMany(_, parts))) => Ok(Ok(Some((
                key,
                response::affected(&parts, written.affected),
            )))),
            (Ok(written), _) => Ok(Ok(Some((key, written.body)))),
            (Err(Error::User(error)), _) if !is_outage(&error) => {
                let error = GraphQlError::of_field(&spelled(error), at, vec![key]);
                Ok(Err(Answer::failed(vec![error])))
            }
            (Err(error), _) => Err(error),
        }
    }
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
