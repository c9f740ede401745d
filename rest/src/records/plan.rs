//! Requests that were worked out before: found by the shape of their parameters, run with the values.

use serde_json::{Map, Value as Json};
use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use tessera_engine::error::{InternalError, Result};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::plan::shape;
use tessera_engine::principal::Principal;
use tessera_schema::source::Source;

use crate::parameters::Parameters;

/// Tells this face's keys from others'.
const FACE: u8 = b'R';
/// The parameter that is JSON of its own.
const FILTER: &str = "filter";
/// Parameters whose values go to the database as they are.
const VALUES: [&str; 2] = ["after", "before"];

/// Something kept for all requests of a shape.
pub(super) trait Plan: Any + Send + Sync {
    /// About how many bytes of memory it takes.
    fn weight(&self) -> usize;

    /// Whether it holds for other requests of its shape.
    fn is_lasting(&self) -> bool {
        true
    }
}

/// What a plan depends on of a request, and what it is bound with.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) key: Vec<u8>,
    /// By the names that [`source`] gives.
    pub(super) inputs: Map<String, Json>,
}

/// Where a parameter's value is found among the inputs.
pub(super) fn source(parameter: &str) -> Source {
    Source::input(parameter)
}

impl Planned {
    /// `kind` tells requests apart that may have the same parameters.
    pub(super) fn of(
        principal: &Principal,
        kind: u8,
        plural: &str,
        parameters: &Parameters,
    ) -> Self {
        let mut key = vec![FACE, kind, principal.access()];
        let mut inputs = Map::new();
        shape::text(plural, &mut key);
        for (name, text) in parameters.iter() {
            shape::text(name, &mut key);
            let value = match name {
                FILTER => serde_json::from_str(text).ok(),
                name if VALUES.contains(&name) => Some(Json::from(text)),
                _ => None,
            };
            match value {
                Some(value) => {
                    shape::write(&value, &mut key);
                    inputs.insert(name.to_owned(), value);
                }
                None => shape::text(text, &mut key),
            }
        }
        Self { key, inputs }
    }

    /// For a grouping, which is asked for in a body: all of it decides but the values of its filter.
    pub(super) fn of_aggregate(principal: &Principal, plural: &str, body: &Json) -> Self {
        let mut key = vec![FACE, b'A', principal.access()];
        let mut inputs = Map::new();
        shape::text(plural, &mut key);
        match body {
            Json::Object(members) => {
                for (name, value) in members {
                    shape::text(name, &mut key);
                    if name == FILTER {
                        shape::write(value, &mut key);
                        inputs.insert(name.clone(), value.clone());
                    } else {
                        shape::text(&value.to_string(), &mut key);
                    }
                }
            }
            other => shape::text(&other.to_string(), &mut key),
        }
        Self { key, inputs }
    }

    /// Adds a value that is bound.
    pub(super) fn bind(&mut self, name: &str, value: &str) {
        self.inputs.insert(name.to_owned(), value.into());
    }

    /// Answers with the plan of an earlier request of this shape, or makes one and keeps it. `run` gives nothing where a value
    /// does not fit the plan; then making it anew tells why.
    pub(super) async fn answer<P, T, F>(
        &self,
        snapshot: &Snapshot,
        make: impl Fn() -> Result<P> + Send,
        run: impl Fn(Arc<P>) -> F + Send,
    ) -> Result<T>
    where
        P: Plan,
        F: Future<Output = Result<Option<T>>> + Send,
    {
        if let Some(plan) = snapshot.plans.get::<P>(&self.key)
            && let Some(answer) = run(plan).await?
        {
            return Ok(answer);
        }
        let plan = Arc::new(make()?);
        let answer = run(Arc::clone(&plan)).await?;
        let answer = answer.ok_or(InternalError::Unbound)?;
        if plan.is_lasting() {
            let weight = plan.weight();
            snapshot.plans.put(self.key.clone(), plan, weight);
        }
        Ok(answer)
    }
}
