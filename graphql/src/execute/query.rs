//! One statement for all fields of a query.

use bytes::Bytes;
use std::sync::Arc;
use tessera_compiler::query::tree::Query;
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::records::ReadPlan;
use tessera_error::{Error, InternalError, Result};

use super::{Done, Job, is_outage, null, spelled};
use crate::compile::{Planned, Step};
use crate::error::GraphQlError;
use crate::introspected::{self, Turn};
use crate::introspection;
use crate::plan::OperationPlan;
use crate::response::{self, Answer, Data};

impl Job<'_> {
    pub(super) async fn query(&self, snapshot: Arc<Snapshot>) -> Result<Done<Answer>> {
        if let Some(plan) = snapshot.plans.get::<OperationPlan>(&self.key)
            && let OperationPlan::Query { read, fields } = &*plan
        {
            let answers = self
                .engine
                .executor()
                .read(self.context, &snapshot, read, self.variables)
                .await;
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
        if let Some(answer) = refused(&planned) {
            return Ok(Err(answer));
        }
        let (read, answers) = match self.read(snapshot, &planned).await? {
            Ok(done) => done,
            Err(answer) => return Ok(Err(answer)),
        };
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
        match (read, introspects) {
            (None, Some((_, key))) if whole => self.introspected.put(key, fields.clone()),
            (Some(read), _) if lasting => {
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

    /// What the fields ask records for, in one statement if in any.
    async fn read(
        &self,
        snapshot: &Snapshot,
        planned: &[Planned],
    ) -> Result<Done<(Option<ReadPlan>, Vec<Option<Bytes>>)>> {
        let reads = planned.iter().filter_map(|field| match &field.step {
            Ok(Step::Read(root)) => Some((field, root)),
            _ => None,
        });
        let Some((first, _)) = reads.clone().next() else {
            return Ok(Ok((None, Vec::new())));
        };
        let query = Query {
            roots: reads.map(|(_, root)| root.clone()).collect(),
        };
        let answer = async {
            let plan = self.engine.plan_read(self.context, snapshot, &query)?;
            let answer = self
                .engine
                .executor()
                .read(self.context, snapshot, &plan, self.variables)
                .await?;
            Ok((plan, answer.ok_or(InternalError::Unbound)?))
        };
        match answer.await {
            Ok((plan, answer)) => Ok(Ok((Some(plan), answer.roots))),
            Err(Error::User(error)) if !is_outage(&error) => {
                let error =
                    GraphQlError::of_field(&spelled(error), first.at, vec![first.key.clone()]);
                Ok(Err(Answer::failed(vec![error])))
            }
            Err(error) => Err(error),
        }
    }
}

/// The answer where a field fails that may not be null.
fn refused(planned: &[Planned]) -> Option<Answer> {
    let failed = planned.iter().filter(|field| field.step.is_err());
    if failed.clone().all(|field| field.nullable) {
        return None;
    }
    let errors = failed.filter_map(|field| field.step.as_ref().err().cloned());
    Some(Answer::failed(errors.collect()))
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
