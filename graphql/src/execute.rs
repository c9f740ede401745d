//! Carrying an operation out: one statement for all fields of a query, one for each field of a mutation.

use async_graphql::Pos;
use async_graphql::parser::types::OperationType;
use bytes::Bytes;
use serde_json::{Map, Value as Json};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tessera_engine::engine::Engine;
use tessera_engine::error::{Error, InternalError, Result, UserError};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::Query;
use tessera_engine::records::ReadPlan;
use tessera_engine::write::Written;
use tessera_schema::naming::Spelling;
use tessera_schema::violation::{Pointer, Violation};

use crate::cache::Schemas;
use crate::compile::{self, AffectedPart, Plan, Planned, Step};
use crate::document::Document;
use crate::error::GraphQlError;
use crate::introspected::{self, Introspected, Turn};
use crate::introspection;
use crate::operation;
use crate::plan::{FieldPlan, OperationPlan};
use crate::response::{self, Answer, Data};
use crate::schema::{Built, Scope};
use crate::validate::validate;

/// One request, up to but not including the model it will run on.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) schemas: &'a Schemas,
    pub(crate) introspected: &'a Introspected,
    pub(crate) principal: &'a Principal,
    pub(crate) document: &'a Document,
    pub(crate) variables: &'a Map<String, Json>,
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
    async fn plan(&self, snapshot: &Snapshot, turn: Option<&Turn>) -> Done<(Arc<Built>, Plan)> {
        let scope = if self.document.introspects() {
            Scope::Everything
        } else {
            self.document.scope(self.variables)
        };
        metrics::counter!("tessera_operations_validated_total").increment(1);
        let writes = self.principal.role.permissions.write;
        let making = self.schemas.get(snapshot, writes, scope, turn.cloned());
        let built = making.await;
        validate(&built.schema, self.document)
            .await
            .map_err(Answer::refused)?;
        let fields = operation::fields(built.schema.registry(), self.document, self.variables)
            .map_err(Answer::refused)?;
        let plan = compile::plan(&snapshot.model, &fields, self.variables);
        Ok((built, plan))
    }

    async fn query(&self, snapshot: Arc<Snapshot>) -> Result<Done<Answer>> {
        if let Some(plan) = snapshot.plans.get::<OperationPlan>(&self.key)
            && let OperationPlan::Query { read, fields } = &*plan
        {
            let answers = match read {
                Some(read) => {
                    self.engine
                        .run_read(self.principal, &snapshot, read, self.variables)
                        .await
                }
                None => Ok(None),
            };
            match answers {
                Ok(Some(answers)) => return Ok(Ok(answered(fields, answers))),
                // A value does not fit, or the engine refuses: reading the request anew tells how to say so.
                Ok(None) => {}
                Err(Error::User(error)) if !is_outage(&error) => {}
                Err(error) => return Err(error),
            }
        }
        if self.document.introspects() {
            return self.introspect(&snapshot).await;
        }
        self.query_anew(&snapshot, None).await
    }

    async fn introspect(&self, snapshot: &Snapshot) -> Result<Done<Answer>> {
        let key = introspected::Key::new(snapshot, &self.key, self.variables);
        let known = || {
            let fields = self.introspected.get(&key)?;
            Some(Answer {
                data: Data::Fields(fields.to_vec()),
                errors: Vec::new(),
            })
        };
        if let Some(answer) = known() {
            return Ok(Ok(answer));
        }
        let turn = self.introspected.turn(snapshot.tenant.id).await;
        match known() {
            Some(answer) => Ok(Ok(answer)),
            None => self.query_anew(snapshot, Some((turn, key))).await,
        }
    }

    /// With a turn to ask about the schema, and the key to keep the answer by, where it does.
    async fn query_anew(
        &self,
        snapshot: &Snapshot,
        introspects: Option<(Turn, introspected::Key)>,
    ) -> Result<Done<Answer>> {
        let turn = introspects.as_ref().map(|(turn, _)| turn);
        let (built, plan) = match self.plan(snapshot, turn).await {
            Ok(plan) => plan,
            Err(answer) => return Ok(Err(answer)),
        };
        let planned = plan.fields;
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
        let mut read = None;
        let mut answers = Vec::new();
        if !query.roots.is_empty() {
            match self.read(snapshot, &query).await {
                Ok((made, answer)) => {
                    read = Some(made);
                    answers = answer.roots;
                }
                Err(Error::User(error)) if !is_outage(&error) => {
                    let first = planned
                        .iter()
                        .find(|field| matches!(field.step, Ok(Step::Read(_))));
                    let errors = first.map(|field| {
                        let error = spelled(error);
                        GraphQlError::of_field(&error, field.at, vec![field.key.clone()])
                    });
                    return Ok(Err(Answer::failed(errors.into_iter().collect())));
                }
                Err(error) => return Err(error),
            }
        }
        let mut answers = answers.into_iter();
        let mut errors = Vec::new();
        let mut fields = Vec::with_capacity(planned.len());
        // What another request of the shape is answered with the same.
        let mut constants = Vec::with_capacity(planned.len());
        let mut lasting = plan.lasting;
        for field in planned {
            let text = match field.step {
                Ok(Step::Read(_)) => {
                    constants.push((field.key.clone(), None));
                    answers.next().flatten().unwrap_or_else(null)
                }
                Ok(Step::TypeName(name)) => {
                    let name = Bytes::from(response::json(&name));
                    constants.push((field.key.clone(), Some(name.clone())));
                    name
                }
                Ok(Step::Introspect(asked)) => {
                    lasting = false;
                    match introspection::answer(&built.schema, &asked, turn.cloned()).await {
                        Ok(text) => text.into(),
                        Err(found) => {
                            errors.extend(found);
                            null()
                        }
                    }
                }
                Ok(Step::Write(..) | Step::WriteMany(..)) => null(),
                Err(error) => {
                    errors.push(error);
                    null()
                }
            };
            fields.push((field.key, text));
        }
        let whole = errors.is_empty();
        match introspects {
            Some((_, key)) if whole && read.is_none() => {
                self.introspected.put(key, fields.clone());
            }
            _ if lasting && read.is_some() => {
                let fields = constants;
                self.keep(snapshot, OperationPlan::Query { read, fields });
            }
            _ => {}
        }
        let answer = Answer {
            data: Data::Fields(fields),
            errors,
        };
        Ok(if whole { Ok(answer) } else { Err(answer) })
    }

    async fn read(
        &self,
        snapshot: &Snapshot,
        query: &Query,
    ) -> Result<(ReadPlan, tessera_engine::records::Answer)> {
        let plan = self.engine.plan_read(self.principal, snapshot, query)?;
        let answer = self
            .engine
            .run_read(self.principal, snapshot, &plan, self.variables)
            .await?;
        let answer = answer.ok_or(InternalError::Unbound)?;
        Ok((plan, answer))
    }

    fn keep(&self, snapshot: &Snapshot, plan: OperationPlan) {
        let weight = plan.weight();
        snapshot.plans.put(self.key.clone(), Arc::new(plan), weight);
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
        if let Some(plan) = snapshot.plans.get::<OperationPlan>(&self.key)
            && let OperationPlan::Mutation(fields) = &*plan
            && (index > 0 || self.all_fit(fields))
        {
            let Some((key, field)) = fields.get(index) else {
                return Ok(Ok(None));
            };
            match self.field_again(&snapshot, key, field).await? {
                Some(Ok(text)) => return Ok(Ok(Some((key.clone(), text)))),
                Some(Err(answer)) => return Ok(Err(answer)),
                // A value does not fit: reading the request anew tells how to say so.
                None => {}
            }
        }
        self.field_anew(&snapshot, index).await
    }

    /// Whether none of several fields will turn out to be unfit once others are done.
    fn all_fit(&self, fields: &[(String, FieldPlan)]) -> bool {
        fields.len() == 1
            || fields.iter().all(|(_, field)| match field {
                FieldPlan::Constant(_) => true,
                FieldPlan::Write { plan, order, .. } => order
                    .write(self.variables)
                    .is_some_and(|write| plan.fits(self.principal, &write, self.variables)),
            })
    }

    /// Does a field as it was planned for another request of the same shape.
    async fn field_again(
        &self,
        snapshot: &Snapshot,
        key: &str,
        field: &FieldPlan,
    ) -> Result<Option<Done<Bytes>>> {
        let (at, plan, order, affected) = match field {
            FieldPlan::Constant(text) => return Ok(Some(Ok(text.clone()))),
            FieldPlan::Write {
                at,
                plan,
                order,
                affected,
            } => (*at, plan, order, affected.as_deref()),
        };
        let Some(write) = order.write(self.variables) else {
            return Ok(None);
        };
        let written = self
            .engine
            .run_write(self.principal, snapshot, plan, &write, self.variables)
            .await;
        written_field(written, at, key, affected)
    }

    async fn field_anew(
        &self,
        snapshot: &Snapshot,
        index: usize,
    ) -> Result<Done<Option<(String, Bytes)>>> {
        let planned = match self.plan(snapshot, None).await {
            Ok((_, plan)) => plan,
            Err(answer) => return Ok(Err(answer)),
        };
        let errors: Vec<_> = planned
            .fields
            .iter()
            .filter_map(|field| field.step.as_ref().err().cloned())
            .collect();
        if !errors.is_empty() {
            return Ok(Err(Answer::failed(errors)));
        }
        if planned.lasting
            && let Some(fields) = self.field_plans(snapshot, &planned.fields)?
        {
            self.keep(snapshot, OperationPlan::Mutation(fields));
        }
        let mut planned = planned.fields;
        if index >= planned.len() {
            return Ok(Ok(None));
        }
        let Planned { key, at, step, .. } = planned.swap_remove(index);
        let (write, affected) = match step {
            Ok(Step::Write(write, _)) => (write, None),
            Ok(Step::WriteMany(write, _, parts)) => (write, Some(parts)),
            Ok(Step::TypeName(name)) => return Ok(Ok(Some((key, response::json(&name).into())))),
            Ok(Step::Introspect(_) | Step::Read(_)) | Err(_) => return Ok(Ok(Some((key, null())))),
        };
        let plan = self.engine.plan_write(self.principal, snapshot, &write);
        let written = match plan {
            Ok(plan) => {
                self.engine
                    .run_write(self.principal, snapshot, &plan, &write, self.variables)
                    .await
            }
            Err(error) => Err(error.into()),
        };
        let field = written_field(written, at, &key, affected.as_deref())?;
        let field = field.ok_or(InternalError::Unbound)?;
        Ok(field.map(|text| Some((key, text))))
    }

    /// The plans of all fields, where each of them has one.
    fn field_plans(
        &self,
        snapshot: &Snapshot,
        planned: &[Planned],
    ) -> Result<Option<Vec<(String, FieldPlan)>>> {
        let mut fields = Vec::with_capacity(planned.len());
        for field in planned {
            let (write, order, affected) = match &field.step {
                Ok(Step::Write(write, order)) => (write, order, None),
                Ok(Step::WriteMany(write, order, parts)) => (write, order, Some(parts.clone())),
                Ok(Step::TypeName(name)) => {
                    let name = FieldPlan::Constant(response::json(name).into());
                    fields.push((field.key.clone(), name));
                    continue;
                }
                Ok(Step::Introspect(_) | Step::Read(_)) | Err(_) => return Ok(None),
            };
            let Ok(plan) = self.engine.plan_write(self.principal, snapshot, write) else {
                return Ok(None);
            };
            let plan = FieldPlan::Write {
                at: field.at,
                plan,
                order: order.clone(),
                affected,
            };
            fields.push((field.key.clone(), plan));
        }
        Ok(Some(fields))
    }
}

/// What a write comes to as the answer of its field.
fn written_field(
    written: Result<Option<Written>>,
    at: Pos,
    key: &str,
    affected: Option<&[(String, AffectedPart)]>,
) -> Result<Option<Done<Bytes>>> {
    match written {
        Ok(Some(written)) => Ok(Some(Ok(match affected {
            Some(parts) => response::affected(parts, written.affected),
            None => written.body,
        }))),
        Ok(None) => Ok(None),
        Err(Error::User(error)) if !is_outage(&error) => {
            let error = GraphQlError::of_field(&spelled(error), at, vec![key.to_owned()]);
            Ok(Some(Err(Answer::failed(vec![error]))))
        }
        Err(error) => Err(error),
    }
}

/// An answer put together as its plan says.
fn answered(
    fields: &[(String, Option<Bytes>)],
    answers: tessera_engine::records::Answer,
) -> Answer {
    let mut answers = answers.roots.into_iter();
    let fields = fields.iter().map(|(key, constant)| {
        let text = match constant {
            Some(text) => text.clone(),
            None => answers.next().flatten().unwrap_or_else(null),
        };
        (key.clone(), text)
    });
    Answer {
        data: Data::Fields(fields.collect()),
        errors: Vec::new(),
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
