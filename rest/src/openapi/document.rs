//! The document as a whole, written piece by piece: a tenant of a thousand objects has megabytes of it, and no piece of it is
//! kept longer than it takes to send it.

use bytes::Bytes;
use futures_core::Stream;
use serde_json::{Map, Value as Json, json};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tessera_compiler::snapshot::Snapshot;
use tessera_schema::access::Right;
use tessera_schema::access::view::View;
use tessera_schema::naming::value_type;
use tessera_schema::object::Object;

use super::access::Access;
use super::filter::{self, Conditions};
use super::names::Names;
use super::words::Words;
use super::{
    account, across, aggregate, audit, explain, history, metadata, parameters, people, record,
    records, responses, roles, session, shape,
};

#[derive(Debug)]
pub(super) struct Document {
    snapshot: Arc<Snapshot>,
    view: Arc<View>,
    /// In the order in which they are shown.
    objects: Vec<Arc<Object>>,
    access: Access,
    words: Words,
    names: Names,
    conditions: Conditions,
    next: Part,
}

/// What is written next.
#[derive(Debug, Clone, Copy)]
enum Part {
    Head,
    /// Of the platform, area by area.
    Paths(usize),
    PathsOf(usize),
    Components,
    ParametersOf(usize),
    Schemas,
    SchemasOf(usize),
    End,
    Nothing,
}

impl Document {
    pub(super) fn new(
        snapshot: Arc<Snapshot>,
        view: Arc<View>,
        access: Access,
        words: Words,
    ) -> Self {
        let objects = view.model.objects().into_iter().cloned().collect();
        Self {
            objects,
            names: Names::of(Arc::clone(&view.model)),
            snapshot,
            view,
            access,
            words,
            conditions: Conditions::default(),
            next: Part::Head,
        }
    }

    pub(super) const fn into_stream(self) -> Pieces {
        Pieces(self)
    }

    /// Whether records are in it at all.
    const fn has_records(&self) -> bool {
        self.access.reads_records() || self.access.writes_records()
    }

    /// Everything up to the paths.
    fn head(&self) -> Vec<u8> {
        let words = self.words;
        let mut head = json!({
            "openapi": "3.1.0",
            "info": {
                "title": self.snapshot.tenant.name,
                "version": self.snapshot.version.to_string(),
                "description": words.say(ABOUT, ABOUT_IN_RUSSIAN),
            },
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}],
            "tags": self.tags(),
        })
        .to_string()
        .into_bytes();
        // Left open, for the paths.
        head.pop();
        head.extend_from_slice(b",\"paths\":{");
        head
    }

    /// The paths of one area that no object has of its own; none after the last.
    fn paths(&self, area: usize) -> Option<Vec<(String, Json)>> {
        let (access, names, words) = (&self.access, &self.names, self.words);
        Some(match area {
            0 => session::paths(access, names, words),
            1 => account::paths(names, words),
            2 => people::paths(access, names, words),
            3 => across::paths(access, names, words),
            4 => history::paths(access, names, words),
            5 => metadata::paths(access, names, words),
            6 => roles::paths(access, words),
            7 => explain::paths(access, words),
            8 => audit::paths(access, words),
            _ => return None,
        })
    }

    fn tags(&self) -> Vec<Json> {
        let words = self.words;
        let tag = |name: &str, title: &str| json!({"name": name, "x-displayName": title});
        let mut tags = vec![
            tag(session::TAG, words.say("Signing in", "Вход")),
            tag(people::TAG, words.say("People", "Люди")),
            tag(across::TAG, words.say("Across objects", "По всем объектам")),
        ];
        tags.push(tag(metadata::TAG, words.say("The model", "Модель")));
        if self.has_records() {
            tags.extend(self.objects.iter().map(|object| {
                let head = &object.source.head;
                let name = words.of(&head.translations, "plural_name", &head.plural_name);
                let mut tag = tag(head.plural_api_name.as_str(), &name);
                if let Some(description) = &head.description {
                    tag["description"] =
                        json!(words.of(&head.translations, "description", description));
                }
                tag
            }));
        }
        tags
    }

    /// From the end of the paths to the first object's parameters.
    fn components(&self) -> Vec<u8> {
        let (names, words) = (&self.names, self.words);
        let responses: Map<_, _> = responses::components(names, words).into_iter().collect();
        let bearer = json!({
            "type": "http",
            "scheme": "bearer",
            "description": words.say("The access token of signing in, or an API key.", "Токен доступа, полученный при входе, или ключ API."),
        });
        let mut parameters = parameters::shared(words);
        for (name, parameter) in history::parameters(words) {
            parameters[name] = parameter;
        }
        let components = json!({
            "securitySchemes": {"bearer": bearer},
            "headers": responses::headers(words),
            "responses": responses,
            "parameters": parameters,
        });
        let mut text = format!("}},\"components\":{components}").into_bytes();
        // Left open, for the objects' parameters.
        text.truncate(text.len() - "}}".len());
        text
    }

    /// From the end of the parameters to the first object's schemas.
    fn schemas(&self) -> Vec<u8> {
        let (access, names, words) = (&self.access, &self.names, self.words);
        let mut text = b"},\"schemas\":{".to_vec();
        let mut schemas = responses::schemas(names, words);
        schemas.extend(session::schemas(access, names, words));
        schemas.extend(account::schemas(names, words));
        schemas.extend(across::schemas(access, names, words));
        schemas.extend(history::schemas(access, names, words));
        if self.objects.iter().any(|object| !object.read_only) {
            schemas.extend(history::schemas_of_records(access, names, words));
        }
        if access.reads_records() {
            schemas.push(responses::cursors(names, words));
            schemas.extend(aggregate::schemas(names, words));
        }
        if self.has_records() {
            schemas.extend(self.composites());
        }
        schemas.extend(metadata::schemas::read(access, names, words));
        if access.changes_model() {
            schemas.extend(metadata::schemas::changed(
                self.view.model.types(),
                names,
                words,
            ));
        }
        join(&mut text, &schemas, true);
        text
    }

    /// The composite values that any field has, each once.
    fn composites(&self) -> Vec<(String, Json)> {
        let mut found: Vec<(String, Json)> = Vec::new();
        for field in self.objects.iter().flat_map(|object| object.own_fields()) {
            let components = field.components();
            if components.is_empty() {
                continue;
            }
            let name = self.names.own(&value_type(field.field_type.name()));
            if found.iter().all(|(known, _)| *known != name) {
                found.push((name, shape::composite(components)));
            }
        }
        found
    }

    fn schemas_of(&mut self, object: &Object) -> Vec<(String, Json)> {
        let (names, words) = (&self.names, self.words);
        // Writes answer with records, and by-filter writes take filters, so both are there for either right.
        let mut schemas = vec![record::part(object, &self.view, names, words)];
        if self.access.may(object, Right::Read) || self.access.writes(object) {
            schemas.push(record::answered(object, names, words));
        }
        schemas.extend(filter::schemas(object, names, words, &mut self.conditions));
        schemas.append(&mut self.conditions.pending);
        if self.access.may(object, Right::Read) {
            schemas.push(record::page(object, names, words));
            schemas.push(aggregate::request(object, names, words));
        }
        if self.access.writes(object) {
            schemas.extend(record::given(object, &self.access, names, words));
        }
        schemas
    }

    fn object(&self, index: usize) -> Option<Arc<Object>> {
        self.objects
            .get(index)
            .filter(|_| self.has_records())
            .cloned()
    }
}

