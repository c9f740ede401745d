//! One operation of a batch: what it says, and which request on records that is.

use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value as Json;
use tessera_engine::request_context::RequestContext;
use tessera_error::UserError;
use tessera_schema::object::Object;
use tessera_schema::violation::{Pointer, Violation};

use super::reference::{self, Named, Reference, Room};
use crate::records::history::AS_OF;
use crate::records::list::List;
use crate::records::one::One;
use crate::records::write::{Asked, Writing};
use crate::records::{change, create, preconditions, remove, upsert};

/// As it was sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// The name by which later ones refer to the result.
    #[serde(rename = "ref")]
    pub(super) name: Option<String>,
    method: String,
    /// As under `/api/v1`, which may stand before it.
    path: String,
    #[serde(default)]
    body: Json,
    /// What the header of that name would have.
    if_match: Option<String>,
}

/// As far as it can be read before others have run.
#[derive(Debug)]
pub(super) struct Operation<'g> {
    pub(super) name: Option<&'g str>,
    endpoint: Endpoint,
    /// Of the path, decoded.
    segments: Vec<String>,
    query: Option<&'g str>,
    body: &'g Json,
    headers: HeaderMap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Endpoint {
    List,
    One,
    Create,
    Upsert,
    Change,
    ChangeMany,
    Delete,
    DeleteMany,
    Restore,
}

/// Records that an operation writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target<'o> {
    /// One that may be there before the batch: its id, or a reference to it.
    Known(&'o str),
    /// The records that a key or a filter finds.
    Found,
    /// The records that the batch creates.
    Made,
}

impl<'o> Target<'o> {
    /// The record of an id or of a reference to one.
    fn of(id: &'o str, operations: &[Operation<'_>]) -> Self {
        // A record that the batch itself makes. Another value of its result may be the id of any record.
        if let Some(reference) = Reference::read(id).filter(|found| found.is_id()) {
            let mut named = operations.iter();
            let named = named.find(|other| other.name == Some(reference.name));
            if named.is_some_and(|other| other.endpoint == Endpoint::Create) {
                return Self::Made;
            }
        }
        Self::Known(id)
    }
}

/// A request on records.
#[derive(Debug)]
pub(super) enum Request {
    One(One),
    List(List),
    Write(Writing),
}

