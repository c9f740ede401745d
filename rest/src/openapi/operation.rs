//! One operation, put together.

use serde_json::{Map, Value as Json, json};

use super::parameters;
use super::responses::{self, header};
use super::words::Words;

#[derive(Debug, Clone)]
pub(super) struct Operation {
    members: Map<String, Json>,
    parameters: Vec<Json>,
    responses: Map<String, Json>,
}

impl Operation {
    pub(super) fn new(id: impl Into<String>, tag: &str, summary: impl Into<String>) -> Self {
        let mut members = Map::new();
        members.insert("operationId".to_owned(), json!(id.into()));
        members.insert("tags".to_owned(), json!([tag]));
        members.insert("summary".to_owned(), json!(summary.into()));
        Self {
            members,
            parameters: Vec::new(),
            responses: Map::new(),
        }
    }

    pub(super) fn description(mut self, text: &str) -> Self {
        self.members.insert("description".to_owned(), json!(text));
        self
    }

    pub(super) fn parameters(mut self, parameters: impl IntoIterator<Item = Json>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// It takes an `Idempotency-Key`.
    pub(super) fn idempotent(mut self, words: Words) -> Self {
        let id = self.members["operationId"].as_str().unwrap_or_default();
        let key = parameters::idempotency_key(id, words);
        self.parameters.push(key);
        self
    }

    /// A body that must be there.
    pub(super) fn body(self, schema: Json) -> Self {
        self.body_with(schema, true, None)
    }

    pub(super) fn body_with(mut self, schema: Json, required: bool, example: Option<Json>) -> Self {
        let mut content = of_schema(schema);
        if let Some(example) = example {
            content["example"] = example;
        }
        let body = json!({"required": required, "content": {"application/json": content}});
        self.members.insert("requestBody".to_owned(), body);
        self
    }

    /// An answer with a body, under these headers and `x-request-id`.
    pub(super) fn answer(
        mut self,
        status: u16,
        description: &str,
        schema: Json,
        headers: &[(&str, &str)],
    ) -> Self {
        let mut all = Map::new();
        all.insert("x-request-id".to_owned(), header("RequestId"));
        for (name, component) in headers {
            all.insert((*name).to_owned(), header(component));
        }
        let mut response = json!({"description": description, "headers": all});
        response["content"] = json!({"application/json": of_schema(schema)});
        self.responses.insert(status.to_string(), response);
        self
    }

    /// An answer that is a component.
    pub(super) fn shared(mut self, status: u16, name: &str) -> Self {
        self.responses
            .insert(status.to_string(), responses::shared(name));
        self
    }

    pub(super) fn refused(mut self, statuses: &[u16]) -> Self {
        self.responses.extend(responses::refusals(statuses));
        self
    }

    /// Nobody has to be signed in, or need not with the body that is sent.
    pub(super) fn security(mut self, security: Json) -> Self {
        self.members.insert("security".to_owned(), security);
        self
    }

    pub(super) fn into_json(mut self) -> Json {
        if !self.parameters.is_empty() {
            self.members
                .insert("parameters".to_owned(), Json::Array(self.parameters));
        }
        self.members
            .insert("responses".to_owned(), Json::Object(self.responses));
        Json::Object(self.members)
    }
}

fn of_schema(schema: Json) -> Json {
    Json::Object(Map::from_iter([("schema".to_owned(), schema)]))
}
