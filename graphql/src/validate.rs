//! Validation by async-graphql, and nothing but validation.
//!
//! The library has no function that only validates, so an extension ends each run where execution would begin.
//! Two faults of version 7.2.1 are mended here: it panics on a variable of a list of an unknown type, and it refuses
//! a `[T!]!` variable where `[T!]` is expected. The latter check is made anew in `variables`.

use async_graphql::dynamic::Schema;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextValidation,
};
use async_graphql::{
    CacheControl, Request, Response, ServerError, ServerResult, ValidationResult, Value,
};
use std::sync::Arc;

use crate::document::{Document, type_name};
use crate::error::GraphQlError;

/// Everything that is wrong with the document under this schema.
pub(crate) async fn validate(
    schema: &Schema,
    document: &Document,
) -> Result<(), Vec<GraphQlError>> {
    let mut request = Request::new("").data(OnlyValidate);
    request.set_parsed_query(document.executable.clone());
    if let Some(name) = &document.operation_name {
        request = request.operation_name(name);
    }
    let errors = schema.execute(request).await.errors;
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.into_iter().map(GraphQlError::from).collect())
    }
}

/// Marks a request that is not to be executed.
struct OnlyValidate;

/// The extension that keeps marked requests from being executed.
pub(crate) struct ValidateOnly;

impl ExtensionFactory for ValidateOnly {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for ValidateOnly {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        for (_, operation) in request.parsed_query()?.operations.iter() {
            for definition in &operation.node.variable_definitions {
                let name = type_name(&definition.node.var_type.node);
                if !ctx.schema_env.registry.types.contains_key(name) {
                    let message = format!("Unknown type \"{name}\"");
                    return Err(ServerError::new(message, Some(definition.pos)));
                }
            }
        }
        next.run(ctx, request).await
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let mut errors = match next.run(ctx).await {
            Ok(result) => return Ok(result),
            Err(errors) => errors,
        };
        errors.retain(|error| !error.message.contains("used in position expecting type"));
        if errors.is_empty() {
            Ok(ValidationResult {
                cache_control: CacheControl::default(),
                complexity: 0,
                depth: 0,
            })
        } else {
            Err(errors)
        }
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if ctx.data_opt::<OnlyValidate>().is_some() {
            Response::new(Value::Null)
        } else {
            next.run(ctx, operation_name).await
        }
    }
}