impl<'g> Operation<'g> {
    /// Reads an operation. `before` are the names of earlier ones.
    ///
    /// # Errors
    /// Everything wrong with its form; pointers begin at the operation.
    pub(super) fn read(given: &'g Given, before: &[&str]) -> Result<Self, Vec<Violation>> {
        let mut violations = Vec::new();
        let mut refuse = |key: &str, code, message: String| {
            violations.push(Violation::new(Pointer::root().key(key), code, message));
        };
        if let Some(name) = given.name.as_deref() {
            if !reference::is_name(name) {
                let message = "a `ref` is a name of letters, digits and _, a letter first";
                refuse("ref", "pattern", message.to_owned());
            } else if before.contains(&name) {
                refuse(
                    "ref",
                    "unique",
                    format!("an operation before has the `ref` `{name}`"),
                );
            }
        }
        let (path, query) = match given.path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (given.path.as_str(), None),
        };
        let mut segments = Vec::new();
        let mut endpoint = None;
        match split(path) {
            None => refuse(
                "path",
                "format",
                "a path such as /contacts is expected".to_owned(),
            ),
            Some(found) if found.first().is_some_and(|first| first == "batch") => {
                refuse(
                    "path",
                    "not_possible",
                    "a batch holds no other batch".to_owned(),
                );
            }
            Some(found) => {
                endpoint = Endpoint::of(&given.method, &found);
                if endpoint.is_none() {
                    let message = "this is no request on records: there are GET, POST, PATCH and DELETE of /contacts and of /contacts/{id}, POST of /contacts/upsert and of /contacts/{id}/restore";
                    refuse("path", "unknown", message.to_owned());
                }
                segments = found;
            }
        }
        let mut headers = HeaderMap::new();
        if let Some(version) = &given.if_match {
            let value = HeaderValue::from_str(version).ok();
            headers.extend(value.map(|value| (IF_MATCH, value)));
            if headers.is_empty() || preconditions::if_match(&headers).is_err() {
                let message = "versions are expected, such as \"3\" with its quotes, or *";
                refuse("if_match", "format", message.to_owned());
            }
        }
        let in_path = segments.iter().filter_map(|text| Reference::read(text));
        let in_path = in_path.map(|reference| (Pointer::root().key("path"), reference));
        let in_body = reference::all(&given.body).into_iter();
        let in_body =
            in_body.map(|(at, reference)| (Pointer::root().key("body").join(&at), reference));
        let unknown: Vec<_> = in_path
            .chain(in_body)
            .filter(|(_, reference)| !before.contains(&reference.name))
            .map(|(at, reference)| {
                let message = format!("no operation before has the `ref` `{}`", reference.name);
                Violation::new(at, "reference", message)
            })
            .collect();
        violations.extend(unknown);
        match endpoint {
            Some(endpoint) if violations.is_empty() => Ok(Self {
                name: given.name.as_deref(),
                endpoint,
                segments,
                query,
                body: &given.body,
                headers,
            }),
            _ => Err(violations),
        }
    }

    /// The object, as the path names it.
    pub(super) fn plural(&self) -> &str {
        &self.segments[0]
    }

    /// What it writes; `operations` are all of the batch.
    pub(super) fn targets(&self, operations: &[Operation<'_>]) -> Vec<Target<'_>> {
        match (self.endpoint, self.body) {
            (Endpoint::List | Endpoint::One, _) => Vec::new(),
            (Endpoint::Create, _) => vec![Target::Made],
            (Endpoint::ChangeMany, Json::Array(changes)) => {
                let ids = changes
                    .iter()
                    .filter_map(|change| change.get("id")?.as_str());
                ids.map(|id| Target::of(id, operations)).collect()
            }
            (Endpoint::Upsert | Endpoint::ChangeMany | Endpoint::DeleteMany, _) => {
                vec![Target::Found]
            }
            (Endpoint::Change | Endpoint::Delete | Endpoint::Restore, _) => {
                vec![Target::of(&self.segments[1], operations)]
            }
        }
    }

    /// Whether it removes records.
    pub(super) const fn goes(&self) -> bool {
        matches!(self.endpoint, Endpoint::Delete | Endpoint::DeleteMany)
    }

    /// Whether it gives records values that are unique in this object.
    pub(super) fn takes_keys(&self, object: &Object) -> bool {
        let records = match self.body {
            Json::Array(records) => records,
            record => std::slice::from_ref(record),
        };
        let given = |key: &str| {
            let values = records.iter().filter_map(|record| record.get(key));
            values.filter(|value| !value.is_null()).count() > 0
        };
        let mut keys = object.unique_keys();
        match self.endpoint {
            Endpoint::Create => given("id") || keys.any(|key| given(&key.name)),
            Endpoint::Upsert | Endpoint::Change | Endpoint::ChangeMany => {
                keys.any(|key| given(&key.name))
            }
            // It has those that it had.
            Endpoint::Restore => keys.next().is_some(),
            Endpoint::List | Endpoint::One | Endpoint::Delete | Endpoint::DeleteMany => false,
        }
    }

    /// The request that it is, once those before it have run.
    pub(super) fn request(
        &self,
        context: &RequestContext,
        results: &Named<'_>,
        room: &mut Room,
    ) -> Result<Request, UserError> {
        let segments = self.segments.iter();
        let segments = segments.map(|segment| reference::segment(segment, results));
        let segments = segments.collect::<Result<Vec<_>, _>>();
        let segments = segments.map_err(|violation| UserError::Malformed(vec![violation]))?;
        let body = reference::resolve(self.body, results, room).map_err(UserError::Invalid)?;
        let plural = segments[0].as_ref();
        let id = || segments[1].clone().into_owned();
        let asked = Asked {
            context,
            plural,
            query: self.query,
            headers: &self.headers,
        };
        let list = || List::read(context, plural.to_owned(), self.query);
        let one = || One::read(context, plural.to_owned(), id(), self.query);
        Ok(match self.endpoint {
            Endpoint::One => Request::One(one().and_then(of_now)?),
            Endpoint::List => Request::List(list()?),
            Endpoint::Create => Request::Write(create::some(asked, body)?),
            Endpoint::Upsert => Request::Write(upsert::some(asked, body)?),
            Endpoint::Change => Request::Write(change::one(asked, id(), body)?),
            Endpoint::ChangeMany => Request::Write(change::many(asked, body)?),
            Endpoint::Delete => Request::Write(remove::one(asked, id())?),
            Endpoint::DeleteMany => Request::Write(remove::many(asked)?),
            Endpoint::Restore => Request::Write(remove::back(asked, id())?),
        })
    }
}

impl Endpoint {
    fn of(method: &str, segments: &[String]) -> Option<Self> {
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        Some(match (method, segments.as_slice()) {
            ("GET", [_]) => Self::List,
            ("POST", [_]) => Self::Create,
            ("PATCH", [_]) => Self::ChangeMany,
            ("DELETE", [_]) => Self::DeleteMany,
            ("POST", [_, "upsert"]) => Self::Upsert,
            ("GET", [_, _]) => Self::One,
            ("PATCH", [_, _]) => Self::Change,
            ("DELETE", [_, _]) => Self::Delete,
            ("POST", [_, _, "restore"]) => Self::Restore,
            _ => return None,
        })
    }
}

/// Refuses to read a record as it was: a batch sees what its own operations did.
fn of_now(one: One) -> Result<One, UserError> {
    if !one.is_past() {
        return Ok(one);
    }
    let message = "a batch reads records as they are";
    Err(UserError::malformed(
        Pointer::root().key(AS_OF),
        "not_possible",
        message,
    ))
}

/// The segments of a path, decoded; at least one, and none empty.
fn split(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let segments = path.strip_prefix('/')?.split('/');
    let decoded = segments.map(|segment| {
        let text = percent_decode_str(segment).decode_utf8().ok()?;
        (!text.is_empty()).then(|| text.into_owned())
    });
    decoded.collect()
}

#[cfg(test)]
mod tests {
    use super::{Given, Operation, Target};
    use serde_json::json;

    #[test]
    fn a_record_is_there_before_the_batch_unless_a_create_of_it_makes_it() {
        const ID: &str = "018cc251-f400-7002-8000-000000000000";
        let given: Vec<Given> = serde_json::from_value(json!([
            {"ref": "ann", "method": "POST", "path": "/contacts"},
            {"ref": "bob", "method": "PATCH", "path": format!("/contacts/{ID}")},
            {"method": "PATCH", "path": "/contacts/$ann.id"},
            {"method": "PATCH", "path": "/companies/$ann.company_id"},
            {"method": "PATCH", "path": "/companies/$ann.company.id"},
            {"method": "DELETE", "path": "/contacts/$bob.id"},
            {"method": "PATCH", "path": "/contacts", "body": [{"id": "$ann.id"}, {"id": ID}]},
            {"method": "PATCH", "path": "/contacts?filter={}", "body": {"city": "Riga"}},
        ]))
        .unwrap();
        let mut names = Vec::new();
        let mut operations = Vec::new();
        for given in &given {
            operations.push(Operation::read(given, &names).unwrap());
            names.extend(given.name.as_deref());
        }
        let targets = operations.iter().flat_map(|one| one.targets(&operations));
        let targets: Vec<_> = targets.collect();
        let expected = [
            Target::Made,
            Target::Known(ID),
            Target::Made,
            Target::Known("$ann.company_id"),
            Target::Known("$ann.company.id"),
            Target::Known("$bob.id"),
            Target::Made,
            Target::Known(ID),
            Target::Found,
        ];
        assert_eq!(targets, expected);
    }
}
