//! `POST /{plural}/aggregate`: records in groups, and what is reckoned over each.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value as Json;
use std::sync::Arc;
use tessera_engine::error::{self as engine, UserError};
use tessera_engine::model::snapshot::Snapshot;
use tessera_engine::principal::Principal;
use tessera_engine::query::tree::{GroupItem, GroupShape, Query, Root};
use tessera_engine::records::ReadPlan;
use tessera_schema::aggregate::Body;

use super::plan::{self, Plan, Planned};
use super::{answer, request};
use crate::caller::Caller;
use crate::json::JsonValue;
use crate::parameters::Parameters;
use crate::path::Segments;
use crate::problem::Result;
use crate::state::Api;

pub(super) async fn aggregate(
    State(api): State<Api>,
    Caller(principal): Caller,
    Segments(plural): Segments<String>,
    RawQuery(query): RawQuery,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    request::must_read(&principal)?;
    Parameters::read(query.as_deref(), &[])?;
    let planned = Planned::of_aggregate(&principal, &plural, &body);
    let (api, principal, planned) = (&api, &principal, &planned);
    let (plural, body) = (&plural, &body);
    let work = |snapshot: Arc<Snapshot>| async move {
        let make = || AggregatePlan::make(api, principal, &snapshot, plural, body);
        let run = |plan: Arc<AggregatePlan>| {
            let snapshot = Arc::clone(&snapshot);
            async move {
                let read = &plan.0;
                let found = api
                    .engine
                    .run_read(principal, &snapshot, read, &planned.inputs)
                    .await?;
                Ok(found.map(|found| found.roots.into_iter().next().flatten().unwrap_or_default()))
            }
        };
        planned.answer(&snapshot, make, run).await
    };
    let groups = api.engine.on_model(principal.tenant, work).await?;
    Ok(answer::json(StatusCode::OK, answer::in_data(&groups)))
}

/// A grouping worked out.
#[derive(Debug)]
struct AggregatePlan(ReadPlan);

impl Plan for AggregatePlan {
    fn weight(&self) -> usize {
        self.0.weight()
    }
}

impl AggregatePlan {
    fn make(
        api: &Api,
        principal: &Principal,
        snapshot: &Snapshot,
        plural: &str,
        body: &Json,
    ) -> engine::Result<Self> {
        let object = request::object(&snapshot.model, plural)?;
        let origin = plan::source("filter");
        let body = Body::parse_from(&snapshot.model, object, body, &origin)
            .map_err(UserError::Malformed)?;
        let root = Root::Groups {
            object: Arc::clone(object),
            shape: shape(&body),
            aggregation: body.aggregation,
        };
        let query = Query { roots: vec![root] };
        Ok(Self(api.engine.plan_read(principal, snapshot, &query)?))
    }
}

/// Keys under the names that asked for them, those with dots as objects within objects; then the aggregates.
fn shape(body: &Body) -> GroupShape {
    let mut shape = GroupShape::default();
    for (place, path) in body.keys.iter().enumerate() {
        put(&mut shape, path, place);
    }
    let aggregates = body.aggregates.iter();
    let aggregates = aggregates.map(|(name, place)| (name.clone(), GroupItem::Aggregate(*place)));
    shape.0.extend(aggregates);
    shape
}

fn put(shape: &mut GroupShape, path: &[String], place: usize) {
    let [name, rest @ ..] = path else { return };
    if rest.is_empty() {
        shape.0.push((name.clone(), GroupItem::Key(place)));
        return;
    }
    let known = shape.0.iter().position(|(known, _)| known == name);
    let index = known.unwrap_or_else(|| {
        let object = GroupItem::Object(GroupShape::default());
        shape.0.push((name.clone(), object));
        shape.0.len() - 1
    });
    if let GroupItem::Object(inner) = &mut shape.0[index].1 {
        put(inner, rest, place);
    }
}
