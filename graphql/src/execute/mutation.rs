//! One statement for each field of a mutation.

use async_graphql::Pos;
use bytes::Bytes;
use std::sync::Arc;
use tessera_compiler::cost::Cost;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::Written;
use tessera_error::{Error, InternalError, Result};

use super::{Done, Job, is_outage, null, spelled};
use crate::compile::{Planned, Step};
use crate::error::GraphQlError;
use crate::plan::{FieldPlan, OperationPlan};
use crate::response::AffectedPart;
use crate::response::{self, Answer, Data};

impl Job<'_> {
    /// One field after the other. All are checked before the first is begun; the first to fail ends the operation.
    pub(super) async fn mutation(&self) -> Result<Answer> {
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
            && (index > 0 || self.all_fit(&snapshot, fields))
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

    /// Whether none of several fields will turn out to be unfit once others are done. As many records are written as when the
    /// plans were made, so that they do not cost more together.
    fn all_fit(&self, snapshot: &Snapshot, fields: &[(String, FieldPlan)]) -> bool {
        fields.len() == 1
            || fields.iter().all(|(_, field)| match field {
                FieldPlan::Constant(_) => true,
                FieldPlan::Write { plan, order, .. } => order
                    .write(self.context, snapshot, self.variables)
                    .is_some_and(|write| plan.fits(self.context, &write, self.variables)),
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
        let Some(write) = order.write(self.context, snapshot, self.variables) else {
            return Ok(None);
        };
        let written = self
            .engine
            .executor()
            .write(self.context, snapshot, plan, &write, self.variables)
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
        let all = index == 0 && planned.fields.len() > 1;
        if planned.lasting || all {
            match self.field_plans(snapshot, &planned.fields) {
                Ok(Some(fields)) if planned.lasting => {
                    self.keep(snapshot, OperationPlan::Mutation(fields));
                }
                Ok(_) => {}
                Err(error) => return Ok(Err(Answer::failed(vec![error]))),
            }
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
        let plan = self.engine.plan_write(self.context, snapshot, &write);
        let written = match plan {
            Ok(plan) => {
                self.engine
                    .executor()
                    .write(self.context, snapshot, &plan, &write, self.variables)
                    .await
            }
            Err(error) => Err(error.into()),
        };
        let field = written_field(written, at, &key, affected.as_deref())?;
        let field = field.ok_or(InternalError::Unbound)?;
        Ok(field.map(|text| Some((key, text))))
    }

    /// The plans of all fields, where each of them has one; the first refusal, where one of them or all together ask too much.
    fn field_plans(
        &self,
        snapshot: &Snapshot,
        planned: &[Planned],
    ) -> Result<Option<Vec<(String, FieldPlan)>>, GraphQlError> {
        let mut fields = Vec::with_capacity(planned.len());
        let mut cost = Cost::default();
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
            let plan = self
                .engine
                .plan_write(self.context, snapshot, write)
                .map_err(|error| {
                    GraphQlError::of_field(&spelled(error), field.at, vec![field.key.clone()])
                })?;
            cost = cost.and(plan.cost(write));
            let plan = FieldPlan::Write {
                at: field.at,
                plan: Box::new(plan),
                order: order.clone(),
                affected,
            };
            fields.push((field.key.clone(), plan));
        }
        cost.check_together()
            .map_err(|error| GraphQlError::of_field(&error, Pos::default(), Vec::new()))?;
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
