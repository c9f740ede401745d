//! `POST /{plural}/aggregate`: records in groups, and what is reckoned over each.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value as Json;
use std::sync::Arc;
use tessera_compiler::query::tree::{GroupItem, GroupShape, Query, Root};
use tessera_compiler::snapshot::Snapshot;
use tessera_engine::engine::Engine;
use tessera_engine::executor::Executor;
use tessera_engine::records::ReadPlan;
use tessera_engine::request_context::RequestContext;
use tessera_error::{self as error, UserError};
use tessera_http::caller::Caller;
use tessera_http::json::JsonValue;
use tessera_http::path::Segments;
use tessera_http::problem::Result;
use tessera_http::state::Api;
use tessera_schema::aggregate::Body;

use super::plan::{self, Planned, Work};
use super::{answer, request};
use crate::parameters::Parameters;

pub(super) async fn aggregate(
    State(api): State<Api>,
    Caller(context): Caller,
    Segments(plural): Segments<String>,
    RawQuery(query): RawQuery,
    JsonValue(body): JsonValue,
) -> Result<Response> {
    Parameters::read(query.as_deref(), &[])?;
    let grouping = Grouping {
        planned: Planned::of_aggregate(&context.principal, &plural, &body),
        plural,
        body,
    };
    let groups = plan::alone(&api, &context, &grouping).await?;
    Ok(answer::json(StatusCode::OK, groups))
}

/// Groups asked for.
#[derive(Debug)]
struct Grouping {
    plural: String,
    body: Json,
    planned: Planned,
}

/// A grouping worked out.
#[derive(Debug)]
struct GroupingPlan {
    /// Asks for one group more than the limit.
    read: ReadPlan,
    limit: u32,
}

impl Work for Grouping {
    type Plan = GroupingPlan;
    type Done = Vec<u8>;

    fn planned(&self) -> &Planned {
        &self.planned
    }

    fn plan(
        &self,
        engine: &Engine,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> error::Result<GroupingPlan> {
        let view = snapshot.view(context.principal.roles());
        let object = request::object(&view.model, &self.plural)?;
        let origin = plan::source("filter");
        let mut body = Body::parse_from(&view.model, object, &self.body, &origin)
            .map_err(UserError::Malformed)?;
        let limit = body.aggregation.limit;
        body.aggregation.limit += 1;
        let root = Root::Groups {
            object: Arc::clone(object),
            shape: shape(&body),
            aggregation: body.aggregation,
        };
        let query = Query { roots: vec![root] };
        let read = engine.plan_read(context, snapshot, &query)?;
        Ok(GroupingPlan { read, limit })
    }

    fn weight(&self, plan: &GroupingPlan) -> Option<usize> {
        Some(plan.read.weight())
    }

    async fn run(
        &self,
        plan: &GroupingPlan,
        executor: &mut Executor<'_>,
        context: &RequestContext,
        snapshot: &Snapshot,
    ) -> error::Result<Option<Vec<u8>>> {
        let found = executor
            .read(context, snapshot, &plan.read, &self.planned.inputs)
            .await?;
        let groups =
            found.map(|found| found.roots.into_iter().next().flatten().unwrap_or_default());
        Ok(groups.map(|groups| answer::in_data_up_to(plan.limit, &groups)))
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
