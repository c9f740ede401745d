//! `Idempotency-Key` on any POST or PATCH of either face, those apart that answer with secrets: the same request sent again
//! within a day gets the same answer.
//!
//! Keys are each user's own. A request is the same where its method, path, query, body and the headers that change its meaning are.
//! So a trial (`Prefer: tx=rollback`) is not answered in place of the write. Answers that ask to try again (429 and 5xx) are not kept. What a crash leaves stands in `tessera_engine::idempotency`.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, IF_MATCH, IF_NONE_MATCH, LOCATION,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::panic::resume_unwind;
use tessera_engine::engine::Engine;
use tessera_engine::idempotency::{Fingerprint, Key, Run, StoredAnswer, Taken};
use tessera_error::{Result, UserError};
use tessera_identity::principal::Principal;
use tessera_schema::access::grants::AccessKey;
use tessera_schema::violation::Pointer;
use tracing::Instrument;

use crate::body;
use crate::caller::bearer;
use crate::change::CHANGE_ID;
use crate::problem::Problem;
use crate::state::Api;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The headers that say what is asked for, or in which form it comes or is answered.
static ASKED: [HeaderName; 6] = [
    HeaderName::from_static("prefer"),
    IF_MATCH,
    IF_NONE_MATCH,
    CONTENT_TYPE,
    CONTENT_ENCODING,
    ACCEPT,
];
/// On an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// What of an answer's headers is part of it.
const KEPT: [HeaderName; 5] = [
    CHANGE_ID,
    CONTENT_TYPE,
    ETAG,
    LOCATION,
    HeaderName::from_static("preference-applied"),
];
/// What is answered there is secret, and not for keeping.
const APART: [&str; 3] = ["/api/v1/auth/", "/api/v1/api-keys", "/api/v1/invitations"];

/// A middleware over both faces.
pub async fn honour(State(api): State<Api>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(IDEMPOTENCY_KEY) || !may_have_key(&request) {
        return next.run(request).await;
    }
    // Whoever is not let in is told so by the face they asked.
    let caller = match bearer(request.headers()) {
        Some(token) => api.identity.authenticate(token).await.ok(),
        None => None,
    };
    match caller {
        None => next.run(request).await,
        Some(principal) => match keyed(&api.engine, &principal, request, next).await {
            Ok(response) => response,
            Err(error) => Problem::from(error).into_response(),
        },
    }
}

fn may_have_key(request: &Request) -> bool {
    let writes = matches!(*request.method(), Method::POST | Method::PATCH);
    let path = request.uri().path();
    writes && !APART.iter().any(|apart| path.starts_with(apart))
}

async fn keyed(
    engine: &Engine,
    principal: &Principal,
    request: Request,
    next: Next,
) -> Result<Response> {
    let key = key(request.headers())?;
    let (parts, body) = request.into_parts();
    let body = body::read(body).await?;
    let fingerprint = fingerprint(&parts, &body, principal.held.key());
    let run = match engine.idempotency.take(principal, key, fingerprint).await? {
        Taken::Answered(answer) => return Ok(replayed(answer)),
        Taken::Run(run) => run,
    };
    let request = Request::from_parts(parts, Body::from(body));
    // By itself: a client that goes away in the meantime finds the answer when it asks again.
    let work = answered(engine.clone(), run.clone(), request, next);
    match tokio::spawn(work.in_current_span()).await {
        Ok(response) => Ok(response),
        Err(error) => {
            engine.idempotency.release(&run).await?;
            match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(UserError::Unavailable.into()),
            }
        }
    }
}

/// An answer is given again only to the same request, and while the caller has the same rights.
fn fingerprint(request: &Parts, body: &[u8], rights: AccessKey) -> Fingerprint {
    let mut parts = vec![
        rights.as_bytes().as_slice(),
        request.method.as_str().as_bytes(),
        request.uri.path().as_bytes(),
        request.uri.query().unwrap_or_default().as_bytes(),
        body,
    ];
    for name in &ASKED {
        for value in request.headers.get_all(name) {
            parts.extend([name.as_str().as_bytes(), value.as_bytes()]);
        }
    }
    Fingerprint::of(&parts)
}

/// Runs the request and keeps its answer.
async fn answered(engine: Engine, run: Run, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(run.clone());
    let response = next.run(request).await;
    let status = response.status();
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Problem::from(UserError::Unavailable).into_response();
    };
    let passing = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let kept = if passing {
        engine.idempotency.release(&run).await
    } else {
        let answer = stored(status, &parts.headers, &body);
        engine.idempotency.store_answer(&run, &answer).await
    };
    if let Err(error) = kept {
        tracing::warn!(%error, "the answer to a request with an Idempotency-Key could not be kept");
    }
    Response::from_parts(parts, Body::from(body))
}

fn key(headers: &HeaderMap) -> Result<Key, UserError> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (keys.next(), keys.next()) {
        (Some(key), None) => Key::parse(key.to_str().unwrap_or_default()),
        _ => Err(UserError::malformed(
            Pointer::root().key("Idempotency-Key"),
            "repeated",
            "one Idempotency-Key is expected",
        )),
    }
}

fn stored(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> StoredAnswer {
    let kept = KEPT.into_iter().filter_map(|name| {
        let value = headers.get(&name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    StoredAnswer {
        status: status.as_u16(),
        headers: kept.collect(),
        body: body.to_vec(),
    }
}

fn replayed(answer: StoredAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}
