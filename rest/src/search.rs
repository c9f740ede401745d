//! `GET /search`: the best hits over every object that can be searched.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;
use tessera_compiler::query::tree::{HitPart, Query, Root};
use tessera_compiler::snapshot::Snapshot;
use tessera_error::{Result, UserError};
use tessera_http::caller::Caller;
use tessera_http::problem;
use tessera_http::state::Api;
use tessera_schema::model::Model;
use tessera_schema::naming::Spelling;
use tessera_schema::search::{self, Search};
use tessera_schema::text::clip;
use tessera_schema::violation::{Pointer, Violation};

use crate::parameters::{Faults, Parameters};
use crate::records::answer;

const PARAMETERS: &[&str] = &["q", "objects", "limit"];

const DEFAULT_LIMIT: u32 = 20;
const MOST: u32 = 100;

pub(crate) async fn search(
    State(api): State<Api>,
    Caller(context): Caller,
    RawQuery(query): RawQuery,
) -> problem::Result<Response> {
    let parameters = Parameters::read(query.as_deref(), PARAMETERS)?;
    let (api, context, parameters) = (&api, &context, &parameters);
    let work = |snapshot: Arc<Snapshot>| async move {
        let view = snapshot.view(context.principal.roles());
        let (root, limit) = read(&view.model, parameters)?;
        let query = Query { roots: vec![root] };
        let answer = api.engine.read(context, &snapshot, &query).await?;
        let hits = answer.roots.into_iter().next().flatten();
        Ok(answer::in_data_up_to(limit, &hits.unwrap_or_default()))
    };
    let hits = api.engine.on_model(context.principal.tenant, work).await?;
    Ok(answer::json(StatusCode::OK, hits))
}

/// Reads the parameters against the model: what is searched, for one hit more than the limit, and the limit.
fn read(model: &Model, parameters: &Parameters) -> Result<(Root, u32), UserError> {
    let mut faults = Faults::default();
    let text = parameters.get("q").unwrap_or_default();
    let search = Search::parse(text).map_err(|violation| vec![violation.below("q")]);
    let search = faults.keep(search);
    let names = parameters.get("objects").map(|names| names.split(','));
    let objects = faults.keep(search::objects(model, names, Spelling::Snake).map_err(in_objects));
    let limit = faults.keep(limit(parameters));
    let (Some(search), Some(objects), Some(limit)) = (search, objects, limit) else {
        return Err(faults.malformed());
    };
    let part = |name: &str, part| (name.to_owned(), part);
    let root = Root::Search {
        objects,
        search,
        limit: limit + 1,
        parts: vec![
            part("object", HitPart::Object),
            part("id", HitPart::Id),
            part("label", HitPart::Label),
            part("rank", HitPart::Rank),
        ],
    };
    Ok((root, limit))
}

/// The list is one parameter, so its name is the place of each fault in it.
fn in_objects(violations: Vec<Violation>) -> Vec<Violation> {
    let place = |violation| Violation {
        pointer: Pointer::root().key("objects"),
        ..violation
    };
    violations.into_iter().map(place).collect()
}

fn limit(parameters: &Parameters) -> Result<u32, Vec<Violation>> {
    let Some(text) = parameters.get("limit") else {
        return Ok(DEFAULT_LIMIT);
    };
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| {
        let message = format!("`{}` is no whole number from 1 to {MOST}", clip(text));
        let place = Pointer::root().key("limit");
        vec![Violation::new(place, "range", message)]
    })
}