/// `,"name":schema` of each, or without the first comma.
fn join(onto: &mut Vec<u8>, members: &[(String, Json)], first: bool) {
    for (index, (name, value)) in members.iter().enumerate() {
        if !first || index > 0 {
            onto.push(b',');
        }
        write(onto, &Json::from(name.as_str()));
        onto.push(b':');
        write(onto, value);
    }
}

fn write(onto: &mut Vec<u8>, json: &Json) {
    serde_json::to_writer(onto, json).expect("JSON is written into memory");
}

impl Iterator for Document {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let mut piece = Vec::new();
            match self.next {
                Part::Head => {
                    piece = self.head();
                    self.next = Part::Paths(0);
                }
                Part::Paths(area) => {
                    let Some(paths) = self.paths(area) else {
                        self.next = Part::PathsOf(0);
                        continue;
                    };
                    join(&mut piece, &paths, area == 0);
                    self.next = Part::Paths(area + 1);
                }
                Part::PathsOf(index) => {
                    let Some(object) = self.object(index) else {
                        self.next = Part::Components;
                        continue;
                    };
                    let paths = records::paths(&object, &self.access, &self.names, self.words);
                    join(&mut piece, &paths, false);
                    self.next = Part::PathsOf(index + 1);
                }
                Part::Components => {
                    piece = self.components();
                    self.next = Part::ParametersOf(0);
                }
                Part::ParametersOf(index) => {
                    let Some(object) = self.object(index) else {
                        self.next = Part::Schemas;
                        continue;
                    };
                    let reads = self.access.may(&object, Right::Read);
                    let parameters = parameters::of_object(&object, reads, &self.names, self.words);
                    join(&mut piece, &parameters, false);
                    self.next = Part::ParametersOf(index + 1);
                }
                Part::Schemas => {
                    piece = self.schemas();
                    self.next = Part::SchemasOf(0);
                }
                Part::SchemasOf(index) => {
                    let Some(object) = self.object(index) else {
                        self.next = Part::End;
                        continue;
                    };
                    let schemas = self.schemas_of(&object);
                    join(&mut piece, &schemas, false);
                    self.next = Part::SchemasOf(index + 1);
                }
                Part::End => {
                    piece.extend_from_slice(b"}}}");
                    self.next = Part::Nothing;
                }
                Part::Nothing => return None,
            }
            return Some(piece);
        }
    }
}

/// The document as a body. A piece is written when the one before it has been taken, in well under a millisecond.
#[derive(Debug)]
pub(super) struct Pieces(Document);

impl Stream for Pieces {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(|piece| Ok(piece.into())))
    }
}

const ABOUT: &str = "\
Your tenant's own API: its objects, and what your role may do with them. A change of the model is served at once; `info.version` \
is the model's version.

Times are RFC 3339 in UTC, ids are UUIDs. Decimals, and whole numbers beyond 2^53, are answered as strings; numbers and \
strings are taken. Refusals are `application/problem+json` and name every bad value at once. An unknown parameter, field or \
operator is refused, and the refusal names what would have fitted.";

const ABOUT_IN_RUSSIAN: &str = "\
API вашей организации: её объекты и то, что с ними позволяет делать ваша роль. Изменение модели действует сразу; \
`info.version` — версия модели.

Время — RFC 3339 в UTC, идентификаторы — UUID. Десятичные числа и целые больше 2^53 в ответах — строки; принимаются и числа, и \
строки. Отказы — `application/problem+json`, и в них названы сразу все недопустимые значения. Неизвестный параметр, поле или \
оператор отвергается, и в отказе сказано, что подошло бы.";
