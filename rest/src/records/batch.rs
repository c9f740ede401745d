//! `POST /batch`: up to a hundred operations on records of any objects, in one transaction.
//!
//! ```json
//! {"operations": [
//!   {"ref": "acme", "method": "POST", "path": "/companies", "body": {"name": "Acme"}},
//!   {"ref": "ann", "method": "POST", "path": "/contacts?fields=id", "body": {"company_id": "$acme.id"}},
//!   {"method": "PATCH", "path": "/contacts/$ann.id", "body": {"city": "Riga"}, "if_match": "\"1\""}
//! ]}
//! ```
//!
//! An operation is a request on records as it would be alone: its method, its path with the query, its body, and
//! `if_match` for the header of that name. It sees what those before it did, and may name their results: see [`mod@reference`].
//! The answer is `{"results": [{"ref", "status", "headers", "body"}, …]}`, each as alone.
//!
//! What operations write is locked before the first runs, in one order: batches on the same records, or with unique values of the
//! same object, run one after the other, whatever order their operations have.
//!
//! Where one fails nothing of the batch stays. The answer is then that operation's problem, its pointers below
//! `/operations/3`, in `body` or, for query parameters, in `path`; `operation` is its index, and `results` tells what became
//! of each.

mod operation;
mod reference;
mod result;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;
use tessera_compiler::snapshot::Snapshot;
use tessera_compiler::write::lock::{Target, Targets};
use tessera_engine::request_context::RequestContext;
use tessera_engine::transaction::Transaction;
use tessera_error::{Error, InternalError, Result, UserError};
use tessera_http::caller::Caller;
use tessera_http::change;
use tessera_http::json::JsonBody;
use tessera_http::problem::{Problem, ProblemDetails};
use tessera_http::state::Api;
use tessera_schema::violation::{Pointer, Violation};
use tokio::time::timeout;

use self::operation::{Given, Operation, Request};
use self::reference::Room;
use self::result::{Done, Entry, Kept, Outcome};
use super::{answer, plan, request};
use crate::parameters::Parameters;
use crate::prefer::Prefer;

/// The most operations of one batch.
pub(crate) const MOST: usize = 100;
/// A batch holds what it has written from everybody else until it ends, so it may not take longer.
const LONGEST: Duration = Duration::from_mins(1);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    operations: Vec<Given>,
}

/// How a batch ended.
#[derive(Debug)]
enum Ended {
    Well(Vec<Done>),
    /// At the operation of this index; those before it had run.
    Failed(usize, UserError),
}

pub(super) async fn batch(
    State(api): State<Api>,
    Caller(context): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    JsonBody(batch): JsonBody<Batch>,
) -> Result<Response, Problem> {
    Parameters::read(query.as_deref(), &[])?;
    let operations = read(&batch.operations)?;
    let prefer = Prefer::read(&headers);
    let job = Job {
        api: &api,
        context: &context,
        operations: &operations,
        prefer,
    };
    let work = || {
        api.engine
            .on_model(context.principal.tenant, |snapshot| job.run(snapshot))
    };
    let ended = timeout(LONGEST, api.engine.undisturbed(work)).await;
    let mut response = match ended.map_err(|_| UserError::TimedOut)?? {
        Ended::Well(results) => done(&operations, &results),
        Ended::Failed(index, error) => failed(&operations, index, error),
    };
    prefer.acknowledge(response.headers_mut());
    change::show(response.headers_mut(), context.change);
    Ok(response)
}

/// Reads every operation as far as it can be read before any has run.
fn read(given: &[Given]) -> Result<Vec<Operation<'_>>, UserError> {
    let place = Pointer::root().key("operations");
    match given.len() {
        0 => {
            let message = "at least one operation is needed";
            return Err(UserError::invalid(place, "too_few", message));
        }
        1..=MOST => {}
        _ => {
            let message = format!("at most {MOST} operations are done at once");
            return Err(UserError::invalid(place, "too_many", message));
        }
    }
    let mut operations = Vec::with_capacity(given.len());
    let mut violations = Vec::new();
    let mut names = Vec::new();
    for (index, given) in given.iter().enumerate() {
        match Operation::read(given, &names) {
            Ok(operation) => operations.push(operation),
            Err(own) => {
                let own = request::below(own, index);
                violations.extend(request::below(own, "operations"));
            }
        }
        names.extend(given.name.as_deref());
    }
    if violations.is_empty() {
        Ok(operations)
    } else {
        Err(UserError::Invalid(violations))
    }
}

struct Job<'b> {
    api: &'b Api,
    context: &'b RequestContext,
    operations: &'b [Operation<'b>],
    prefer: Prefer,
}

