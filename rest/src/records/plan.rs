//! Requests that were worked out before: found by the shape of their parameters, run with the values.

use serde_json::{Map, Value as Json};
use std::any::Any;
use std::sync::Arc;
use tessera_compiler::plan::shape;
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::engine::Engine;
use tessera_engine::executor::Executor;
use tessera_engine::request_context::RequestContext;
use tessera_error::{InternalError, Result};
use tessera_http::state::Api;
use tessera_identity::principal::Principal;
use tessera_schema::source::Source;

use crate::parameters::Parameters;

/// Tells this face's keys from others'.
const FACE: u8 = b'R';
/// The parameter that is JSON of its own.
const FILTER: &str = "filter";
/// Parameters whose values go to the database as they are.
const VALUES: [&str; 2] = ["after", "before"];

/// A request on records, which is worked out once for all of its shape.
pub(super) trait Work: Sync {
    type Plan: Any + Send + Sync;
    type Done: Send;

    fn planned(&self) -> &Planned;

    /// Works it out under a model.
    fn plan(
        &self,
        engine: &Engine,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> Result<Self::Plan>;

    /// About how many bytes of memory its plan takes; nothing where it does not hold for other requests of the shape.
    fn weight(&self, plan: &Self::Plan) -> Option<usize>;

    /// Does it with a plan; nothing where one of its values does not fit, and working it out anew tells why.
    fn run(
        &self,
        plan: &Self::Plan,
        executor: &mut Executor<'_>,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> impl Future<Output = Result<Option<Self::Done>>> + Send;
}

/// Does a request by itself, on the model as it is now.
pub(super) async fn alone<W: Work>(
    api: &Api,
    context: &RequestContext,
    work: &W,
) -> Result<W::Done> {
    let engine = &api.engine;
    let on = |snapshot: Arc<Snapshot>| async move {
        let mut executor = engine.executor();
        perform(work, engine, &mut executor, context, &snapshot).await
    };
    engine.on_model(context.principal.tenant, on).await
}

/// Does a request with the plan of an earlier one of its shape, or works it out and keeps the plan.
pub(super) async fn perform<W: Work>(
    work: &W,
    engine: &Engine,
    executor: &mut Executor<'_>,
    context: &RequestContext,
    snapshot: &Snapshot,
) -> Result<W::Done> {
    let key = &work.planned().key;
    if let Some(plan) = snapshot.plans.get::<W::Plan>(key)
        && let Some(done) = work.run(&plan, executor, context, snapshot).await?
    {
        return Ok(done);
    }
    let plan = work.plan(engine, context, snapshot)?;
    let done = work.run(&plan, executor, context, snapshot).await?;
    let done = done.ok_or(InternalError::Unbound)?;
    if let Some(weight) = work.weight(&plan) {
        snapshot.plans.put(key.clone(), Arc::new(plan), weight);
    }
    Ok(done)
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
        let mut key = vec![FACE, kind];
        key.extend_from_slice(principal.access().as_bytes());
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
        let mut key = vec![FACE, b'A'];
        key.extend_from_slice(principal.access().as_bytes());
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
}

#[cfg(test)]
mod tests {
    use super::Planned;
    use crate::parameters::Parameters;
    use serde_json::{Value as Json, json};
    use std::sync::Arc;
    use tessera_identity::principal::{HeldRoles, Principal};
    use tessera_schema::access::role::Role;
    use tessera_schema::ident::{RoleId, TenantId, UserId};
    use uuid::Uuid;

    const KNOWN: &[&str] = &["filter", "sort", "after", "before", "limit"];

    /// A caller of the first or the second role of the tenant.
    fn principal(first: bool) -> Principal {
        let role = Role {
            id: RoleId(Uuid::from_u128(u128::from(first))),
            api_name: "member".to_owned(),
            name: "Member".to_owned(),
            built_in: true,
            permissions: Arc::default(),
        };
        Principal {
            tenant: TenantId(Uuid::now_v7()),
            user: UserId(Uuid::now_v7()),
            held: Arc::new(HeldRoles::of(&[role])),
            team_ids: Arc::default(),
        }
    }

    fn planned(plural: &str, query: &str) -> Planned {
        let parameters = Parameters::read(Some(query), KNOWN).unwrap();
        Planned::of(&principal(true), b'L', plural, &parameters)
    }

    fn grouped(body: &Json) -> Planned {
        Planned::of_aggregate(&principal(true), "contacts", body)
    }

    #[test]
    fn values_are_inputs_and_no_part_of_the_key() {
        for (one, other, input) in [
            (
                r#"filter={"a":{"eq":"x"}}"#,
                r#"filter={"a":{"eq":"y"}}"#,
                json!({"filter": {"a": {"eq": "y"}}}),
            ),
            (
                r#"filter={"a":{"in":[1]}}"#,
                r#"filter={ "a" : {"in":[2,3]}}"#,
                json!({"filter": {"a": {"in": [2, 3]}}}),
            ),
            ("after=a&limit=5", "after=b&limit=5", json!({"after": "b"})),
            ("before=a", "before=b", json!({"before": "b"})),
        ] {
            let (one, other) = (planned("contacts", one), planned("contacts", other));
            assert_eq!(one.key, other.key);
            assert_eq!(Json::Object(other.inputs), input);
        }
        let one = grouped(&json!({"group_by": ["a"], "filter": {"a": {"eq": 1}}}));
        let other = grouped(&json!({"group_by": ["a"], "filter": {"a": {"eq": 2}}}));
        assert_eq!(one.key, other.key);
        assert_eq!(
            Json::Object(other.inputs),
            json!({"filter": {"a": {"eq": 2}}})
        );
    }

    #[test]
    fn everything_else_is_a_part_of_the_key() {
        let plans = [
            planned("contacts", ""),
            planned("companies", ""),
            planned("contacts", "filter={}"),
            planned("contacts", "filter="),
            planned("contacts", "filter={"),
            planned("contacts", "filter=[["),
            planned("contacts", r#"filter={"a":{"eq":"x"}}"#),
            planned("contacts", r#"filter={"a":{"eq":1}}"#),
            planned("contacts", r#"filter={"a":{"eq":null}}"#),
            planned("contacts", r#"filter={"a":{"neq":"x"}}"#),
            planned("contacts", r#"filter={"b":{"eq":"x"}}"#),
            planned("contacts", "sort=a"),
            planned("contacts", "sort=-a"),
            planned("contacts", "limit=1"),
            planned("contacts", "limit=2"),
            planned("contacts", "after=a"),
            planned("contacts", "before=a"),
            grouped(&json!({})),
            grouped(&json!({"group_by": ["a"]})),
            grouped(&json!({"group_by": ["b"]})),
            grouped(&json!({"group_by": ["a"], "filter": {}})),
            grouped(&json!({"group_by": ["a"], "having": {"n": {"gt": 1}}})),
            grouped(&json!({"group_by": ["a"], "having": {"n": {"gt": 2}}})),
            grouped(&json!([])),
        ];
        for (n, one) in plans.iter().enumerate() {
            for other in &plans[n + 1..] {
                assert_ne!(one.key, other.key, "{one:?} {other:?}");
            }
        }
        let parameters = Parameters::read(Some(""), KNOWN).unwrap();
        let of = |write, kind| Planned::of(&principal(write), kind, "contacts", &parameters).key;
        assert_ne!(of(true, b'L'), of(false, b'L'));
        assert_ne!(of(true, b'L'), of(true, b'O'));
    }

    #[test]
    fn what_is_bound_is_an_input() {
        let mut one = planned("contacts", "");
        let key = one.key.clone();
        one.bind("id", "x");
        assert_eq!(one.key, key);
        assert_eq!(Json::Object(one.inputs), json!({"id": "x"}));
    }
}