impl Job<'_> {
    /// Runs the batch on a model. What it refuses holds for the model as it is now.
    async fn run(&self, snapshot: Arc<Snapshot>) -> Result<Ended> {
        let engine = &self.api.engine;
        let mut transaction = engine.begin(self.context).await?;
        let targets = self.targets(&snapshot);
        transaction.lock(self.context, &snapshot, &targets).await?;
        let mut room = Room::default();
        let mut results: Vec<Done> = Vec::with_capacity(self.operations.len());
        for operation in self.operations {
            let named: Vec<(&str, &Json)> = self
                .operations
                .iter()
                .zip(&results)
                .filter_map(|(operation, done)| Some((operation.name?, &done.value)))
                .collect();
            let before = transaction.cost();
            let outcome = match operation.request(self.context, &named, &mut room) {
                Ok(request) => self.request(&mut transaction, &snapshot, request).await,
                Err(error) => Err(error.into()),
            };
            match outcome {
                Ok(response) => {
                    let kept = Kept {
                        body: !self.prefer.minimal,
                        value: operation.name.is_some(),
                    };
                    if !kept.body && !kept.value {
                        transaction.forget_answers_since(before);
                    }
                    results.push(Done::of(response, kept).await);
                }
                Err(error) => {
                    transaction.rollback().await?;
                    return match error {
                        Error::User(error) if error.status() < 500 => {
                            if !engine.is_current(&snapshot).await? {
                                return Err(InternalError::ModelChanged.into());
                            }
                            Ok(Ended::Failed(results.len(), error))
                        }
                        error => Err(error),
                    };
                }
            }
        }
        if self.prefer.rollback {
            transaction.rollback().await?;
        } else {
            transaction.commit().await?;
        }
        Ok(Ended::Well(results))
    }

    /// What operations write, as far as it is known before any has run.
    fn targets(&self, snapshot: &Snapshot) -> Targets {
        let mut targets = Targets::default();
        let view = snapshot.view(self.context.principal.roles());
        for operation in self.operations {
            // Otherwise it will be refused.
            let Ok(object) = request::object(&view.model, operation.plural()) else {
                continue;
            };
            let takes_keys = operation.takes_keys(object);
            for target in operation.targets(self.operations) {
                let id = match target {
                    operation::Target::Known(id) => request::record_id(id).ok(),
                    operation::Target::Found => None,
                    operation::Target::Made if takes_keys => None,
                    // In nobody's way.
                    operation::Target::Made => continue,
                };
                let target = Target {
                    id,
                    takes_keys,
                    goes: operation.goes(),
                };
                targets.add(&object.table, target);
            }
        }
        targets
    }

    async fn request(
        &self,
        transaction: &mut Transaction,
        snapshot: &Snapshot,
        request: Request,
    ) -> Result<Response> {
        let (engine, context) = (&self.api.engine, self.context);
        let mut executor = transaction.executor();
        Ok(match request {
            Request::One(one) => {
                let found = plan::perform(&one, engine, &mut executor, context, snapshot).await?;
                found.response()
            }
            Request::List(list) => {
                let body = plan::perform(&list, engine, &mut executor, context, snapshot).await?;
                answer::json(StatusCode::OK, body)
            }
            Request::Write(writing) => {
                let written =
                    plan::perform(&writing, engine, &mut executor, context, snapshot).await?;
                writing.answer(written)
            }
        })
    }
}

fn done(operations: &[Operation<'_>], results: &[Done]) -> Response {
    #[derive(Serialize)]
    struct Body<'r> {
        results: Vec<Entry<'r>>,
    }
    let entries = operations.iter().zip(results);
    let entries = entries.map(|(operation, done)| done.entry(operation.name));
    let body = Body {
        results: entries.collect(),
    };
    let body = serde_json::to_vec(&body).expect("results are JSON");
    answer::json(StatusCode::OK, body)
}

/// The failed operation's problem, and what became of each.
fn failed(operations: &[Operation<'_>], index: usize, error: UserError) -> Response {
    #[derive(Serialize)]
    struct Body<'r> {
        #[serde(flatten)]
        problem: ProblemDetails<'r>,
        operation: usize,
        results: Vec<Entry<'r>>,
    }
    let error = Error::User(placed(error, index));
    let problem = ProblemDetails::of(&error);
    let entries = operations.iter().enumerate().map(|(at, operation)| {
        let outcome = match at.cmp(&index) {
            Ordering::Less => Outcome::Undone,
            Ordering::Equal => Outcome::Failed,
            Ordering::Greater => Outcome::NotRun,
        };
        let status = match outcome {
            Outcome::Failed => problem.status,
            Outcome::Undone | Outcome::NotRun => StatusCode::FAILED_DEPENDENCY.as_u16(),
        };
        Entry {
            name: operation.name,
            status,
            outcome: Some(outcome),
            ..Entry::default()
        }
    });
    let results = entries.collect();
    let body = Body {
        problem,
        operation: index,
        results,
    };
    let body = serde_json::to_vec(&body).expect("a problem and its results are JSON");
    let mut response = Problem::from(error).into_response();
    *response.body_mut() = body.into();
    response
}

/// An operation's error as one of the batch: what is wrong with a parameter is wrong in its path.
fn placed(error: UserError, index: usize) -> UserError {
    let place = |violations: Vec<Violation>, member: &str| {
        let places = violations.into_iter().map(|violation| {
            let inner = if violation.pointer == Pointer::root() {
                violation
            } else {
                violation.below(member)
            };
            inner.below(index).below("operations")
        });
        places.collect()
    };
    match error {
        UserError::Malformed(violations) => UserError::Malformed(place(violations, "path")),
        UserError::Invalid(violations) => UserError::Invalid(place(violations, "body")),
        UserError::Conflict(violations) => UserError::Conflict(place(violations, "body")),
        other => other,
    }
}
